"""A flow of the couplings (`ridgeflow flow --out`): the vector field in the (U', r') plane at a few scales with
trajectory and nullcline; r(k) and U(k) by decimation and by the continuum flow; local exponents. Of a spectrum of a
file, which has no continuum flow, r(k) and U(k) alone."""
import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from .style import (GUIDE, MEASURED, WIDTH, BadResult, legend_above, letter_panels, log_axis, plain_number, plt,
                    read_json, scientific, title, use_style)

RIDGE, QUARTIC = "#0072B2", "#D55E00"
LOOKS = {"decimation": {"color": MEASURED, "linestyle": "none", "marker": "o", "markersize": 3.0,
                        "markerfacecolor": "white", "markeredgewidth": 0.8, "zorder": 6},
         "second": {"color": "#009E73", "linestyle": "none", "marker": "D", "markersize": 5.5,
                    "markeredgecolor": "white", "markeredgewidth": 0.8, "zorder": 8},
         "ode": {"color": RIDGE, "linewidth": 1.4, "zorder": 4},
         "corrected": {"color": QUARTIC, "linewidth": 1.2, "linestyle": (0, (4, 1.6)), "zorder": 5},
         "nullcline": {"color": QUARTIC, "linewidth": 1.5, "zorder": 6},
         "trees": {"color": QUARTIC, "linewidth": 1.0, "linestyle": (0, (1.5, 1.5)), "zorder": 5},
         "passed": {"color": MEASURED, "linewidth": 1.6, "zorder": 7},
         "ahead": {"color": MEASURED, "linewidth": 0.9, "linestyle": (0, (4, 2)), "zorder": 7}}
FIELD_COLORS = ListedColormap(plt.get_cmap("YlGnBu")(np.linspace(0, 0.78, 256)))  # lines are seen on all of it
FIXED_POINT = r"fixed point for $\ell\to\infty$"
NULLCLINE = r"nullcline $dr'/d\tau=0$"
ROUND_STEPS = [1, 2, 2.5, 5, 10]
SHOWN = 40  # modes drawn as points


class Flow:
    """What the figure needs of a flow's JSON, checked."""

    COLUMNS = ("k", "tau", "r", "U", "r_ode", "U_ode", "r_corrected", "U_corrected", "r_rescaled", "U_rescaled",
               "gamma_r", "gamma_U")
    FIELD = ("r", "U", "dr_dtau", "dU_dtau", "ln_magnitude")

    def __init__(self, path):
        facts = read_json(path, "flow")
        try:
            self.model = {key: float(facts["model"][key]) for key in ("P", "M", "kappa", "u", "r", "U")}
            self.scales = {key: self._numbers(facts["scales"][key]) for key in self.COLUMNS}
            second = facts["second_cutoff"]
            self.second = None if second is None else {key: float(second[key]) for key in ("M", "r", "U")}
            self.continuum = facts["continuum"]
            if self.continuum is not None:
                for key in ("alpha", "beta", "scale", "cutoff", "unit_r", "unit_U", "learning_scale"):
                    self.continuum[key] = float(self.continuum[key])
                self.window = [int(self.continuum["window"][end]) for end in ("first", "last")]
                self.fields = [self._field(field) for field in self.continuum["fields"]]
                fixed = self.continuum["fixed_point"]
                self.fixed_point = None if fixed is None else (float(fixed["U"]), float(fixed["r"]))
        except (KeyError, TypeError, ValueError) as error:
            raise BadResult(f"{path}: cannot be read: {error!r}") from None
        sizes = {column.size for column in self.scales.values()}
        if len(sizes) != 1 or 0 in sizes:
            raise BadResult(f"{path}: its columns are not one number a mode")
        if self.continuum is not None and not self.fields:
            raise BadResult(f"{path}: holds no vector field to draw")

    @staticmethod
    def _numbers(values):
        """Nested lists of numbers; null is not a number."""
        return np.array(values, dtype=float)

    @classmethod
    def _field(cls, field):
        known = {key: cls._numbers(field[key]) for key in cls.FIELD}
        known["tau"], known["k"] = float(field["tau"]), float(field["k"])
        known["at"] = (float(field["at"]["U"]), float(field["at"]["r"]))
        known["nullcline"] = {key: cls._numbers(field["nullcline"][key]) for key in ("r", "U", "U_trees")}
        shape = (known["r"].size, known["U"].size)
        if any(known[key].shape != shape for key in cls.FIELD[2:]) or min(shape) < 2:
            raise ValueError("a vector field without one vector a point")
        return known

    def shown(self):
        """Indices of modes drawn as points, even in ln k."""
        modes = self.scales["k"].size
        places = np.unique(np.round(np.geomspace(1, modes, min(SHOWN, modes))).astype(int)) - 1
        return places[np.isfinite(self.scales["r"][places])]


