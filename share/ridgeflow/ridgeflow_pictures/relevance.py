"""Which couplings matter at which scale (`ridgeflow relevance --out`): r, U and W against k by every order of the flow,
the errors of the truncated flows at the typical size and over R, and, of a run with --check, how far the samples of the
small system are from those of the large one."""
import numpy as np

from matplotlib.ticker import FuncFormatter, MaxNLocator

from .style import (BAND, GUIDE, MEASURED, WIDTH, BadResult, largest, legend_above, letter_panels, log_axis, log_limits,
                    p_text, percent, plt, read_json, scientific, title, use_style)

FLOWS = {"functional": {"label": "functional", "color": MEASURED, "linestyle": "-", "linewidth": 1.8},
         "first": {"label": "first order", "color": "#E69F00", "linestyle": (0, (5, 1.2, 1, 1.2)), "linewidth": 1.4},
         "next": {"label": "next order", "color": "#0072B2", "linestyle": (0, (4, 1.6)), "linewidth": 1.2}}
ORDERS = ("first", "next")
CHECKED = {"mean": {"color": MEASURED, "marker": "o", "label": "means"},
           "variance": {"color": "#CC79A7", "marker": "s", "label": "variances"}}
SMALLEST = 1e-14  # what is less is rounding


class Relevance:
    """What the figure needs of the verb's JSON, checked."""

    def __init__(self, path):
        facts = read_json(path, "relevance")
        try:
            self.model = {name: float(facts["model"][name]) for name in ("P", "M", "kappa", "u", "w", "r")}
            wanted = [f"{flow}_{coupling}" for flow in FLOWS for coupling in "rUW"]
            wanted += [f"{order}_{what}_error" for order in ORDERS for what in ("slope", "curvature")]
            self.scales = {name: np.array(facts["scales"][name], dtype=float) for name in wanted}
            self.vertices = [{name: np.array(curve[name], dtype=float)
                              for name in ("k", "typical_size", "R", *FLOWS)} for curve in facts["vertices"]]
            self.small = [system for system in facts["small_systems"] if "failure" not in system]
            self.errors = {system["order"]: max(float(system["largest_mean_error"]),
                                                float(system["largest_variance_error"])) for system in self.small}
            self.to = int(self.small[-1]["P"]) if self.small else None
            check = facts.get("check")
            self.check = None if check is None else {
                what: {"z": np.array(check["small_against_large"][what]["z"], dtype=float),
                       "p": float(check["small_against_large"][what]["p_value"])} for what in CHECKED}
            self.learning = facts["model"].get("learning_scale")  # k*, where a_k = r
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
    return [what, rf"exact means and variances of the small system, $P={study.to}$, against the large one's: "
            rf"within {errors}"]


def scale_axis(axes, study):
    axes.set_xscale("log")
    axes.set_xlim(0.9, 1.1 * study.k[-1])
    log_axis(axes.xaxis, axes.get_xlim())
    axes.set_xlabel("mode $k$, next to be integrated out")
    if study.learning is not None and study.k[0] < study.learning < study.k[-1]:
        axes.axvline(study.learning, color=GUIDE, linewidth=0.8, linestyle=(0, (1, 1.2)), zorder=2)
        # above the frame, where neither a curve nor a legend is
        axes.annotate("$k^*$", (study.learning, 1), xycoords=("data", "axes fraction"), xytext=(0, 2),
                      textcoords="offset points", ha="center", va="bottom", color="#555555", fontsize=7.5)


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
            values = np.where(values > SMALLEST, values, np.nan)
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
    """How far 2V' of the truncated flows is from the functional one, against R in units of the typical size, for the
    modes that are labelled. The three curves themselves lie on one another."""
    shown = []
    for curve, style in zip(study.vertices, ("-", (0, (4, 1.6)), (0, (1, 1)))):
        x = curve["R"] / curve["typical_size"]
        for order in ORDERS:
            with np.errstate(all="ignore"):
                away = np.abs(curve[order] / curve["functional"] - 1)
            away = np.where(away > SMALLEST, away, np.nan)
            shown.append(away)
            axes.plot(x, away, color=FLOWS[order]["color"], linestyle=style, linewidth=1.3)
        axes.plot([], [], color=GUIDE, linestyle=style, linewidth=1.3, label=f"$k={int(curve['k'])}$")
    axes.axvline(1, color=GUIDE, linewidth=0.7, linestyle=(0, (1, 1.2)), zorder=0)
    axes.set_xlim(0, 2)
    axes.set_yscale("log")
    limits = log_limits(shown)
    if limits is not None:
        axes.set_ylim(max(limits[0], 1e-9 * limits[1]) / 30, limits[1])  # room for the legend
    axes.legend(frameon=False, loc="lower center", ncol=3, handlelength=1.5, columnspacing=0.6, handletextpad=0.3,
                fontsize=7, borderaxespad=0.2)
    axes.set_xlabel(r"$R/\langle R_k\rangle$")
    axes.set_ylabel(r"$|$relative error$|$ of $V_k'(R)$")


