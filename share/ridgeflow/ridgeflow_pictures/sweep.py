"""A sweep (`ridgeflow compare --u 0.01:1:9:log --out`): the loss per sample over an axis of the grid, measured and
predicted; what the theories miss of it; and whether every system agrees with the exact column."""
import copy

import numpy as np

from .options import Options, chosen_theories
from .style import (CURVES, GUIDE, MEASURED, NAMES, WIDTH, BadResult, legend_above, letter_panels, log_abscissa,
                    log_axis, log_limits, percent, plt, read_group, scientific, threads_text, title, use_style)

SERIES = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]  # values of the second axis
THEORIES = ("exact", "wilson", "gp")
SYMBOLS = {"u": "u", "kappa": r"\kappa", "samples": "P", "modes": "M", "alpha": r"\alpha", "beta": r"\beta", "w": "w",
           "step": "h", "chains": "C", "scale": "s"}
ORDINAL = ("seed",)  # axes whose values are names: drawn in their order
MOST_FIGURES = 12    # one for each value of the further axes
ERRORS = {"color": GUIDE, "alpha": 0.25, "linewidth": 0}
LEAST_P = 1e-12      # what is less is drawn as an arrow at the edge
SMALLEST_P = 1e-3
P_MARKERS = {"mean": ("D", True), "variance": ("s", False)}  # filled or open


class Sweep:
    """What a figure needs of a sweep's file, checked: arrays over [series][place on the abscissa], at number `figure`
    of the combinations of the values of all other axes."""

    def __init__(self, path, options=None, figure=0):
        options = options or Options()
        self.path = path
        root = read_group(path, None)
        self.axes = str(root.attrs.get("axes", "")).split()
        self.attributes = root.attrs
        prediction = read_group(path, "prediction", required=True)
        if not self.axes or any(axis not in prediction.dims for axis in self.axes):
            raise BadResult(f"{path}: holds no axes of a sweep")
        stats, comparison = read_group(path, "sample_stats"), read_group(path, "comparison")
        self.constants = read_group(path, "constant_data", required=True)
        self.abscissa = max(self.axes, key=lambda axis: prediction.sizes[axis])  # the first of the longest
        others = [axis for axis in self.axes if axis != self.abscissa]
        self.series = others[0] if others else None
        self._further = {axis: prediction[axis].values for axis in others[1:]}
        self.figures = int(np.prod([values.size for values in self._further.values()], dtype=int))
        self.x = self._coordinate(prediction, self.abscissa)
        if self.abscissa in ORDINAL:
            self.x = np.arange(1.0, 1 + self.x.size)
        self.values = self._coordinate(prediction, self.series) if self.series else np.array([np.nan])
        self.systems = int(np.prod([prediction.sizes[axis] for axis in self.axes]))

        names = [str(name) for name in prediction["theory"].values]
        loss = 0.5 * (prediction["mean"] ** 2 + prediction["variance"])
        unknown = loss.isnull().all("mode")
        loss = loss.sum("mode", skipna=True).where(~unknown)
        wanted = chosen_theories(options, names, path)
        self._losses = {name: loss.sel(theory=name) for name in THEORIES if name in wanted}
        self._exact = loss.sel(theory="exact") if "exact" in names else None
        if not self._losses:
            raise BadResult(f"{path}: holds none of the theories {', '.join(THEORIES)}")
        self.measured = "mean_size" in stats
        self._stats = {name: stats[name] for name in ("mean_size", "mcse_mean_size")} if self.measured else {}
        self._p = {}
        if "theory" in comparison.dims and "exact" in [str(name) for name in comparison["theory"].values]:
            self._p = {what: comparison[f"p_{what}"].sel(theory="exact") for what in ("mean", "variance")}
        self._cut(figure)

    def _cut(self, figure):
        """Takes the arrays of one figure out of those of the file."""
        sizes = [values.size for values in self._further.values()]
        self._places = dict(zip(self._further, (int(i) for i in np.unravel_index(figure, sizes)) if sizes else ()))
        self.fixed = {axis: self._further[axis][place].item() for axis, place in self._places.items()}
        self.loss = {name: self._grid(loss) for name, loss in self._losses.items()}
        self.exact = None if self._exact is None else self._grid(self._exact)
        if self.measured:
            self.value, self.error = (0.5 * self._grid(values) for values in self._stats.values())
        self.p = {what: self._grid(p) for what, p in self._p.items()}

    def at(self, figure):
        """The same file at another figure; it is not read again."""
        other = copy.copy(self)
        other._cut(figure)
        return other

    @staticmethod
    def _coordinate(dataset, axis):
        return np.asarray(dataset[axis].values, dtype=float)

    def _grid(self, values):
        values = values.isel(self._places)
        order = ([self.series] if self.series else []) + [self.abscissa]
        grid = np.asarray(values.transpose(*order).values, dtype=float)
        return grid if self.series else grid[None, :]

    def is_log(self):
        return bool(self.abscissa not in ORDINAL and (self.x > 0).all() and self.x.max() / self.x.min() >= 8)

    def fixed_text(self, axis):
        """The value of a further axis, in six digits or as many as tell it from the others."""
        value, values = self.fixed[axis], [other.item() for other in self._further[axis]]
        if axis in ORDINAL:
            return str(value)
        for digits in range(6, 17):
            texts = [f"{other:.{digits}g}" for other in values]
            if len(set(texts)) == len(set(values)):
                break
        return f"{value:.{digits}g}"

    def color(self, place):
        return SERIES[place % len(SERIES)]


