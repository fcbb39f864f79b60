"""A learning curve (`ridgeflow curve --out`): the loss per sample against P with its Gaussian pieces, local exponents
against their asymptotic values, the size of the non-Gaussian correction, and the shift of the ridge at the learning
scale; with --check the sampled losses and their distance from the exact curve."""
import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from .style import (BAND, BAND_LOOK, CURVES, GUIDE, MEASURED, WIDTH, BadResult, log_abscissa, log_limits, p_text,
                    percent, plain_log_ticks, plt, read_json, scientific, title, use_style)

BIAS, VARIANCE = "#009E73", "#CC79A7"  # the two pieces; trees and loops fall as they do
COLUMNS = ("P", "loss_gp", "loss_wilson", "loss_exact", "bias", "variance", "bias_cutoff", "variance_cutoff",
           "bias_infinite", "variance_infinite", "slope_gp", "slope_exact", "slope_bias",
           "slope_variance", "slope_bias_with_tail", "slope_variance_with_tail", "correction",
           "correction_first_order", "correction_infinite", "ridge_shift", "ridge_shift_tree", "ridge_shift_loop",
           "ridge_shift_tree_infinite", "ridge_shift_loop_infinite")


class Curve:
    """What the figure needs of the JSON, checked."""

    def __init__(self, path):
        self.path = path
        self.facts = read_json(path, "curve")
        try:
            self.columns = {name: np.array([np.nan if value is None else float(value)
                                            for value in self.facts["points"][name]]) for name in COLUMNS}
            self.limit = {name: float(self.facts["asymptotic_exponents"][name]) for name in ("bias", "variance")}
            self.couplings = {name: float(self.facts[name]) for name in ("alpha", "beta", "kappa", "u")}
            check = self.facts["check"]
            rows = [] if check is None else check["points"]
            self.sampled = {name: np.array([float(row[name]) for row in rows])
                            for name in ("P", "loss", "error", "loss_exact", "loss_gp")}
            self.p = None if check is None else check["agreement"]["exact"]["p_value"]
            self.integrator = None if not rows else str(rows[0]["run"]["integrator"])
        except (KeyError, TypeError, ValueError) as error:
            raise BadResult(f"{path}: cannot be read: {error!r}") from None
        sizes = {values.size for values in self.columns.values()}
        if len(sizes) != 1 or min(sizes) < 2:
            raise BadResult(f"{path}: a curve to be drawn has two points or more, and as many of each column")
        if not (np.all(np.diff(self.columns["P"]) > 0) and self.columns["P"][0] > 0
                and np.all(self.columns["loss_exact"] > 0)):
            raise BadResult(f"{path}: P must ascend, and losses be positive")

    def __getitem__(self, name):
        return self.columns[name]


def letter(panel, text, low=False):
    panel.annotate(f"({text})", (1, not low), xycoords="axes fraction", xytext=(-8, 6 if low else -6),
                   textcoords="offset points", ha="right", va="bottom" if low else "top")


def fit_log(axes, arrays):
    """A logarithmic ordinate around what is drawn."""
    axes.set_yscale("log", nonpositive="clip")
    limits = log_limits(arrays)
    if limits is None:
        return
    axes.set_ylim(limits)
    if limits[1] / limits[0] < 100:
        plain_log_ticks(axes.yaxis)


def guides(axes, P, start, limit):
    """Two straight lines that fan out from one point below the curves, with the asymptotic powers."""
    shown = P >= P[-1] / (P[-1] / P[0]) ** 0.52
    x = P[shown]
    lines = []
    for name, symbol, up in (("variance", r"\alpha", True), ("bias", r"\beta", False)):
        line = start * (x / x[0]) ** limit[name]
        axes.plot(x, line, color=GUIDE, linestyle=CURVES["gp"]["linestyle"], linewidth=1.1, zorder=2)
        place = np.sqrt(x[0] * x[-1])
        axes.annotate(f"$P^{{-{symbol}/(1+\\alpha)}}$", (place, start * (place / x[0]) ** limit[name]),
                      xytext=(2, 3) if up else (-2, -3), textcoords="offset points", ha="left" if up else "right",
                      va="bottom" if up else "top", fontsize=7.5, color="#555555")
        lines.append(line)
    return lines