def headings(flow):
    """Title: the model."""
    def values(pairs, source):
        return ", ".join(f"${symbol}={scientific(source[key])}$" for symbol, key in pairs)
    lines = [values((("P", "P"), ("M", "M"), ("\\kappa", "kappa"), ("u", "u"), ("r", "r"), ("U", "U")), flow.model)]
    if flow.continuum is not None:
        known = flow.continuum
        lines.append(values((("\\alpha", "alpha"), ("\\beta", "beta")), known) + ("" if known["scale"] == 1 else
                     f", $s={scientific(known['scale'])}$") +
                     rf"; $\Lambda=M+\frac{{1}}{{2}}$, learning scale $k^*={scientific(known['learning_scale'])}$")
    return lines


def power_of_ten(largest):
    """The exponent that leaves tick labels between 1 and 1000."""
    return int(3 * np.floor(np.log10(largest) / 3)) if largest > 0 else 0


def draw_field(axes, flow, field, limits, exponent):
    """One plane: colour is ln of the field's magnitude, in the units of the axes."""
    unit_u, unit_r = flow.continuum["unit_U"] * 10.0**exponent, flow.continuum["unit_r"]
    u, r = field["U"] / unit_u, field["r"] / unit_r
    image = axes.pcolormesh(u, r, field["ln_magnitude"], cmap=FIELD_COLORS, vmin=limits[0], vmax=limits[1],
                            shading="gouraud", rasterized=True, zorder=1)
    axes.streamplot(u, r, field["dU_dtau"] / unit_u, field["dr_dtau"] / unit_r, color="#3c3c3c", linewidth=0.45,
                    density=(0.85, 0.95), arrowsize=0.55, zorder=3)
    line = field["nullcline"]
    axes.plot(line["U_trees"] / unit_u, line["r"] / unit_r, label="its tree term", **LOOKS["trees"])
    axes.plot(line["U"] / unit_u, line["r"] / unit_r, label=NULLCLINE, **LOOKS["nullcline"])
    tau = flow.scales["tau"]
    path_u, path_r = flow.scales["U_rescaled"] / unit_u, flow.scales["r_rescaled"] / unit_r
    at_u, at_r = field["at"][0] / unit_u, field["at"][1] / unit_r
    passed, ahead = tau <= field["tau"], tau >= field["tau"]
    axes.plot(np.append(at_u, path_u[passed]), np.append(at_r, path_r[passed]), label="trajectory, passed",
              **LOOKS["passed"])
    axes.plot(np.append(path_u[ahead], at_u), np.append(path_r[ahead], at_r), label="ahead", **LOOKS["ahead"])
    axes.plot([at_u], [at_r], linestyle="none", marker="o", markersize=4.5, color=MEASURED, markeredgecolor="white",
              markeredgewidth=0.6, zorder=8, clip_on=False)
    if flow.fixed_point is not None and flow.fixed_point[0] / unit_u < u[-1]:
        axes.plot([flow.fixed_point[0] / unit_u], [flow.fixed_point[1] / unit_r], linestyle="none", marker="X",
                  markersize=6, color="white", markeredgecolor=MEASURED, markeredgewidth=0.7, zorder=8,
                  label=FIXED_POINT)
    axes.set_xlim(0, u[-1])
    axes.set_ylim(r[0], r[-1])
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.set_title(rf"$\tau={field['tau']:.3g}$,  $k={scientific(float(f'{field[chr(107)]:.3g}'))}$", fontsize=8.5,
                   pad=4)
    return image