def symbol(axis):
    return f"${SYMBOLS.get(axis, axis)}$" if axis in SYMBOLS else axis.replace("_", " ")


def equation(axis, value):
    return f"${SYMBOLS[axis]}={scientific(value)}$" if axis in SYMBOLS else f"{symbol(axis)} = ${scientific(value)}$"


def headings(sweep):
    """Title: the grid, what stays the same in it, and where it was sampled."""
    parts = []
    for name in ("samples", "kappa", "u"):
        if name in sweep.constants and name not in sweep.axes:
            values = np.unique(np.asarray(sweep.constants[name].values, dtype=float))
            if values.size == 1:
                parts.append(f"${SYMBOLS[name]}={scientific(values[0])}$")
    parts += [equation(axis, value) for axis, value in sweep.fixed.items()]
    grid = " by ".join(symbol(axis) for axis in sweep.axes)
    first = f"{sweep.systems} systems: {grid}" + (";  " + ", ".join(parts) if parts else "")
    facts = sweep.attributes
    if not sweep.measured:
        return [first, "predictions alone"]
    threads = f", {threads_text(facts['threads'])}" if facts.get("backend") == "cpu" and "threads" in facts else ""
    return [first, f"{facts.get('integrator', '')}, {facts.get('device', '')}{threads}"]


def set_abscissa(axes, sweep):
    if sweep.is_log():
        log_abscissa(axes, sweep.x)
    if sweep.abscissa in ORDINAL:
        axes.set_xlabel(f"{sweep.abscissa}, number in the file")
        axes.xaxis.set_major_locator(plt.MaxNLocator(5, integer=True))
    else:
        axes.set_xlabel(symbol(sweep.abscissa))


def draw_loss(axes, sweep):
    for place in range(len(sweep.values)):
        color = sweep.color(place) if sweep.series else MEASURED
        for name, loss in sweep.loss.items():
            look = {key: CURVES[name][key] for key in ("linestyle", "linewidth")}
            axes.plot(sweep.x, loss[place], color=color if sweep.series else CURVES[name]["color"], **look, zorder=3)
        if sweep.measured:
            axes.errorbar(sweep.x, sweep.value[place], sweep.error[place], linestyle="none", marker="o",
                          markersize=3.0, color=color, elinewidth=0.8, zorder=6)
    set_abscissa(axes, sweep)
    axes.set_ylabel(r"loss per sample $\langle L\rangle/P=\frac{1}{2}\langle R\rangle$")


def draw_misses(axes, sweep):
    """What each theory misses of the exact loss, and how far the measured one is from it, so that a sampler's own bias
    is not taken for the theories'; without an exact one what the theories miss of the measurement."""
    exact = sweep.exact
    base = exact if exact is not None else sweep.value if sweep.measured else None
    shown = []
    for name, loss in sweep.loss.items():
        if base is None or name == "exact":
            continue
        for place in range(len(sweep.values)):
            miss = np.abs(loss[place] / base[place] - 1)
            shown.append(miss)
            look = {key: CURVES[name][key] for key in ("linestyle", "linewidth")}
            axes.plot(sweep.x, miss, color=sweep.color(place) if sweep.series else CURVES[name]["color"], **look)
    if sweep.measured:
        error = sweep.error / (sweep.value if base is None else base)
        shown.append(error.max(axis=0))
        axes.fill_between(sweep.x, 1e-12, 2 * error.max(axis=0), zorder=0, **ERRORS)
        if exact is not None:
            for place in range(len(sweep.values)):
                axes.plot(sweep.x, np.abs(sweep.value[place] / exact[place] - 1), linestyle="none", marker="o",
                          markersize=3.0, color=sweep.color(place) if sweep.series else MEASURED, zorder=6)
                shown.append(np.maximum(np.abs(sweep.value[place] / exact[place] - 1), 0.3 * error[place]))
    set_abscissa(axes, sweep)
    axes.set_yscale("log")
    limits = log_limits(shown)
    if limits is not None:
        axes.set_ylim(limits)
        log_axis(axes.yaxis, limits)
    axes.yaxis.set_major_formatter(plt.FuncFormatter(percent))
    axes.set_ylabel("off the " + ("exact" if exact is not None or not sweep.measured else "measured") + " loss by")