def room_below(axes, part):
    """Widens a logarithmic ordinate downwards by a part of its decades: room for a legend."""
    low, high = axes.get_ylim()
    axes.set_ylim(low / (high / low) ** part, high)


def draw_loss(axes, curve):
    P = curve["P"]
    for name, color in (("bias", BIAS), ("variance", VARIANCE)):
        axes.plot(P, curve[name], color=color, linewidth=1.1, label=f"GP {name}")
        axes.plot(P, curve[name + "_infinite"], color=color, linewidth=1.0, linestyle=(0, (4, 1.6)))
        axes.plot(P, curve[name + "_cutoff"], color=color, linestyle="none", marker="D", markersize=2.6,
                  markerfacecolor="white", markeredgewidth=0.7, zorder=5)
    # the RG lies on the exact line here: panel (c) has what parts them
    for name in ("gp", "exact"):
        axes.plot(P, curve["loss_" + name], **{**CURVES[name], "zorder": 4})
    if curve.sampled["P"].size:
        axes.errorbar(curve.sampled["P"], curve.sampled["loss"], curve.sampled["error"], linestyle="none",
                      color=MEASURED, marker="o", markersize=3, elinewidth=0.7, zorder=10, label="sampled")
    fit_log(axes, [curve[name] for name in ("bias", "bias_infinite", "variance_infinite", "loss_gp", "loss_exact")])
    room_below(axes, 0.45)
    axes.set_ylabel(r"loss per sample $\langle L\rangle/P$")
    handles, labels = axes.get_legend_handles_labels()
    handles += [plt.Line2D([], [], color=MEASURED, linestyle="none", marker="D", markersize=2.6,
                           markerfacecolor="white", markeredgewidth=0.7),
                plt.Line2D([], [], color=MEASURED, linewidth=1.0, linestyle=(0, (4, 1.6)))]
    labels += ["pieces in closed form", r"pieces, $M\to\infty$"]
    axes.legend(handles, labels, frameon=False, loc="lower left", handlelength=2.3, ncol=2, columnspacing=1.2,
                fontsize=7.5)


def draw_deviation(axes, curve):
    z = (curve.sampled["loss"] - curve.sampled["loss_exact"]) / curve.sampled["error"]
    axes.axhspan(-BAND, BAND, **BAND_LOOK, zorder=1)
    axes.axhline(0, color=CURVES["exact"]["color"], linestyle=CURVES["exact"]["linestyle"], linewidth=1.2, zorder=3)
    axes.plot(curve.sampled["P"], z, linestyle="none", color=MEASURED, marker="o", markersize=3, zorder=10)
    reach = max(4.0, 1.15 * np.max(np.abs(z)))
    axes.set_ylim(-reach, reach)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=(1, 2, 5, 10), symmetric=True))
    axes.set_ylabel("(sampled $-$ exact)\n/ s.e.", fontsize=8)


def draw_sampled_slopes(axes, curve):
    """The exponent between neighbouring sampled losses, over the range of P that it is of."""
    P, loss, error = (curve.sampled[name] for name in ("P", "loss", "error"))
    if P.size < 2:
        return
    width = np.diff(np.log(P))
    slope = np.diff(np.log(loss)) / width
    spread = np.hypot(error[1:] / loss[1:], error[:-1] / loss[:-1]) / width
    axes.hlines(slope, P[:-1], P[1:], color=MEASURED, linewidth=0.8, zorder=9)
    axes.errorbar(np.sqrt(P[1:] * P[:-1]), slope, spread, linestyle="none", color=MEASURED, marker="o", markersize=3,
                  elinewidth=0.7, zorder=10, label="sampled, from $P$ to $P$")


