"""Which couplings matter at which scale (`ridgeflow relevance --out`): U and W against k, the errors of the truncated
flows, and the ridge that some modes feel as a function of R."""
import numpy as np

from .style import (GUIDE, MEASURED, WIDTH, BadResult, largest, legend_above, letter_panels, log_axis, log_limits, plt,
                    read_json, scientific, title, use_style)

FLOWS = {"functional": {"label": "functional", "color": MEASURED, "linestyle": "-", "linewidth": 1.8},
         "first": {"label": "first order", "color": "#E69F00", "linestyle": (0, (5, 1.2, 1, 1.2)), "linewidth": 1.4},
         "next": {"label": "next order", "color": "#0072B2", "linestyle": (0, (4, 1.6)), "linewidth": 1.2}}
ORDERS = ("first", "next")


class Relevance:
    """What the figure needs of the verb's JSON, checked."""

    def __init__(self, path):
        facts = read_json(path, "relevance")
        try:
            self.model = {name: float(facts["model"][name]) for name in ("P", "M", "kappa", "u", "w")}
            wanted = [f"{flow}_{coupling}" for flow in FLOWS for coupling in "UW"]
            wanted += [f"{order}_{what}_error" for order in ORDERS for what in ("slope", "curvature")]
            self.scales = {name: np.array(facts["scales"][name], dtype=float) for name in wanted}
            self.vertices = [{name: np.array(curve[name], dtype=float)
                              for name in ("k", "typical_size", "R", *FLOWS)} for curve in facts["vertices"]]
            self.small = [system for system in facts["small_systems"] if "failure" not in system]
            self.errors = {system["order"]: max(float(system["largest_mean_error"]),
                                                float(system["largest_variance_error"])) for system in self.small}
            self.to = int(self.small[-1]["P"]) if self.small else None
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise BadResult(f"{path}: cannot be read: {error!r}") from None
        modes = {values.shape for values in self.scales.values()}
        if modes != {(int(self.model["M"]),)} or not self.vertices:
            raise BadResult(f"{path}: its columns are not one number a mode")
        self.k = np.arange(1, int(self.model["M"]) + 1)


def headings(study):
    """Title: the model, then the small system."""
    what = ", ".join(rf"${symbol}={scientific(study.model[name])}$" for symbol, name in
                     (("P", "P"), ("M", "M"), ("\\kappa", "kappa"), ("u", "u"), ("w", "w")))
    if study.to is None:
        return [what, "no small system: the truncated flows break down"]
    errors = ", ".join(rf"${scientific(study.errors[order], 2)}$ ({FLOWS[order]['label']})" for order in ORDERS
                       if order in study.errors)
    return [what, rf"modes of the system decimated to $P={study.to}$ against the large one's, exactly: within {errors}"]


def scale_axis(axes, study):
    axes.set_xscale("log")
    axes.set_xlim(0.9, 1.1 * study.k[-1])
    log_axis(axes.xaxis, axes.get_xlim())
    axes.set_xlabel("mode $k$ that is next to go")


def draw_coupling(axes, study, coupling, label):
    shown = {flow: study.scales[f"{flow}_{coupling}"] for flow in FLOWS}
    for flow, look in FLOWS.items():
        axes.plot(study.k, shown[flow], **look)
    values = np.concatenate(list(shown.values()))
    values = values[np.isfinite(values)]
    room = max(0.06 * (values.max() - values.min()), 1e-3 * largest(values), 1e-30)
    axes.set_ylim(values.min() - room, values.max() + room)
    scale_axis(axes, study)
    axes.set_ylabel(label)


def draw_errors(axes, study):
    shown = []
    for order in ORDERS:
        for what, width, alpha in (("slope", 1.6, 1.0), ("curvature", 0.9, 0.75)):
            values = np.abs(study.scales[f"{order}_{what}_error"])
            values = np.where(values > 1e-14, values, np.nan)  # what is less is rounding
            shown.append(values)
            axes.plot(study.k, values, color=FLOWS[order]["color"], linestyle="-" if what == "slope" else (0, (1, 1)),
                      linewidth=width, alpha=alpha)
    axes.set_yscale("log")
    limits = log_limits(shown)
    if limits is not None:
        axes.set_ylim(max(limits[0], 1e-9 * limits[1]), limits[1])
    for text, style in (("slope $V'$", "-"), ("curvature $V''$", (0, (1, 1)))):
        axes.plot([], [], color=GUIDE, linestyle=style, linewidth=1.2, label=text)
    axes.legend(frameon=False, loc="lower left", handlelength=1.8)
    scale_axis(axes, study)
    axes.set_ylabel(r"$|$relative error$|$ at $\langle R_k\rangle$")


def draw_vertices(axes, study):
    """2V' in units of its value at R = 0, against R in units of the typical size."""
    heights = []
    for curve in study.vertices:
        unit = curve["functional"][0]
        x = curve["R"] / curve["typical_size"]
        for flow, look in FLOWS.items():
            axes.plot(x, curve[flow] / unit, **{**look, "label": None})
        heights.append((curve["functional"][-1] / unit, x[-1], int(curve["k"])))
    low, high = axes.get_ylim()
    at_least = 0.07 * (high - low)
    last = -np.inf
    for height, x, k in sorted(heights):
        last = max(height, last + at_least)
        axes.annotate(f"$k={k}$", (x, last), xytext=(4, 0), textcoords="offset points", va="center", fontsize=7.5)
    axes.axvline(1, color=GUIDE, linewidth=0.7, linestyle=(0, (1, 1.2)), zorder=0)
    axes.set_xlim(0, 2.4)
    axes.set_xticks([0, 0.5, 1, 1.5, 2])
    axes.set_xlabel(r"$R/\langle R_k\rangle$")
    axes.set_ylabel(r"ridge felt, $V_k'(R)/V_k'(0)$")


def draw_relevance(study):
    """The figure."""
    use_style()
    figure, axes = plt.subplots(2, 2, figsize=(WIDTH, 5.6), gridspec_kw={
        "hspace": 0.34, "wspace": 0.3, "left": 0.095, "right": 0.985, "bottom": 0.08, "top": 0.85})
    draw_coupling(axes[0, 0], study, "U", "$U(k)=4V_k''(0)$")
    draw_coupling(axes[0, 1], study, "W", "$W(k)=8V_k'''(0)$")
    draw_errors(axes[1, 0], study)
    draw_vertices(axes[1, 1], study)
    letter_panels(axes)
    legend_above(figure, [plt.Line2D([], [], **look) for look in FLOWS.values()],
                 [look["label"] for look in FLOWS.values()], top=0.93)
    title(figure, headings(study), top=0.99, step=0.034)
    return figure


def pictures(path, _options):
    """The figure of a study of relevance, with what its name adds to the prefix: nothing."""
    return [(draw_relevance(Relevance(path)), "")]