def draw_p(axes, sweep):
    below = False
    for place in range(len(sweep.values)):
        color = sweep.color(place) if sweep.series else MEASURED
        for what, (marker, filled) in P_MARKERS.items():
            p = sweep.p[what][place]
            look = {"linestyle": "none", "markersize": 3.4, "color": color, "markeredgewidth": 0.8,
                    "markerfacecolor": color if filled else "white"}
            axes.plot(sweep.x[p >= LEAST_P], p[p >= LEAST_P], marker=marker, **look)
            axes.plot(sweep.x[p < LEAST_P], np.full(np.count_nonzero(p < LEAST_P), LEAST_P), **{**look, "marker": "v"})
            below = below or bool(np.any(p < LEAST_P))
    bound = SMALLEST_P / sweep.systems
    axes.axhline(bound, color=GUIDE, linestyle=CURVES["gp"]["linestyle"], linewidth=1.2)
    axes.annotate(r"$10^{-3}$ over the systems", (0.97, bound), xycoords=("axes fraction", "data"), xytext=(0, 3),
                  textcoords="offset points", ha="right", fontsize=7.5, color="#555555")
    set_abscissa(axes, sweep)
    axes.set_yscale("log")
    least = min(sweep.p["mean"].min(), sweep.p["variance"].min(), bound)
    axes.set_ylim(max(least, LEAST_P) / 4, 1.6)
    if below:
        axes.annotate(rf"$\blacktriangledown$: less than ${scientific(LEAST_P)}$", (0, 0), xycoords="axes fraction",
                      xytext=(4, 12), textcoords="offset points", fontsize=7.5, color="#555555")
    axes.set_ylabel(r"$p$ against exact")


def add_legends(figure, sweep):
    theories = [plt.Line2D([], [], color=MEASURED if sweep.series else CURVES[name]["color"],
                           linestyle=CURVES[name]["linestyle"], linewidth=CURVES[name]["linewidth"])
                for name in sweep.loss]
    names = [NAMES[name] for name in sweep.loss]
    if sweep.measured:
        theories.append(plt.Line2D([], [], linestyle="none", marker="o", markersize=3.0, color=MEASURED))
        names.append("measured")
        theories.append(plt.Rectangle((0, 0), 1, 1, **ERRORS))
        names.append("2 s.e.")
    if sweep.series:
        for place, value in enumerate(sweep.values):
            theories.append(plt.Line2D([], [], color=sweep.color(place), linewidth=3))
            names.append(equation(sweep.series, value))
    if sweep.p:
        for (marker, filled), name in zip(P_MARKERS.values(), ("$p$ of means", "of variances")):
            theories.append(plt.Line2D([], [], linestyle="none", marker=marker, markersize=3.4, color=MEASURED,
                                       markerfacecolor=MEASURED if filled else "white", markeredgewidth=0.8))
            names.append(name)
    legend_above(figure, theories, names, top=0.88, columnspacing=1.0, handletextpad=0.4, handlelength=1.7,
                 ncol=min(len(names), 6))


def draw_sweep(sweep):
    """The figure of a sweep."""
    use_style()
    panels = [draw_loss, draw_misses] + ([draw_p] if sweep.p else [])
    figure, axes = plt.subplots(1, len(panels), figsize=(WIDTH, 3.1), gridspec_kw={
        "wspace": 0.42, "left": 0.085, "right": 0.985, "bottom": 0.14, "top": 0.71})
    for panel, draw in zip(axes, panels):
        draw(panel, sweep)
    letter_panels(axes)
    add_legends(figure, sweep)
    title(figure, headings(sweep), top=0.985, step=0.06)
    return figure


def suffix(sweep):
    """Tells the figures of several apart: _kappa=4."""
    return "".join(f"_{axis}={sweep.fixed_text(axis)}" for axis in sweep.fixed)


def pictures(path, options):
    """A figure for each combination of the values of the axes beyond two."""
    first = Sweep(path, options)
    if first.figures > MOST_FIGURES:
        raise BadResult(f"{path}: its {len(first.axes)} axes make {first.figures} figures, more than {MOST_FIGURES}; "
                        "sweep over fewer axes, or draw it with xarray")
    sweeps = [first] + [first.at(figure) for figure in range(1, first.figures)]
    return [(draw_sweep(sweep), suffix(sweep) if first.figures > 1 else "") for sweep in sweeps]