def draw_ridge_felt(axes, study):
    """2V' in units of its value at R = 0: what the modes' ridge gains from the size of the others."""
    for curve in study.vertices:
        x = curve["R"] / curve["typical_size"]
        axes.plot(x, curve["functional"] / curve["functional"][0] - 1, color=MEASURED, linewidth=1.3)
        axes.annotate(f"$k={int(curve['k'])}$", (x[-1], curve["functional"][-1] / curve["functional"][0] - 1),
                      xytext=(3, 0), textcoords="offset points", va="center", fontsize=7.5)
    axes.axvline(1, color=GUIDE, linewidth=0.7, linestyle=(0, (1, 1.2)), zorder=0)
    axes.set_xlim(0, 2.6)
    axes.set_yscale("log")
    axes.set_xticks([0, 0.5, 1, 1.5, 2])
    axes.yaxis.set_major_formatter(FuncFormatter(percent))
    axes.set_xlabel(r"$R/\langle R_k\rangle$")
    axes.set_ylabel(r"ridge gained, $V_k'(R)/V_k'(0)-1$")


def draw_check(axes, study):
    """Samples of the small system against those of the large one, mode by mode."""
    axes.axhspan(-BAND, BAND, color=GUIDE, alpha=0.18, linewidth=0, zorder=1)
    axes.axhline(0, color=MEASURED, linewidth=0.8, zorder=3)
    for what, look in CHECKED.items():
        z, p = study.check[what]["z"], p_text(study.check[what]["p"])
        axes.plot(np.arange(1, z.size + 1), z, linestyle="none", markersize=2.2, markeredgewidth=0, color=look["color"],
                  marker=look["marker"], label=f"{look['label']}, $p={p}$".replace("=<", "<"))
    reach = max(4.0, 1.15 * max(largest(study.check[what]["z"]) for what in CHECKED))
    axes.set_ylim(-reach, 1.5 * reach)
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_xscale("log")
    axes.set_xlim(0.9, 1.1 * study.check["mean"]["z"].size)
    log_axis(axes.xaxis, axes.get_xlim())
    axes.set_xlabel("mode $k$ of both")
    axes.set_ylabel("(small $-$ large) / s.e., sampled")
    axes.legend(frameon=False, loc="upper left", handletextpad=0.1, borderaxespad=0.3, fontsize=7.5)


def draw_relevance(study):
    """The figure."""
    use_style()
    figure, axes = plt.subplots(2, 3, figsize=(WIDTH, 4.9), gridspec_kw={
        "hspace": 0.38, "wspace": 0.48, "left": 0.085, "right": 0.985, "bottom": 0.09, "top": 0.82})
    draw_coupling(axes[0, 0], study, "r", "$r(k)=2V_k'(0)$")
    draw_coupling(axes[0, 1], study, "U", "$U(k)=4V_k''(0)$")
    draw_coupling(axes[0, 2], study, "W", "$W(k)=8V_k^{(3)}(0)$")
    draw_errors(axes[1, 0], study)
    draw_vertices(axes[1, 1], study)
    (draw_ridge_felt if study.check is None else draw_check)(axes[1, 2], study)
    letter_panels(axes)
    legend_above(figure, [plt.Line2D([], [], **look) for look in FLOWS.values()],
                 [look["label"] for look in FLOWS.values()], top=0.92)
    title(figure, headings(study), top=0.99, step=0.038)
    return figure


def pictures(path, _options):
    """The figure of a study of relevance, with what its name adds to the prefix: nothing."""
    return [(draw_relevance(Relevance(path)), "")]
