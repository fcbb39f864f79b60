"""A sweep (`ridgeflow compare --u 0.01:1:9:log --out`): the loss per sample over an axis of the grid, measured and
predicted; what the theories miss of it; and whether every system agrees with the exact column."""
import numpy as np

from .style import (CURVES, GUIDE, MEASURED, NAMES, WIDTH, BadResult, legend_above, letter_panels, log_abscissa,
                    log_axis, log_limits, percent, plt, read_group, scientific, title, use_style)

SERIES = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]  # values of the second axis
THEORIES = ("exact", "wilson", "gp")
SYMBOLS = {"u": "u", "kappa": r"\kappa", "samples": "P", "modes": "M", "alpha": r"\alpha", "beta": r"\beta", "w": "w",
           "step": "h", "chains": "C", "scale": "s"}
SMALLEST_P = 1e-3


class Sweep:
    """What the figure needs of a sweep's file, checked: arrays over [series][place on the abscissa]."""

    def __init__(self, path):
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
        self.fixed = {axis: float(prediction[axis][0]) for axis in others[1:]}  # of a third axis the first value
        self.x = self._coordinate(prediction, self.abscissa)
        self.values = self._coordinate(prediction, self.series) if self.series else np.array([np.nan])
        self.systems = int(np.prod([prediction.sizes[axis] for axis in self.axes]))

        names = [str(name) for name in prediction["theory"].values]
        loss = 0.5 * (prediction["mean"] ** 2 + prediction["variance"])
        unknown = loss.isnull().all("mode")
        loss = loss.sum("mode", skipna=True).where(~unknown)
        self.loss = {name: self._grid(loss.sel(theory=name)) for name in THEORIES if name in names}
        if not self.loss:
            raise BadResult(f"{path}: holds none of the theories {', '.join(THEORIES)}")
        self.measured = "mean_size" in stats
        if self.measured:
            self.value, self.error = (0.5 * self._grid(stats[name]) for name in ("mean_size", "mcse_mean_size"))
        self.p = {}
        if "theory" in comparison.dims and "exact" in [str(name) for name in comparison["theory"].values]:
            self.p = {what: self._grid(comparison[f"p_{what}"].sel(theory="exact")) for what in ("mean", "variance")}

    @staticmethod
    def _coordinate(dataset, axis):
        return np.asarray(dataset[axis].values, dtype=float)

    def _grid(self, values):
        values = values.isel({axis: 0 for axis in self.fixed})
        order = ([self.series] if self.series else []) + [self.abscissa]
        grid = np.asarray(values.transpose(*order).values, dtype=float)
        return grid if self.series else grid[None, :]

    def is_log(self):
        return bool((self.x > 0).all() and self.x.max() / self.x.min() >= 8)

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
    parts += [f"{equation(axis, value)} (first value)" for axis, value in sweep.fixed.items()]
    grid = " by ".join(symbol(axis) for axis in sweep.axes)
    first = f"{sweep.systems} systems: {grid}" + (";  " + ", ".join(parts) if parts else "")
    facts = sweep.attributes
    if not sweep.measured:
        return [first, "predictions alone"]
    threads = f", {int(facts['threads'])} threads" if facts.get("backend") == "cpu" and "threads" in facts else ""
    return [first, f"{facts.get('integrator', '')}, {facts.get('device', '')}{threads}"]


def set_abscissa(axes, sweep):
    if sweep.is_log():
        log_abscissa(axes, sweep.x)
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
    """What each theory misses of the loss, against the measurement (against exact, where nothing was measured)."""
    base = sweep.value if sweep.measured else sweep.loss.get("exact")
    shown = []
    for name, loss in sweep.loss.items():
        if base is None or (name == "exact" and sweep.measured) or loss is base:
            continue
        for place in range(len(sweep.values)):
            miss = np.abs(loss[place] / base[place] - 1)
            shown.append(miss)
            look = {key: CURVES[name][key] for key in ("linestyle", "linewidth")}
            axes.plot(sweep.x, miss, color=sweep.color(place) if sweep.series else CURVES[name]["color"], marker="o",
                      markersize=2.4, **look)
    if sweep.measured:
        error = (sweep.error / sweep.value).max(axis=0)
        shown.append(error)
        axes.fill_between(sweep.x, 1e-12, 2 * error, color=GUIDE, alpha=0.25, linewidth=0, zorder=0)
        axes.annotate("below: within two standard errors", (0.97, 0.03), xycoords="axes fraction", ha="right",
                      fontsize=7.5, color="#555555")
    set_abscissa(axes, sweep)
    axes.set_yscale("log")
    limits = log_limits(shown)
    if limits is not None:
        axes.set_ylim(limits)
        log_axis(axes.yaxis, limits)
    axes.yaxis.set_major_formatter(plt.FuncFormatter(percent))
    axes.set_ylabel("theory off the " + ("measured" if sweep.measured else "exact") + " loss by")


def draw_p(axes, sweep):
    for place in range(len(sweep.values)):
        color = sweep.color(place) if sweep.series else MEASURED
        for what, marker, face in (("mean", "o", color), ("variance", "s", "white")):
            axes.plot(sweep.x, np.maximum(sweep.p[what][place], 1e-12), linestyle="none", marker=marker, markersize=3.4,
                      color=color, markerfacecolor=face, markeredgewidth=0.8)
    bound = SMALLEST_P / sweep.systems
    axes.axhline(bound, color=GUIDE, linestyle=CURVES["gp"]["linestyle"], linewidth=1.2)
    axes.annotate(r"$10^{-3}$ over the systems", (0.97, bound), xycoords=("axes fraction", "data"), xytext=(0, 3),
                  textcoords="offset points", ha="right", fontsize=7.5, color="#555555")
    set_abscissa(axes, sweep)
    axes.set_yscale("log")
    least = min(sweep.p["mean"].min(), sweep.p["variance"].min(), bound)
    axes.set_ylim(max(least, 1e-12) / 4, 1.6)
    axes.set_ylabel(r"$p$ against exact")


def add_legends(figure, sweep):
    theories = [plt.Line2D([], [], color=MEASURED if sweep.series else CURVES[name]["color"],
                           linestyle=CURVES[name]["linestyle"], linewidth=CURVES[name]["linewidth"])
                for name in sweep.loss]
    names = [NAMES[name] for name in sweep.loss]
    if sweep.measured:
        theories.append(plt.Line2D([], [], linestyle="none", marker="o", markersize=3.0, color=MEASURED))
        names.append("measured")
    if sweep.series:
        for place, value in enumerate(sweep.values):
            theories.append(plt.Line2D([], [], color=sweep.color(place), linewidth=3))
            names.append(equation(sweep.series, value))
    if sweep.p:
        for marker, face, name in (("o", MEASURED, "$p$ of means"), ("s", "white", "of variances")):
            theories.append(plt.Line2D([], [], linestyle="none", marker=marker, markersize=3.4, color=MEASURED,
                                       markerfacecolor=face, markeredgewidth=0.8))
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


def pictures(path, options):
    """The figure of a sweep, with what its name adds to the prefix: nothing."""
    return [(draw_sweep(Sweep(path)), "")]
