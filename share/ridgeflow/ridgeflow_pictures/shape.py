"""What a result file holds beyond two moments: skewness and excess kurtosis of the modes, the distribution of R."""
import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from .modes import draw_curve, mark_learnable, mode_abscissa
from .style import (BAND, BAND_LOOK, CURVES, MEASURED, WIDTH, BadResult, band_entry, largest, legend_above, log_limits,
                    mode_numbers, p_text, plain_number, plt, read_group, title, use_style)

GROUPS = 20  # of neighbouring modes, whose average is drawn


class Shape:
    """What the figure needs of a result beyond its moments, checked; `measured` says whether it is there. With a sextic
    coupling there may be no exact curves, and then no picture."""

    NEEDED = {
        "cumulants": ("kappa3", "kappa4", "skewness", "mcse_skewness", "excess_kurtosis", "mcse_excess_kurtosis",
                      "exact_kappa3", "exact_kappa4"),
        "size_distribution": ("R_low", "R_high", "count", "mcse_count", "density", "mcse_density", "expected",
                              "exact_density"),
    }

    def __init__(self, result):
        self.result = result
        self.cumulants = read_group(result.path, "cumulants")
        self.size = read_group(result.path, "size_distribution")
        self.measured = bool(self.cumulants.variables or self.size.variables)
        if result.constants.get("W", 0) > 0 and "exact_kappa3" not in self.cumulants:
            self.measured = False
        if not self.measured:
            return
        for group, (name, needed) in zip((self.cumulants, self.size), self.NEEDED.items()):
            sizes = {mode_numbers(result.path, group, name, variable).size for variable in needed}
            if len(sizes) != 1 or (name == "cumulants" and sizes != {result.modes}):
                raise BadResult(f"{result.path}: variables of group {name} differ in length")
        if "mode" in self.cumulants.dims:
            self.cumulants = self.cumulants.isel(mode=slice(result.k[0] - 1, result.k[-1]))


def averaged(k, values, errors):
    """Averages over groups of modes of equal width in ln k, weighted by 1/error^2: place, value, error. One mode alone
    says little of its cumulants."""
    edges = np.unique(np.round(np.geomspace(1, k.size + 1, GROUPS + 1)).astype(int))
    rows = []
    for first, last in zip(edges[:-1], edges[1:]):
        part = slice(first - 1, last - 1)
        good = np.isfinite(values[part]) & (errors[part] > 0)
        if good.any():
            weights = 1 / errors[part][good] ** 2
            rows.append((np.exp(np.mean(np.log(k[part][good]))), np.sum(weights * values[part][good]) / weights.sum(),
                         weights.sum() ** -0.5))
    return np.array(rows).T.reshape(3, -1)


def draw_cumulant(axes, shape, what, exact, label):
    """A ratio of cumulants against k: measured averages and the exact curve."""
    place, value, error = averaged(shape.result.k, shape.cumulants[what].values,
                                   shape.cumulants["mcse_" + what].values)
    axes.axhline(0, color=CURVES["gp"]["color"], linestyle=CURVES["gp"]["linestyle"], linewidth=1.3, zorder=2,
                 label="Gaussian")
    draw_curve(axes, shape.result.k, exact, {**CURVES["exact"], "linewidth": 1.3, "zorder": 4})
    axes.errorbar(place, value, error, linestyle="none", color=MEASURED, marker="o", markersize=2.7, elinewidth=0.7,
                  zorder=10, label="measured")
    axes.set_ylabel(label)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=(1, 2, 5, 10)))
    axes.yaxis.set_major_formatter(FuncFormatter(plain_number))