def draw_slopes(axes, curve):
    P = curve["P"]
    for name, color, text in (("bias", BIAS, "bias"), ("variance", VARIANCE, "variance")):
        axes.axhline(curve.limit[name], color=color, linewidth=0.8, linestyle=CURVES["gp"]["linestyle"], zorder=2)
        axes.plot(P, curve[f"slope_{name}"], color=color, linewidth=1.3, label=f"{text}, $M=P$")
        axes.plot(P, curve[f"slope_{name}_with_tail"], color=color, linewidth=1.1, linestyle=(0, (4, 1.6)),
                  label=f"{text}, tail added")
    axes.plot(P, curve["slope_gp"], **{**CURVES["gp"], "label": "GP loss"}, zorder=4)
    axes.plot(P, curve["slope_exact"], **{**CURVES["exact"], "linestyle": "-", "linewidth": 1.3, "label": "exact loss"},
              zorder=5)
    draw_sampled_slopes(axes, curve)
    low = min(np.nanmin(curve[name]) for name in ("slope_bias", "slope_bias_with_tail", "slope_exact"))
    high = max(np.nanmax(curve[name]) for name in ("slope_variance", "slope_variance_with_tail", "slope_exact"))
    low, high = min(low, *curve.limit.values()), max(high, *curve.limit.values())
    room = high - low
    axes.set_ylim(low - 0.16 * room, high + 0.45 * room)
    for name, symbol in (("bias", r"-\beta/(1+\alpha)"), ("variance", r"-\alpha/(1+\alpha)")):
        axes.annotate(f"${symbol}$", (0, curve.limit[name]), xycoords=("axes fraction", "data"), xytext=(5, -3),
                      textcoords="offset points", fontsize=7.5, color="#555555", va="top")
    axes.yaxis.set_major_locator(MaxNLocator(nbins=7, steps=(1, 2, 5, 10)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.2f}".replace("-", "\N{MINUS SIGN}")
                                                 if abs(value) > 1e-9 else "0"))
    axes.set_ylabel(r"local exponent $d\ln/d\ln P$")
    axes.legend(frameon=False, loc="upper center", handlelength=2.3, ncol=2, columnspacing=1.2, fontsize=7.5,
                borderaxespad=0.8)


def size_axis(axes):
    axes.yaxis.set_major_formatter(FuncFormatter(percent))
    axes.yaxis.set_minor_formatter(NullFormatter())


def nothing_to_draw(axes, text):
    axes.set_yticks([])
    axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes, fontsize=8, color="#555555")


def draw_correction(axes, curve):
    P, size = curve["P"], np.abs(curve["correction"])
    axes.set_ylabel("1 $-$ loss / GP loss")
    if not np.any(curve["correction_first_order"] != 0):
        nothing_to_draw(axes, "$u=0$: there is no correction")
        return
    first, infinite = np.abs(curve["correction_first_order"]), np.abs(curve["correction_infinite"])
    axes.plot(P, size, **{**CURVES["exact"], "linestyle": "-", "linewidth": 1.4, "label": "exact"}, zorder=5)
    axes.plot(P, np.abs(1 - curve["loss_wilson"] / curve["loss_gp"]), **CURVES["wilson"], zorder=4)
    axes.plot(P, first, color=MEASURED, linewidth=1.0, linestyle=(0, (4, 1.6)), label="first order, $M=P$", zorder=4)
    axes.plot(P, infinite, color=MEASURED, linewidth=1.0, linestyle=(0, (5, 1.2, 1, 1.2)),
              label=r"first order, $M\to\infty$", zorder=4)
    drawn = [size, first, infinite, np.abs(1 - curve["loss_wilson"] / curve["loss_gp"])]
    lowest = np.minimum(size, drawn[-1])
    drawn += guides(axes, P, 0.6 * np.interp(0.48, np.linspace(0, 1, P.size), lowest), curve.limit)
    if curve.sampled["P"].size:
        sampled = 1 - curve.sampled["loss"] / curve.sampled["loss_gp"]
        axes.errorbar(curve.sampled["P"], sampled, curve.sampled["error"] / curve.sampled["loss_gp"], linestyle="none",
                      color=MEASURED, marker="o", markersize=3, elinewidth=0.7, zorder=10, label="sampled")
    fit_log(axes, drawn)
    size_axis(axes)
    axes.legend(frameon=False, loc="lower left", handlelength=2.3, fontsize=7.5)


