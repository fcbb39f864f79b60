"""A result file: moments of every mode, the theories, and what is left after dividing by one of them.

Left sqrt(P) <d_k>, right P Var d_k; under each the residual of the renormalization group's prediction. With cumulants a
second picture, see shape.py.
"""
import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from .modes import draw_band, draw_curve, is_rough, mark_learnable, mode_abscissa, thinned
from .options import Options, chosen_theories
from .shape import Shape, draw_shape
from .style import (BAND, BAND_LOOK, CURVES, MEASURED, NAMES, WIDTH, BadResult, band_entry, largest, legend_above,
                    log_limits, mode_numbers, p_text, percent, plain_log_ticks, plt, read_group, scientific, title,
                    use_style)

SHORT = {**NAMES, "wilson": "RG"}
REFERENCES = ["wilson", "exact", "hartree", "gp"]  # the residual's denominator: the first that the file has


class Result:
    """What the figure needs of a result file, checked: of the modes and theories that are to be drawn."""

    def __init__(self, path, options=None):
        options = options or Options()
        self.path = path
        self.root = read_group(path, None)
        constants = read_group(path, "constant_data", required=True)
        prediction = read_group(path, "prediction", required=True)
        moments = read_group(path, "moments")  # a prediction alone has none
        self.comparison = read_group(path, "comparison")
        self.stats = read_group(path, "sample_stats")

        self.a = mode_numbers(path, constants, "constant_data", "a") if "a" in constants else None
        self.constants = {name: float(constants[name]) for name in ("P", "samples", "kappa", "u", "w", "r", "U", "W")
                          if name in constants and constants[name].size == 1}
        self.constants.setdefault("samples", self.constants.pop("P", 0))
        if not self.constants.get("samples", 0) > 0:
            raise BadResult(f"{path}: group constant_data lacks samples, their number P")

        if "theory" not in prediction.dims or "theory" not in prediction.coords:
            raise BadResult(f"{path}: group prediction lacks the coordinate theory")
        self.theories = {}
        for i, name in enumerate(str(value) for value in prediction["theory"].values):
            of_theory = prediction.isel(theory=i)
            self.theories[name] = {
                what: mode_numbers(path, of_theory, "prediction", what) for what in ("mean", "variance")}
        if not self.theories:
            raise BadResult(f"{path}: group prediction holds no theory: nothing to compare with")
        self.modes = next(iter(self.theories.values()))["mean"].size
        if self.modes == 0:
            raise BadResult(f"{path}: group prediction holds no mode")
        if moments.variables:
            self.measured, self.errors = (
                {what: mode_numbers(path, moments, "moments", prefix + what) for what in ("mean", "variance")}
                for prefix in ("", "mcse_"))
        else:
            self.measured = self.errors = dict.fromkeys(("mean", "variance"), np.full(self.modes, np.nan))
        for group, sizes in (("moments", [v.size for v in (*self.measured.values(), *self.errors.values())]),
                             ("prediction", [v.size for t in self.theories.values() for v in t.values()]),
                             ("constant_data", [] if self.a is None else [self.a.size])):
            if any(size != self.modes for size in sizes):
                raise BadResult(f"{path}: group {group} has {sizes[0]} modes, prediction has {self.modes}")
        self._choose(options)

    def _choose(self, options):
        """Leaves what the options ask for."""
        first, last = options.modes or (1, self.modes)
        if last > self.modes:
            raise BadResult(f"{self.path}: --modes {first}:{last}: it has {self.modes} modes")
        self.k = np.arange(first, last + 1)
        part = slice(first - 1, last)
        names = chosen_theories(options, self.theories, self.path)
        self.theories = {name: {what: values[part] for what, values in self.theories[name].items()} for name in names}
        self.measured, self.errors = ({what: values[part] for what, values in of.items()}
                                      for of in (self.measured, self.errors))
        self.a = None if self.a is None else self.a[part]

    def fact(self, name):
        """A scalar of the run from where the file has it, or None."""
        for group in (self.stats, self.root):
            if name in group.variables and group[name].size == 1:
                return group[name].values.item()
            if name in group.attrs and np.size(group.attrs[name]) == 1:
                value = np.asarray(group.attrs[name]).item()
                return value if value != "" else None
        return None

    def p_value(self, theory, what):
        """chi^2's p-value of a theory, or None."""
        name = "p_" + what
        if name not in self.comparison or "theory" not in self.comparison.coords:
            return None
        names = [str(value) for value in self.comparison["theory"].values]
        values = np.atleast_1d(self.comparison[name].values)
        if theory not in names or values.shape != (len(names),):
            return None
        p = float(values[names.index(theory)])
        return p if np.isfinite(p) else None

    def title(self):
        """What was sampled and how."""
        first = [rf"${symbol}={scientific(self.constants[name])}$"
                 for symbol, name in (("P", "samples"), ("\\kappa", "kappa"), ("u", "u"), ("w", "w"))
                 if self.constants.get(name) is not None and (name != "w" or self.constants[name] > 0)]
        first.insert(1, f"$M={self.modes}$")
        run = []
        integrator = self.fact("integrator")
        if integrator:
            run.append(str(integrator))
        draws = self.fact("draws")
        if isinstance(draws, (int, float)) and np.isfinite(draws):
            run.append(f"${scientific(draws)}$ draws")
        return ";  ".join(part for part in (", ".join(first), ", ".join(run)) if part)


