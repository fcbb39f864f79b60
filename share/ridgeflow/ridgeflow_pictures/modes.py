"""Panels over the modes k on a logarithmic axis; draws no picture of its own."""
import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from .style import plain_log_ticks

POINTS = 32  # measured modes drawn, evenly spread in ln k


def thinned(k):
    """Indices of the drawn ones of the modes k (consecutive): all of the first, then evenly spread in ln k, first and
    last always."""
    return np.unique(np.round(np.geomspace(k[0], k[-1], POINTS)).astype(int)) - k[0]


def is_rough(k, values):
    """Whether neighbouring modes differ so much (the target of a measured spectrum) that a line through all would be a
    blot, and one through some of them a sawtooth that is nowhere in the data."""
    with np.errstate(all="ignore"):
        steps = np.abs(np.diff(np.log(np.abs(values))))
    steps = steps[np.isfinite(steps)]
    return bool(k.size > 2 * POINTS and steps.size and np.median(steps) > 0.1)


def draw_curve(axes, k, values, look, rough=False):
    """A line through the modes k; where they are rough, or one value alone is finite, a bar at each drawn mode."""
    if not rough and np.count_nonzero(np.isfinite(values)) != 1:
        return axes.plot(k, values, **look)
    bar = {key: look[key] for key in ("color", "label", "zorder") if key in look}
    points = thinned(k) if rough else np.arange(k.size)
    return axes.plot(k[points], values[points], marker="_", markersize=7 if rough else 16, linestyle="none",
                     markeredgewidth=look.get("linewidth", 1.4), **bar)


def draw_band(axes, k, middle, half, rough, look):
    """A band around a curve; where modes are rough a bar around each drawn one."""
    if rough:
        points = thinned(k)
        bar = {"color": look["color"], "alpha": look["alpha"], "linewidth": 4, "zorder": 2}
        axes.vlines(k[points], (middle - half)[points], (middle + half)[points], **bar)
    else:
        axes.fill_between(k, middle - half, middle + half, zorder=2, **look)


def mark_learnable(axes, k, a, r, label):
    """A line where a_k crosses the ridge r, if both are known: modes to its left are learnt."""
    if a is None or r is None or a.size < 2 or not np.all(np.diff(a) >= 0) or not a[0] < r < a[-1]:
        return
    crossing = float(np.exp(np.interp(np.log(r), np.log(a), np.log(k))))
    axes.axvline(crossing, color="#bbbbbb", linewidth=0.6, zorder=0)
    if label:
        axes.annotate("$a_k=r$", (crossing, 0), xycoords=("data", "axes fraction"), xytext=(-3, 4),
                      textcoords="offset points", ha="right", va="bottom", fontsize=7.5, color="#777777")


def mode_abscissa(axes, k, drawn=None):
    """Modes k on a logarithmic axis; says how many are drawn where they are not all."""
    axes.set_xscale("log")
    if k.size > 1:
        room = (k[-1] / k[0]) ** 0.03
        axes.set_xlim(k[0] / room, k[-1] * room)
    else:
        axes.set_xlim(k[0] / 2, k[0] * 2)
    if k.size <= 10:
        axes.xaxis.set_major_locator(FixedLocator(k))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    elif k[-1] / k[0] < 30:
        plain_log_ticks(axes.xaxis)
    axes.set_xlabel("mode $k$" if drawn is None or drawn == k.size else
                    f"mode $k$ (points: {drawn} of {k.size} modes)")