def draw_coupling(axes, below, flow, name, label):
    """r(k) or U(k), and under it how far the continuum is from the decimation."""
    scales, places = flow.scales, flow.shown()
    k = scales["k"]
    axes.plot(k[places], scales[name][places], label="decimation", **LOOKS["decimation"])
    if flow.second is not None:
        axes.plot(flow.second["M"], flow.second[name], label="a second system starts", **LOOKS["second"])
    axes.set_ylabel(label)
    axes.set_xscale("log")
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=ROUND_STEPS))
    axes.yaxis.set_major_formatter(FuncFormatter(plain_number))
    low, high = axes.get_ylim()
    axes.set_ylim(low - 0.05 * (high - low), high)  # a number at the edge would touch the panel below
    if below is None:
        return
    axes.plot(k, scales[f"{name}_ode"], label="ODE", **LOOKS["ode"])
    heights = []
    for kind in ("ode", "corrected"):
        with np.errstate(invalid="ignore", divide="ignore"):
            away = np.abs(scales[f"{name}_{kind}"] / scales[name] - 1)
        away[~(away > 1e-14)] = np.nan  # rounding
        heights.append(away)
        below.plot(k, away, **{**LOOKS[kind], "linewidth": 1.1})
    known = np.concatenate(heights)
    known = known[np.isfinite(known)]
    below.set_yscale("log")
    if known.size:
        below.set_ylim(max(known.min(), 1e-12) / 3, known.max() * 30)
        below.yaxis.set_major_locator(LogLocator(numticks=5))
        below.yaxis.set_minor_formatter(NullFormatter())
    else:
        below.set_yticks([])
        below.text(0.5, 0.5, "no difference", ha="center", va="center", transform=below.transAxes, fontsize=7.5,
                   color="#555555")
    below.set_ylabel(rf"$|\Delta {name}|/{name}$")
    below.set_xlabel("mode $k$")
    axes.tick_params(labelbottom=False)


def draw_exponents(axes, flow):
    """What the interaction makes of the exponents 1 + alpha and 2 + 2 alpha."""
    k, g = flow.scales["k"], 1 + flow.continuum["alpha"]
    axes.axvspan(*flow.window, color="#000000", alpha=0.06, linewidth=0, zorder=0)
    axes.axhline(0, color=GUIDE, linewidth=0.6, zorder=1)
    first = axes.plot(k, flow.scales["gamma_r"] - g, color=RIDGE, linewidth=1.4,
                      label=r"$\gamma_r-(1+\alpha)$", zorder=4)
    second = axes.plot(k, flow.scales["gamma_U"] - 2 * g, color=QUARTIC, linewidth=1.4, linestyle=(0, (4, 1.6)),
                       label=r"$\gamma_U-2(1+\alpha)$", zorder=4)
    scale = flow.continuum["learning_scale"]
    if k.min() < scale < k.max():
        axes.axvline(scale, color=GUIDE, linewidth=0.8, linestyle=(0, (1, 1.2)), zorder=2)
        axes.annotate("$k^*$", (scale, 0), xycoords=("data", "axes fraction"), xytext=(-3, 4),
                      textcoords="offset points", ha="right", va="bottom", color="#555555")
    axes.set_xscale("log")
    axes.annotate("window", (np.sqrt(flow.window[0] * flow.window[1]), 0), xycoords=("data", "axes fraction"),
                  xytext=(0, 4), textcoords="offset points", ha="center", va="bottom", fontsize=7.5, color="#555555")
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=ROUND_STEPS))
    axes.yaxis.set_major_formatter(FuncFormatter(plain_number))
    axes.set_xlabel("mode $k$")
    axes.set_ylabel("shift of local exponents")
    low, high = axes.get_ylim()
    axes.set_ylim(low - 0.12 * (high - low), high + 0.3 * (high - low))
    axes.legend(handles=first + second, loc="upper left", borderaxespad=0.4, handlelength=1.9, facecolor="white",
                framealpha=0.85, edgecolor="none")