def draw_size(upper, lower, size):
    """The histogram of R with the exact density, and its deviations in standard errors."""
    low, high = size["R_low"].values, size["R_high"].values
    count, expected = size["count"].values, size["expected"].values
    middle = 0.5 * (low + high)
    seen = (count > 0) | (expected >= 1)
    if not seen.any():
        seen[:] = True
    first, last = np.flatnonzero(seen)[[0, -1]]
    shown = slice(first, last + 1)
    exact, density = size["exact_density"].values[shown], size["density"].values[shown]
    error = size["mcse_density"].values[shown]
    upper.plot(middle[shown], np.where(exact > 0, exact, np.nan), **{**CURVES["exact"], "linewidth": 1.3, "zorder": 4})
    drawn = density > 0
    upper.errorbar(middle[shown][drawn], density[drawn], error[drawn], linestyle="none", color=MEASURED, marker="o",
                   markersize=2.3, elinewidth=0.7, zorder=10, label="measured")
    upper.set_yscale("log", nonpositive="clip")
    limits = log_limits([density, exact[expected[shown] >= 1]])
    if limits:
        upper.set_ylim(limits)
    upper.yaxis.set_minor_formatter(NullFormatter())
    upper.set_ylabel("density of $R$")
    enough = (expected[shown] >= 10) & (error > 0)
    z = (density[enough] - exact[enough]) / error[enough]
    lower.axhspan(-BAND, BAND, zorder=1, **BAND_LOOK)
    lower.axhline(0, color=CURVES["exact"]["color"], linestyle=CURVES["exact"]["linestyle"], linewidth=1.3, zorder=3)
    lower.plot(middle[shown][enough], z, linestyle="none", color=MEASURED, marker="o", markersize=2.3, zorder=10)
    reach = max(4.0, 1.15 * largest(z))
    lower.set_ylim(-reach, reach)
    lower.set_ylabel("(measured $-$ exact) / s.e.")
    lower.set_xlabel(r"$R=\Sigma_k\,d_k^2$")


def shape_headings(shape):
    """Title as of the main figure, then how well the exact average fits."""
    fits = []
    for group, name, text in ((shape.cumulants, "p_kappa3", r"$\kappa_3$"),
                              (shape.cumulants, "p_kappa4", r"$\kappa_4$"), (shape.size, "p", "$R$")):
        if name in group and np.isfinite(float(group[name])):
            fits.append(rf"{text} ${p_text(float(group[name]))}$")
    return [shape.result.title()] + ([r"$\chi^2$ against exact, $p$ of  " + ",  ".join(fits)] if fits else [])


def draw_shape(shape):
    """The figure of what was measured beyond two moments."""
    use_style()
    result = shape.result
    figure, axes = plt.subplots(2, 2, figsize=(WIDTH, 4.9), sharex="col", gridspec_kw={
        "height_ratios": [1.3, 1], "hspace": 0.08, "wspace": 0.26, "left": 0.095, "right": 0.985, "bottom": 0.085,
        "top": 0.835})
    variance = result.theories["exact"]["variance"] if "exact" in result.theories else result.measured["variance"]
    draw_cumulant(axes[0, 0], shape, "excess_kurtosis", shape.cumulants["exact_kappa4"].values / variance**2,
                  r"excess kurtosis $\kappa_4/\mathrm{Var}^2$")
    draw_cumulant(axes[1, 0], shape, "skewness", shape.cumulants["exact_kappa3"].values / variance**1.5,
                  r"skewness $\kappa_3/\mathrm{Var}^{3/2}$")
    draw_size(axes[0, 1], axes[1, 1], shape.size)
    for panel, is_lower in ((axes[0, 0], False), (axes[1, 0], True)):
        mark_learnable(panel, result.k, result.a, result.constants.get("r"), not is_lower)
    mode_abscissa(axes[1, 0], result.k)
    for panel, letter in zip(axes.flat, "abcd"):  # cumulants of stiff modes vanish: their curves end at the top
        top = panel in axes[:, 1]
        panel.annotate(f"({letter})", (1, top), xycoords="axes fraction", xytext=(-8, -6 if top else 6),
                       textcoords="offset points", ha="right", va="top" if top else "bottom")
    figure.align_ylabels(axes)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    handle, text = band_entry()
    legend_above(figure, handles + [handle], labels + [text])
    title(figure, shape_headings(shape))
    return figure