def headings(result):
    """Title: what was sampled and how, then how well each theory fits."""
    lines = [result.title()]
    fits = []
    for theory in ("exact", "wilson"):
        pair = [result.p_value(theory, what) for what in ("mean", "variance")]
        if None not in pair:
            fits.append(rf"{NAMES[theory]} ${p_text(pair[0])}$, ${p_text(pair[1])}$")
    if fits:
        lines.append(r"$\chi^2$ over all modes, $p$ of mean and variance:  " + ";  ".join(fits))
    return lines


def draw_moment(axes, result, what, factor, label):
    """Upper panel: measured points and the theories, both axes logarithmic."""
    k = result.k
    measured, error = factor * result.measured[what], factor * result.errors[what]
    curves = {name: factor * result.theories[name][what] for name in CURVES if name in result.theories}
    guide = next((curves[name] for name in ("exact", "wilson", "gp") if name in curves), measured)
    # A bare logarithm knows no sign: magnitudes are drawn, and measured points below zero are open.
    signed = what == "mean" and any(np.any(values < 0) for name, values in curves.items() if name != "first_order")
    if "first_order" in curves:  # where first order overshoots through zero it says nothing
        base = curves.get("gp", guide)
        curves["first_order"] = np.where(curves["first_order"] * base > 0, curves["first_order"], np.nan)
    rough = is_rough(k, guide)
    through = thinned(k) if rough else k - k[0]
    limits = log_limits([np.abs(values[through]) for values in curves.values()] or [np.abs(measured)])

    for order, (name, values) in enumerate(curves.items()):
        shown = values if limits is None else np.where(values == 0, np.nan, np.abs(values))
        draw_curve(axes, k, shown, {**CURVES[name], "zorder": 3 + order}, rough)
    points = thinned(k)
    points = points[np.isfinite(measured[points])]
    heights = measured[points] if limits is None else np.abs(measured[points])
    bars = {"linestyle": "none", "color": MEASURED, "marker": "o", "markersize": 2.7, "markeredgewidth": 0.6,
            "elinewidth": 0.7, "zorder": 10}
    below = (measured[points] < 0) & (limits is not None)
    if not below.all():
        axes.errorbar(k[points][~below], heights[~below], np.nan_to_num(error[points][~below]),
                      markerfacecolor=MEASURED, label="measured", **bars)
    if below.any():
        axes.errorbar(k[points][below], heights[below], np.nan_to_num(error[points][below]),
                      markerfacecolor="white", label="measured $<0$", **bars)
    if limits is None:
        axes.axhline(0, color="#999999", linewidth=0.6, zorder=1)
        axes.ticklabel_format(axis="y", scilimits=(-2, 3), useMathText=True)
    else:
        axes.set_yscale("log", nonpositive="clip")
        axes.set_ylim(limits)
        if limits[1] / limits[0] > 30:
            axes.yaxis.set_minor_formatter(NullFormatter())
        else:
            plain_log_ticks(axes.yaxis)
    axes.set_ylabel(label(signed))


def residual_limit(points, errors, lines):
    """Half-height of the residual panel: all of the exact line, the bulk of the points, and the other theories where
    they are not far off."""
    reach = np.abs(points) + 1.5 * np.nan_to_num(errors)
    limit = max(largest(lines.get("exact", np.zeros(1))), 0.9 * np.quantile(reach, 0.8) if reach.size else 0.0)
    limit = max([limit] + [largest(line) for line in lines.values() if largest(line) < 2 * limit])
    return 1.2 * limit if limit > 0 else 1e-3