def abscissa(panels, k):
    """The modes, the same for all panels."""
    room = 1.12
    for axes in panels:
        axes.set_xscale("log")
        axes.set_xlim(k.min() / room, k.max() * room)
        log_axis(axes.xaxis, axes.get_xlim())


def draw_decimation(flow):
    """r(k) and U(k) of any spectrum."""
    figure, axes = plt.subplots(1, 2, figsize=(WIDTH, 2.9), gridspec_kw={
        "wspace": 0.3, "left": 0.09, "right": 0.985, "bottom": 0.15, "top": 0.79})
    for panel, name, label in zip(axes, ("r", "U"), ("$r(k)$", "$U(k)$")):
        draw_coupling(panel, None, flow, name, label)
        panel.set_xlabel("mode $k$")
    abscissa(axes, flow.scales["k"])
    letter_panels(axes)
    legend_above(figure, *axes[0].get_legend_handles_labels(), top=0.93)
    title(figure, headings(flow))
    return figure


def draw_flow(flow):
    """The figure of a flow."""
    use_style()
    if flow.continuum is None:
        return draw_decimation(flow)
    figure = plt.figure(figsize=(WIDTH, 5.75))
    count = len(flow.fields)
    right = min(0.895, 0.08 + 0.4 * count)
    upper = figure.add_gridspec(1, count, left=0.08, right=right, bottom=0.55, top=0.845, wspace=0.1)
    lower = figure.add_gridspec(2, 3, left=0.08, right=0.985, bottom=0.075, top=0.425, wspace=0.4, hspace=0.05,
                                height_ratios=[1.7, 1])
    planes = [figure.add_subplot(upper[0, i]) for i in range(count)]
    exponent = power_of_ten(max(field["U"][-1] for field in flow.fields) / flow.continuum["unit_U"])
    everything = np.concatenate([field["ln_magnitude"].ravel() for field in flow.fields])
    everything = everything[np.isfinite(everything)]
    limits = np.percentile(everything, (2, 96))
    for i, (axes, field) in enumerate(zip(planes, flow.fields)):
        image = draw_field(axes, flow, field, limits, exponent)
        if i > 0:
            axes.tick_params(labelleft=False)
    planes[0].set_ylabel(r"$r'/\Lambda^{1+\alpha}$")
    unit = r"\Lambda^{2+2\alpha}"
    for axes in planes:
        axes.set_xlabel(rf"$U'/(10^{{{exponent}}}\,{unit})$" if exponent else rf"$U'/{unit}$")
    bar = figure.colorbar(image, cax=figure.add_axes([right + 0.015, 0.55, 0.016, 0.295]), extend="both")
    bar.set_label(r"$\ln|d(U',r')/d\tau|$", labelpad=3)
    bar.ax.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    panels = []
    for column, (name, label) in enumerate((("r", "$r(k)$"), ("U", "$U(k)$"))):
        axes = figure.add_subplot(lower[0, column])
        below = figure.add_subplot(lower[1, column])
        draw_coupling(axes, below, flow, name, label)
        panels += [axes, below]
    exponents = figure.add_subplot(lower[:, 2])
    draw_exponents(exponents, flow)
    abscissa(panels + [exponents], flow.scales["k"])
    letter_panels(planes + [panels[0], panels[2], exponents])
    handles, labels = planes[-1].get_legend_handles_labels()
    entries = dict(zip(labels, handles))
    order = ["trajectory, passed", "ahead", NULLCLINE, "its tree term", FIXED_POINT]
    order = [label for label in order if label in entries]
    legend_above(figure, [entries[label] for label in order], order, top=0.935)
    handles, labels = panels[0].get_legend_handles_labels()
    handles.append(plt.Line2D([], [], **LOOKS["corrected"]))
    labels.append("corrected ODE")
    legend_above(figure, handles, labels, top=0.483)
    title(figure, headings(flow), top=0.993, step=0.03)
    return figure


def pictures(path, _options):
    """The figure of a flow, with what its name adds to the prefix: nothing."""
    return [(draw_flow(Flow(path)), "")]