def draw_shift(axes, curve):
    P = curve["P"]
    axes.set_ylabel(r"$\delta r/r$ at $k^*$")
    if not np.any(curve["ridge_shift_loop"] > 0):
        nothing_to_draw(axes, "$u=0$: the ridge is not shifted")
        return
    axes.plot(P, curve["ridge_shift"], **{**CURVES["wilson"], "linewidth": 1.4, "label": "decimation: both"}, zorder=5)
    drawn = [curve["ridge_shift"]]
    for name, color, text, symbol in (("loop", VARIANCE, "loop", r"\alpha"), ("tree", BIAS, "tree", r"\beta")):
        cut, infinite = curve[f"ridge_shift_{name}"], curve[f"ridge_shift_{name}_infinite"]
        axes.plot(P, cut, color=color, linewidth=1.2, label=f"{text}, $M=P$")
        axes.plot(P, infinite, color=color, linewidth=1.1, linestyle=(0, (4, 1.6)), label=rf"{text}, $M\to\infty$")
        drawn += [cut, infinite]
        place = P.size // 5
        axes.annotate(rf"$\propto P^{{-{symbol}/(1+\alpha)}}$", (P[place], infinite[place]), xytext=(3, 3),
                      textcoords="offset points", fontsize=7.5, color="#555555", va="bottom")
    fit_log(axes, drawn)
    room_below(axes, 0.22)
    size_axis(axes)
    axes.legend(frameon=False, loc="lower left", handlelength=2.3, ncol=2, columnspacing=1.2, fontsize=7.5)


def headings(curve):
    c = curve.couplings
    lines = [rf"$\alpha={scientific(c['alpha'])}$, $\beta={scientific(c['beta'])}$, "
             rf"$\kappa={scientific(c['kappa'], 4)}$, $u={scientific(c['u'])}$, $M=P$"]
    if curve.p is not None:
        lines[0] += rf";  sampled by {curve.integrator}: $\chi^2$ against exact, $p={p_text(float(curve.p))}$".replace(
            "=<", "<")
    return lines


def draw_curve(curve):
    """The figure of a learning curve."""
    use_style()
    figure = plt.figure(figsize=(WIDTH, 6.1))
    grid = figure.add_gridspec(2, 2, height_ratios=[1.4, 1], hspace=0.11, wspace=0.26, left=0.095, right=0.985,
                               bottom=0.07, top=0.95)
    checked = curve.sampled["P"].size > 0
    if checked:
        left = grid[0, 0].subgridspec(2, 1, height_ratios=[3.3, 1], hspace=0.06)
        loss, deviation = figure.add_subplot(left[0]), figure.add_subplot(left[1])
    else:
        loss, deviation = figure.add_subplot(grid[0, 0]), None
    slopes, correction, shift = (figure.add_subplot(grid[place]) for place in ((0, 1), (1, 0), (1, 1)))
    draw_loss(loss, curve)
    if checked:
        draw_deviation(deviation, curve)
    draw_slopes(slopes, curve)
    draw_correction(correction, curve)
    draw_shift(shift, curve)
    for panel in figure.axes:
        log_abscissa(panel, np.concatenate([curve["P"], curve.sampled["P"]]))
        if panel in (correction, shift):
            panel.set_xlabel("samples $P$")
        else:
            panel.set_xticklabels([])
    for panel, text in ((loss, "a"), (slopes, "b"), (correction, "c"), (shift, "d")):
        letter(panel, text, low=panel is slopes)
    figure.align_ylabels([panel for panel in (loss, deviation, correction) if panel is not None])
    figure.align_ylabels([slopes, shift])
    title(figure, headings(curve))
    return figure


def pictures(path, _options):
    """The figure of a learning curve."""
    return [(draw_curve(Curve(path)), "")]