def draw_residual(axes, result, what):
    """Lower panel: what is left after dividing by the reference."""
    name = next((name for name in REFERENCES if name in result.theories), next(iter(result.theories)))
    reference = result.theories[name][what]
    with np.errstate(all="ignore"):
        reference = np.where(reference == 0, np.nan, reference)
        ratio = result.measured[what] / reference - 1
        error = np.abs(result.errors[what] / reference)
        lines = {other: result.theories[other][what] / reference - 1 for other in CURVES
                 if other in result.theories and other != name}
    ratio[~np.isfinite(ratio)] = np.nan
    k = result.k
    points = thinned(k)
    points = points[np.isfinite(ratio[points])]

    look = CURVES.get(name, {"color": MEASURED, "linestyle": "-"})
    axes.axhline(0, color=look["color"], linestyle=look["linestyle"], linewidth=1.2, zorder=3)
    numerator = "measured" if points.size else "theory"
    axes.set_ylabel(f"{numerator} / {SHORT.get(name, name)} $-\\,1$")
    if points.size == 0 and not any(np.any(np.isfinite(line)) for line in lines.values()):
        axes.set_ylim(-1, 1)
        axes.set_yticks([0])
        axes.text(0.5, 0.72, "no finite ratio: values are zero or missing", ha="center", va="center",
                  transform=axes.transAxes, fontsize=7.5)
        return
    limit = residual_limit(ratio[points], error[points], lines)
    if "exact" in result.theories:
        draw_band(axes, k, lines.get("exact", np.zeros(k.size)), BAND * error, is_rough(k, error), BAND_LOOK)
    for order, (other, line) in enumerate(lines.items()):  # a target's roughness leaves the ratio
        draw_curve(axes, k, line, {**CURVES[other], "zorder": 4 + order}, is_rough(k, 1 + line))
    inside = points[np.abs(ratio[points]) <= limit]
    outside = points[np.abs(ratio[points]) > limit]
    axes.errorbar(k[inside], ratio[inside], np.nan_to_num(error[inside]), linestyle="none", color=MEASURED,
                  marker="o", markersize=2.6, elinewidth=0.7, zorder=10)
    for sign, marker in ((1, "^"), (-1, "v")):  # off the scale, not left out
        off = outside[np.sign(ratio[outside]) == sign]
        axes.plot(k[off], np.full(off.size, sign * 0.955 * limit), linestyle="none", marker=marker, markersize=3.5,
                  markerfacecolor="white", markeredgecolor=MEASURED, markeredgewidth=0.6, zorder=10)
    lost = np.count_nonzero(np.isfinite(result.measured[what]) & ~np.isfinite(ratio))
    if lost:
        axes.annotate(f"no {SHORT.get(name, name)} for {lost} of {k.size} modes", (0, 1), va="top",
                      xycoords="axes fraction", xytext=(5, -5), textcoords="offset points", fontsize=7.5,
                      color="#555555")
    axes.set_ylim(-limit, limit)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=(1, 2, 5, 10), symmetric=True))
    axes.yaxis.set_major_formatter(FuncFormatter(percent))


def draw(result):
    """The figure of a result."""
    use_style()
    figure, axes = plt.subplots(2, 2, figsize=(WIDTH, 4.9), sharex="col", gridspec_kw={
        "height_ratios": [1.2, 1], "hspace": 0.06, "wspace": 0.28, "left": 0.085, "right": 0.985, "bottom": 0.09,
        "top": 0.835})
    P = result.constants["samples"]

    def mean_label(signed):
        return r"$\sqrt{P}\,|\langle d_k\rangle|$" if signed else r"$\sqrt{P}\,\langle d_k\rangle$"

    draw_moment(axes[0, 0], result, "mean", np.sqrt(P), mean_label)
    draw_moment(axes[0, 1], result, "variance", P, lambda _: r"$P\,\mathrm{Var}\,d_k$")
    draw_residual(axes[1, 0], result, "mean")
    draw_residual(axes[1, 1], result, "variance")
    for column in range(2):
        for panel, label in zip(axes[:, column], (True, False)):
            mark_learnable(panel, result.k, result.a, result.constants.get("r"), label)
        mode_abscissa(axes[1, column], result.k,
                      np.count_nonzero(np.isfinite(result.measured["mean"][thinned(result.k)])) or None)
    for panel, letter in zip(axes.flat, "abcd"):
        panel.annotate(f"({letter})", (1, 1), xycoords="axes fraction", xytext=(-8, -6), textcoords="offset points",
                       ha="right", va="top")

    figure.align_ylabels(axes)

    handles, labels = [], []
    for panel in axes[0]:
        for handle, text in zip(*panel.get_legend_handles_labels()):
            if text not in labels:
                place = 0 if text == "measured" else len(labels)
                handles.insert(place, handle)
                labels.insert(place, text)
    if "exact" in result.theories and result.k.size > 1 and "measured" in labels:
        handle, text = band_entry()
        handles.append(handle)
        labels.append(text)
    legend_above(figure, handles, labels, columnspacing=1.4 if len(labels) < 7 else 0.9)
    title(figure, headings(result))
    return figure


def pictures(path, options):
    """The figures of a result file, each with what its name adds to the prefix."""
    result = Result(path, options)
    drawn = [(draw(result), "")]
    shape = Shape(result)
    if shape.measured:
        drawn.append((draw_shape(shape), "_shape"))
    return drawn
