"""Panels over the modes k on a logarithmic axis; draws no picture of its own."""
import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

POINTS = 32  # measured modes drawn, evenly spread in ln k


def thinned(modes):
    """Indices of the drawn modes: all of the first, then evenly spread in ln k, first and last always."""
    return np.unique(np.round(np.geomspace(1, modes, POINTS)).astype(int)) - 1


def drawn_modes(modes, values):
    """Indices of the modes that a curve runs through: all, or the thinned ones where neighbours differ so much (the
    target of a measured spectrum) that a line through all would be a blot."""
    with np.errstate(all="ignore"):
        steps = np.abs(np.diff(np.log(np.abs(values))))
    steps = steps[np.isfinite(steps)]
    if modes > 2 * POINTS and steps.size and np.median(steps) > 0.1:
        return thinned(modes)
    return np.arange(modes)


def draw_curve(axes, k, values, look):
    """A line through the modes; a bar where only one value is finite."""
    if np.count_nonzero(np.isfinite(values)) != 1:
        return axes.plot(k, values, **look)
    bar = {key: look[key] for key in ("color", "label", "zorder") if key in look}
    return axes.plot(k, values, marker="_", markersize=16, markeredgewidth=1.4, linestyle="none", **bar)


def mark_learnable(axes, k, a, r, label):
    """A line where a_k crosses the ridge r, if both are known: modes to its left are learnt."""
    if a is None or r is None or a.size < 2 or not np.all(np.diff(a) >= 0) or not a[0] < r < a[-1]:
        return
    crossing = float(np.exp(np.interp(np.log(r), np.log(a), np.log(k))))
    axes.axvline(crossing, color="#bbbbbb", linewidth=0.6, zorder=0)
    if label:
        axes.annotate("$a_k=r$", (crossing, 0), xycoords=("data", "axes fraction"), xytext=(-3, 4),
                      textcoords="offset points", ha="right", va="bottom", fontsize=7.5, color="#777777")


def mode_abscissa(axes, modes):
    """Modes on a logarithmic axis."""
    axes.set_xscale("log")
    if modes > 1:
        axes.set_xlim(10 ** (-0.03 * np.log10(modes)), 10 ** (1.03 * np.log10(modes)))
    else:
        axes.set_xlim(0.5, 2)
    if modes <= 10:
        axes.xaxis.set_major_locator(FixedLocator(np.arange(1, modes + 1)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xlabel("mode $k$")
