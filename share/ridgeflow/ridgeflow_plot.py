#!/usr/bin/env python3
"""Draws the study of a RidgeFlow result file: measured moments of every mode, the theories, and the residual; of a
profile, rates, costs and effective samples; of a step-size study, biases and what integrators do at equal bias.

    python3 ridgeflow_plot.py RESULT.nc|PROFILE.json|BIAS.json [--out PREFIX]

writes PREFIX.png and PREFIX.svg (default: the file's path without its extension), and PREFIX_shape.png and .svg of a
result with cumulants: skewness and excess kurtosis of the modes, and the distribution of R. Of a result: left sqrt(P) <d_k>, right
P Var d_k; under each what is left after dividing by the renormalization group's prediction. Of what `ridgeflow profile
--out PROFILE.json` wrote: rate, share of the device's floor and time per chain step against P and against chains, and
the integrators. Of what `ridgeflow bias --out BIAS.json` wrote: |bias| against the step size with the fitted laws, and
independent draws per second at equal bias. Needs Python 3.9, numpy, xarray, netCDF4 and matplotlib. Exit status: 0 done, 2 the file cannot be used,
4 a library is missing or a picture cannot be written.
"""
import argparse
import io
import json
import os
import sys

try:
    import numpy as np
    import xarray as xr
    import netCDF4  # noqa: F401  (xarray reads groups through it)
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib import font_manager
    from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator
except ImportError as error:
    print(f"ridgeflow_plot: {error}; on Debian: "
          "apt-get install python3-numpy python3-xarray python3-netcdf4 python3-matplotlib", file=sys.stderr)
    sys.exit(4)

WIDTH = 7.0  # [inch] two columns of a journal
POINTS = 32  # measured modes drawn, evenly spread in ln k
BAND = 2.0   # half-width of the expected band [standard errors]

# Colours of Okabe and Ito; every curve also has its own dashes, so that grey copies read as well.
CURVES = {
    "gp": {"label": "GP ($U=0$)", "color": "#7a7a7a", "linestyle": (0, (1, 1.2)), "linewidth": 1.3},
    "first_order": {"label": "first order in $U$", "color": "#E69F00", "linestyle": (0, (5, 1.2, 1, 1.2)),
                    "linewidth": 1.1},
    "wilson": {"label": "Wilson RG", "color": "#0072B2", "linestyle": "-", "linewidth": 1.6},
    "exact": {"label": "exact", "color": "#D55E00", "linestyle": (0, (4, 1.6)), "linewidth": 1.0},
}
NAMES = {"gp": "GP", "first_order": "first order", "wilson": "Wilson RG", "exact": "exact", "hartree": "Hartree",
         "saddle": "saddle", "completed": "completed RG"}
SHORT = {**NAMES, "wilson": "RG"}
REFERENCES = ["wilson", "exact", "hartree", "gp"]  # the residual's denominator: the first that the file has
MEASURED = "#1a1a1a"


class BadResult(Exception):
    """The file cannot be used: one line that says why."""


# Reading ------------------------------------------------------------------------------------------------------


class Result:
    """What the figure needs of a result file, checked."""

    def __init__(self, path):
        self.path = path
        if not os.path.isfile(path):
            raise BadResult(f"{path}: no such file")
        self.root = self._group(None)
        constants = self._group("constant_data", required=True)
        prediction = self._group("prediction", required=True)
        moments = self._group("moments")  # a prediction alone has none
        self.comparison = self._group("comparison")
        self.stats = self._group("sample_stats")
        self.cumulants = self._group("cumulants")
        self.size = self._group("size_distribution")

        self.a = self._numbers(constants, "constant_data", "a") if "a" in constants else None
        self.constants = {name: float(constants[name]) for name in ("P", "samples", "kappa", "u", "r", "U")
                          if name in constants and constants[name].size == 1}
        self.constants.setdefault("samples", self.constants.pop("P", 0))
        if not self.constants.get("samples", 0) > 0:
            raise BadResult(f"{path}: group constant_data lacks samples, their number P")

        if "theory" not in prediction.dims or "theory" not in prediction.coords:
            raise BadResult(f"{path}: group prediction lacks the coordinate theory")
        self.theories = {}
        for i, name in enumerate(str(value) for value in prediction["theory"].values):
            self.theories[name] = {
                what: self._numbers(prediction.isel(theory=i), "prediction", what) for what in ("mean", "variance")}
        if not self.theories:
            raise BadResult(f"{path}: group prediction holds no theory: nothing to compare with")
        self.modes = next(iter(self.theories.values()))["mean"].size
        if self.modes == 0:
            raise BadResult(f"{path}: group prediction holds no mode")
        self.k = np.arange(1, self.modes + 1)
        if moments.variables:
            self.measured = {what: self._numbers(moments, "moments", what) for what in ("mean", "variance")}
            self.errors = {what: self._numbers(moments, "moments", "mcse_" + what) for what in ("mean", "variance")}
        else:
            self.measured = self.errors = dict.fromkeys(("mean", "variance"), np.full(self.modes, np.nan))
        for group, sizes in (("moments", [v.size for v in (*self.measured.values(), *self.errors.values())]),
                             ("prediction", [v.size for t in self.theories.values() for v in t.values()]),
                             ("constant_data", [] if self.a is None else [self.a.size])):
            if any(size != self.modes for size in sizes):
                raise BadResult(f"{path}: group {group} has {sizes[0]} modes, prediction has {self.modes}")

    def _group(self, name, required=False):
        try:
            with xr.open_dataset(self.path, group=name, engine="netcdf4", decode_times=False) as dataset:
                return dataset.load()
        except Exception as error:  # what is raised depends on the versions of xarray and netCDF4
            if name is None:
                raise BadResult(f"{self.path}: not a netCDF-4 file ({error})") from None
            if required:
                raise BadResult(f"{self.path}: no group {name}: not a result of RidgeFlow, or not a "
                                "whole one") from None
            return xr.Dataset()

    def _numbers(self, group, group_name, name):
        if name not in group:
            raise BadResult(f"{self.path}: group {group_name} lacks the variable {name}")
        values = np.asarray(group[name].values)
        if values.ndim != 1 or not np.issubdtype(values.dtype, np.number):
            raise BadResult(f"{self.path}: {group_name}/{name} is not one number a mode")
        return values.astype(float)

    def fact(self, name):
        """A scalar of the run from where the file has it, or None."""
        for group in (self.stats, self.root):
            if name in group.variables and group[name].size == 1:
                return group[name].values.item()
            if name in group.attrs and np.size(group.attrs[name]) == 1:
                value = np.asarray(group.attrs[name]).item()
                return value if value != "" else None
        return None

    def has_shape(self):
        """Whether it was measured beyond two moments; refused where only half of it is there."""
        if not self.cumulants.variables and not self.size.variables:
            return False
        for group, name, needed in (
                (self.cumulants, "cumulants", ("kappa3", "kappa4", "skewness", "mcse_skewness", "excess_kurtosis",
                                               "mcse_excess_kurtosis", "exact_kappa3", "exact_kappa4")),
                (self.size, "size_distribution", ("R_low", "R_high", "count", "mcse_count", "density",
                                                  "mcse_density", "expected", "exact_density"))):
            sizes = {self._numbers(group, name, variable).size for variable in needed}
            if len(sizes) != 1 or (name == "cumulants" and sizes != {self.modes}):
                raise BadResult(f"{self.path}: variables of group {name} differ in length")
        return True

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


# Text ---------------------------------------------------------------------------------------------------------


def scientific(value, digits=3):
    """A number for mathtext, without its dollar signs."""
    if value == round(value) and abs(value) < 1e5:
        return f"{value:.0f}"
    if 1e-3 <= abs(value) < 10 ** (digits + 1):
        return f"{value:.{digits + 1}g}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa}\times {power}"


def p_text(p):
    """A p-value for mathtext: two decimals where they say something, a bound where it hardly differs from 0."""
    if p < 1e-3:
        return r"<10^{-3}"
    return f"{p:.1g}" if p < 0.01 else f"{p:.2f}"


def headings(result):
    """Title: what was sampled and how, then how well each theory fits."""
    first = [rf"${symbol}={scientific(result.constants[name])}$"
             for symbol, name in (("P", "samples"), ("\\kappa", "kappa"), ("u", "u")) if name in result.constants]
    first.insert(1, f"$M={result.modes}$")
    run = []
    integrator = result.fact("integrator")
    if integrator:
        run.append(str(integrator))
    draws = result.fact("draws")
    if isinstance(draws, (int, float)) and np.isfinite(draws):
        run.append(f"${scientific(draws)}$ draws")
    lines = [";  ".join(part for part in (", ".join(first), ", ".join(run)) if part)]
    fits = []
    for theory in ("exact", "wilson"):
        pair = [result.p_value(theory, what) for what in ("mean", "variance")]
        if None not in pair:
            fits.append(rf"{NAMES[theory]} ${p_text(pair[0])}$, ${p_text(pair[1])}$")
    if fits:
        lines.append(r"$\chi^2$ over all modes, $p$ of mean and variance:  " + ";  ".join(fits))
    return lines


# Drawing ------------------------------------------------------------------------------------------------------


def style():
    installed = {font.name for font in font_manager.fontManager.ttflist}
    serif = "STIXGeneral" in installed
    plt.rcParams.update({
        "font.family": "STIXGeneral" if serif else "DejaVu Sans",
        "mathtext.fontset": "stix" if serif else "dejavusans",
        "font.size": 8.5, "axes.labelsize": 9, "xtick.labelsize": 8, "ytick.labelsize": 8, "legend.fontsize": 8,
        "axes.linewidth": 0.6, "xtick.direction": "in", "ytick.direction": "in", "xtick.top": True,
        "ytick.right": True, "xtick.major.width": 0.6, "ytick.major.width": 0.6, "xtick.minor.width": 0.4,
        "ytick.minor.width": 0.4, "svg.hashsalt": "ridgeflow", "savefig.dpi": 300,
    })


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


def log_limits(arrays):
    """Decades around the positive values, with room; None if there are none."""
    values = np.concatenate([array[np.isfinite(array) & (array > 0)] for array in arrays])
    if values.size == 0:
        return None
    low, high = np.log10(values.min()), np.log10(values.max())
    room = max(0.08 * (high - low), 0.05)
    return 10 ** (low - room), 10 ** (high + room)


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
    through = drawn_modes(result.modes, guide)
    limits = log_limits([np.abs(values[through]) for values in curves.values()] or [np.abs(measured)])

    for order, (name, values) in enumerate(curves.items()):
        shown = values if limits is None else np.where(values == 0, np.nan, np.abs(values))
        draw_curve(axes, k[through], shown[through], {**CURVES[name], "zorder": 3 + order})
    points = thinned(result.modes)
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


def plain_log_ticks(axis):
    """A short logarithmic axis: numbers at 1, 2 and 5 of each decade."""
    axis.set_major_locator(LogLocator(base=10, subs=(1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}" if 1e-4 <= value < 1e5
                                           else f"${scientific(value)}$"))
    axis.set_minor_formatter(NullFormatter())


def largest(values):
    """Largest finite magnitude, 0 without any."""
    values = np.abs(values[np.isfinite(values)])
    return values.max() if values.size else 0.0


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
    points = thinned(result.modes)
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
    through = drawn_modes(result.modes, reference)
    if "exact" in result.theories and through.size == result.modes:
        expected = lines.get("exact", np.zeros(result.modes))
        axes.fill_between(k, expected - BAND * error, expected + BAND * error, color=CURVES["exact"]["color"],
                          alpha=0.18, linewidth=0, zorder=2)
    for order, (other, line) in enumerate(lines.items()):
        draw_curve(axes, k[through], line[through], {**CURVES[other], "zorder": 4 + order})
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
        axes.annotate(f"no {SHORT.get(name, name)} for {lost} of {result.modes} modes", (0, 1), va="top",
                      xycoords="axes fraction", xytext=(5, -5), textcoords="offset points", fontsize=7.5,
                      color="#555555")
    axes.set_ylim(-limit, limit)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=(1, 2, 5, 10), symmetric=True))
    axes.yaxis.set_major_formatter(FuncFormatter(percent))


def percent(value, _):
    text = f"{100 * value:.6g}".replace("-", "\N{MINUS SIGN}")
    return "0" if float(value) == 0 else text + "%"


def mark_learnable(axes, result, label):
    """A line where a_k crosses the ridge r: modes to its left are learnt."""
    r = result.constants.get("r")
    a = result.a
    if a is None or r is None or a.size < 2 or not np.all(np.diff(a) >= 0) or not a[0] < r < a[-1]:
        return
    crossing = float(np.exp(np.interp(np.log(r), np.log(a), np.log(result.k))))
    axes.axvline(crossing, color="#bbbbbb", linewidth=0.6, zorder=0)
    if label:
        axes.annotate("$a_k=r$", (crossing, 0), xycoords=("data", "axes fraction"), xytext=(-3, 4),
                      textcoords="offset points", ha="right", va="bottom", fontsize=7.5, color="#777777")


def mode_abscissa(axes, result):
    """Modes on a logarithmic axis."""
    axes.set_xscale("log")
    if result.modes > 1:
        axes.set_xlim(10 ** (-0.03 * np.log10(result.modes)), 10 ** (1.03 * np.log10(result.modes)))
    else:
        axes.set_xlim(0.5, 2)
    if result.modes <= 10:
        axes.xaxis.set_major_locator(FixedLocator(result.k))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xlabel("mode $k$")


def draw(result):
    """The figure of a result."""
    style()
    figure, axes = plt.subplots(2, 2, figsize=(WIDTH, 4.9), sharex="col", gridspec_kw={
        "height_ratios": [1.75, 1], "hspace": 0.06, "wspace": 0.28, "left": 0.085, "right": 0.985, "bottom": 0.085,
        "top": 0.835})
    P = result.constants["samples"]

    def mean_label(signed):
        return r"$\sqrt{P}\,|\langle d_k\rangle|$" if signed else r"$\sqrt{P}\,\langle d_k\rangle$"

    draw_moment(axes[0, 0], result, "mean", np.sqrt(P), mean_label)
    draw_moment(axes[0, 1], result, "variance", P, lambda _: r"$P\,\mathrm{Var}\,d_k$")
    draw_residual(axes[1, 0], result, "mean")
    draw_residual(axes[1, 1], result, "variance")
    for column in range(2):
        mark_learnable(axes[0, column], result, True)
        mark_learnable(axes[1, column], result, False)
        mode_abscissa(axes[1, column], result)
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
    if "exact" in result.theories and result.modes > 1 and "measured" in labels:
        handles.append(plt.Rectangle((0, 0), 1, 1, color=CURVES["exact"]["color"], alpha=0.18, linewidth=0))
        labels.append(rf"exact $\pm\,{BAND:g}$ s.e.")
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.535, 0.905), ncol=len(labels),
                  frameon=False, handlelength=2.3, columnspacing=1.4 if len(labels) < 7 else 0.9, handletextpad=0.5)
    for row, text in enumerate(headings(result)):
        figure.text(0.535, 0.985 - 0.04 * row, text, ha="center", va="top", fontsize=9 if row == 0 else 8.5)
    return figure


# Beyond two moments -------------------------------------------------------------------------------------------

GROUPS = 20  # of neighbouring modes, whose average is drawn


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


def draw_cumulant(axes, result, what, exact, label):
    """A ratio of cumulants against k: measured averages and the exact curve."""
    place, value, error = averaged(result.k, result.cumulants[what].values, result.cumulants["mcse_" + what].values)
    axes.axhline(0, color=CURVES["gp"]["color"], linestyle=CURVES["gp"]["linestyle"], linewidth=1.3, zorder=2,
                 label="Gaussian")
    draw_curve(axes, result.k, exact, {**CURVES["exact"], "linewidth": 1.3, "zorder": 4})
    axes.errorbar(place, value, error, linestyle="none", color=MEASURED, marker="o", markersize=2.7, elinewidth=0.7,
                  zorder=10, label="measured")
    axes.set_ylabel(label)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=(1, 2, 5, 10)))
    axes.yaxis.set_major_formatter(FuncFormatter(plain_number))


def plain_number(value, _):
    return f"{value:.6g}".replace("-", "\N{MINUS SIGN}") if abs(value) > 1e-12 else "0"


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
    lower.axhspan(-BAND, BAND, color=CURVES["exact"]["color"], alpha=0.18, linewidth=0, zorder=1)
    lower.axhline(0, color=CURVES["exact"]["color"], linestyle=CURVES["exact"]["linestyle"], linewidth=1.3, zorder=3)
    lower.plot(middle[shown][enough], z, linestyle="none", color=MEASURED, marker="o", markersize=2.3, zorder=10)
    reach = max(4.0, 1.15 * largest(z))
    lower.set_ylim(-reach, reach)
    lower.set_ylabel("(measured $-$ exact) / s.e.")
    lower.set_xlabel(r"$R=\Sigma_k\,d_k^2$")


def shape_headings(result):
    """Title as of the main figure, then how well the exact average fits."""
    fits = []
    for group, name, text in ((result.cumulants, "p_kappa3", r"$\kappa_3$"), (result.cumulants, "p_kappa4", r"$\kappa_4$"),
                              (result.size, "p", "$R$")):
        if name in group and np.isfinite(float(group[name])):
            fits.append(rf"{text} ${p_text(float(group[name]))}$")
    return headings(result)[:1] + ([r"$\chi^2$ against exact, $p$ of  " + ",  ".join(fits)] if fits else [])


def draw_shape(result):
    """The figure of what was measured beyond two moments."""
    style()
    figure, axes = plt.subplots(2, 2, figsize=(WIDTH, 4.9), sharex="col", gridspec_kw={
        "height_ratios": [1.3, 1], "hspace": 0.08, "wspace": 0.26, "left": 0.095, "right": 0.985, "bottom": 0.085,
        "top": 0.835})
    variance = result.theories["exact"]["variance"] if "exact" in result.theories else result.measured["variance"]
    draw_cumulant(axes[0, 0], result, "excess_kurtosis", result.cumulants["exact_kappa4"].values / variance**2,
                  r"excess kurtosis $\kappa_4/\mathrm{Var}^2$")
    draw_cumulant(axes[1, 0], result, "skewness", result.cumulants["exact_kappa3"].values / variance**1.5,
                  r"skewness $\kappa_3/\mathrm{Var}^{3/2}$")
    draw_size(axes[0, 1], axes[1, 1], result.size)
    for panel, is_lower in ((axes[0, 0], False), (axes[1, 0], True)):
        mark_learnable(panel, result, not is_lower)
    mode_abscissa(axes[1, 0], result)
    for panel, letter in zip(axes.flat, "abcd"):  # cumulants of stiff modes vanish: their curves end at the top
        top = panel in axes[:, 1]
        panel.annotate(f"({letter})", (1, top), xycoords="axes fraction", xytext=(-8, -6 if top else 6),
                       textcoords="offset points", ha="right", va="top" if top else "bottom")
    figure.align_ylabels(axes)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    handles.append(plt.Rectangle((0, 0), 1, 1, color=CURVES["exact"]["color"], alpha=0.18, linewidth=0))
    labels.append(rf"exact $\pm\,{BAND:g}$ s.e.")
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.535, 0.905), ncol=len(labels), frameon=False,
                  handlelength=2.3, columnspacing=1.4, handletextpad=0.5)
    for row, text in enumerate(shape_headings(result)):
        figure.text(0.535, 0.985 - 0.04 * row, text, ha="center", va="top", fontsize=9 if row == 0 else 8.5)
    return figure


# A profile ----------------------------------------------------------------------------------------------------

RATE, GUIDE = "#0072B2", "#7a7a7a"
FLOOR = {"color": "#D55E00", "linestyle": (0, (4, 1.6)), "linewidth": 1.1}
BAR = {"color": "#56B4E9", "edgecolor": RATE, "linewidth": 0.6, "height": 0.62}


def read_json(path):
    """The facts of a JSON file that the program wrote, and what kind they are of."""
    if not os.path.isfile(path):
        raise BadResult(f"{path}: no such file")
    try:
        with open(path, encoding="utf-8") as file:
            facts = json.load(file)
    except (ValueError, OSError) as error:
        raise BadResult(f"{path}: not JSON ({error})") from None
    kind = facts.get("kind") if isinstance(facts, dict) else None
    if kind not in ("profile", "bias"):
        raise BadResult(f"{path}: not what ridgeflow profile --out or bias --out writes; of a comparison, draw its .nc")
    return facts, kind


class Profile:
    """What the figure needs of a profile's JSON, checked."""

    SWEEPS = {"by_size": "samples", "by_chains": "chains", "by_integrator": "integrator"}
    NUMBERS = ("mode_updates_per_s", "s_per_chain_step", "effective_per_s", "floor_mode_updates_per_s",
               "share_of_floor", "exponent", "processor_share")

    def __init__(self, path):
        self.path = path
        self.facts, kind = read_json(path)
        if kind != "profile":
            raise BadResult(f"{path}: not a profile")
        self.sweeps = {name: self._sweep(name, axis) for name, axis in self.SWEEPS.items()}
        for name in ("by_chains", "by_integrator"):
            if not len(self.sweeps[name]["axis"]):
                raise BadResult(f"{path}: {name} holds no timing")

    def _sweep(self, name, axis):
        """Columns of a sweep; null is not a number."""
        rows = self.facts.get(name)
        if not isinstance(rows, list):
            raise BadResult(f"{self.path}: lacks the list {name}")
        try:
            columns = {key: np.array([np.nan if row[key] is None else float(row[key]) for row in rows])
                       for key in self.NUMBERS}
            columns["axis"] = [str(row[axis]) if axis == "integrator" else float(row[axis]) for row in rows]
            columns["facts"] = [(str(row["integrator"]), int(row["samples"]), int(row["chains"])) for row in rows]
        except (KeyError, TypeError, ValueError) as error:
            raise BadResult(f"{self.path}: {name} cannot be read: {error!r}") from None
        for key in ("mode_updates_per_s", "s_per_chain_step"):  # drawn on logarithmic axes
            if not np.all(columns[key] > 0):
                raise BadResult(f"{self.path}: {name}: a {key} is not positive")
        return columns


def profile_headings(profile):
    """Title: the device, then what was run."""
    facts = profile.facts
    threads = facts.get("threads")
    where = f"{facts.get('device')} ({facts.get('variant')}"
    where += f", {threads} thread{'' if threads == 1 else 's'})" if facts.get("backend") == "cpu" else ")"
    got = profile.sweeps["by_integrator"]["processor_share"]
    if np.median(got) < 0.95:  # false for not a number
        where += f"; beside other programs: {100 * np.median(got):.0f}% of the processor time"
    integrator, samples, _ = profile.sweeps["by_chains"]["facts"][0]
    chains = profile.sweeps["by_integrator"]["facts"][0][2]
    every = facts.get("every")
    how = f"{facts.get('precision')} precision, statistics every {'step' if every == 1 else f'{every} steps'}"
    return [where.replace("$", r"\$"),
            rf"{integrator}; {chains} chains where $P$ varies, $P={samples}$ where it does not; {how}"]


def series(axes, x, y, **look):
    """Measured points, joined."""
    axes.plot(x, y, **{"color": RATE, "marker": "o", "markersize": 3.2, "linewidth": 1.3, "zorder": 5, **look})


def log_axis(axis, limits):
    """Ticks that read well over few decades as well."""
    if limits[1] / limits[0] < 30:
        plain_log_ticks(axis)


def log_abscissa(axes, x):
    """A logarithmic abscissa with room at both sides of the points."""
    room = max(0.07 * np.log10(max(x) / min(x)), 0.05)
    axes.set_xscale("log")
    axes.set_xlim(min(x) / 10**room, max(x) * 10**room)
    log_axis(axes.xaxis, axes.get_xlim())


def draw_rate(axes, sweep):
    x, rate, floor = np.array(sweep["axis"]), sweep["mode_updates_per_s"], sweep["floor_mode_updates_per_s"]
    series(axes, x, rate, label="measured")
    drawn = [rate]
    if np.any(np.isfinite(floor)):
        axes.plot(x, floor, **FLOOR, label="floor")
        drawn.append(floor)
    log_abscissa(axes, x)
    axes.set_yscale("log")
    axes.set_ylim(log_limits(drawn))
    log_axis(axes.yaxis, axes.get_ylim())
    axes.set_ylabel("mode updates [1/s]")
    axes.legend(frameon=False, loc="lower right", handlelength=2.0)


def draw_share(axes, x, share, unknown):
    """Shares of the floor as points over x; words where no floor is known."""
    log_abscissa(axes, x)
    known = np.isfinite(share)
    axes.set_ylabel("share of the floor")
    axes.yaxis.set_major_formatter(FuncFormatter(percent))
    if not known.any():
        axes.set_yticks([])
        axes.text(0.5, 0.5, unknown, ha="center", va="center", transform=axes.transAxes, fontsize=8, color="#555555")
        return
    series(axes, np.array(x)[known], share[known])
    axes.set_ylim(0, 1.1 * max(1.0, np.max(share[known])))
    axes.axhline(1, **FLOOR)


def draw_cost(axes, sweep, guide):
    """Time per chain step, beside a line of the given exponent through the last point."""
    x, time = np.array(sweep["axis"]), sweep["s_per_chain_step"]
    series(axes, x, time, label="measured")
    through = time[-1] * (x / x[-1]) ** guide
    axes.plot(x, through, color=GUIDE, linestyle=CURVES["gp"]["linestyle"], linewidth=1.3,
              label=r"$\propto P$" if guide else "constant")
    for i, exponent in enumerate(sweep["exponent"]):
        if np.isfinite(exponent):
            axes.annotate(f"{exponent:.2f}".replace("-", "\N{MINUS SIGN}"), (x[i], time[i]), xytext=(0, 6),
                          textcoords="offset points", ha="center", va="bottom", fontsize=7, color="#555555")
    log_abscissa(axes, x)
    axes.set_yscale("log")
    low, high = log_limits([time, through])
    high *= (high / low) ** 0.1  # room for the exponents
    widen = max(1.0, (5 / (high / low)) ** 0.5)  # a few per cent are no slope
    axes.set_ylim(low / widen, high * widen)
    log_axis(axes.yaxis, axes.get_ylim())
    axes.set_ylabel("time per chain step [s]")
    axes.legend(frameon=False, loc="lower right", handlelength=2.0,
                title="numbers: local exponent" if np.any(np.isfinite(sweep["exponent"])) else None, title_fontsize=7.5)


def draw_integrators(axes, names, values, label, text, log):
    """A bar an integrator (on a logarithmic axis, where a bar would have no foot, a point), its number at its end;
    words where it is not known."""
    place = np.arange(len(names))[::-1]
    known = np.isfinite(values) & (values > 0)
    if log:
        axes.hlines(place, 0, 1, transform=axes.get_yaxis_transform(), color="#dddddd", linewidth=0.6, zorder=0)
        axes.plot(values[known], place[known], linestyle="none", marker="o", markersize=4.5, color=RATE,
                  zorder=6)
    else:
        axes.barh(place[known], values[known], **BAR)
    for at, value, is_known in zip(place, values, known):
        axes.annotate(text(value) if is_known else "not known", (value, at) if is_known else (0, at),
                      xycoords="data" if is_known else ("axes fraction", "data"), xytext=(7, 0),
                      textcoords="offset points", ha="left", va="center", fontsize=7.5,
                      bbox={"pad": 0.8, "linewidth": 0, "facecolor": "white"},
                      color=MEASURED if is_known else "#555555")
    axes.set_yticks(place)
    axes.set_yticklabels(names)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.set_xlabel(label)
    return values[known]


def draw_profile(profile):
    """The figure of a profile."""
    style()
    figure, axes = plt.subplots(3, 2, figsize=(WIDTH, 6.9), gridspec_kw={
        "hspace": 0.36, "wspace": 0.28, "left": 0.105, "right": 0.985, "bottom": 0.065, "top": 0.905})
    sizes, chains, integrators = (profile.sweeps[name] for name in Profile.SWEEPS)
    if len(sizes["axis"]):
        draw_rate(axes[0, 0], sizes)
        draw_share(axes[0, 1], sizes["axis"], sizes["share_of_floor"], "floor not known")
        draw_cost(axes[1, 0], sizes, 1)
    else:
        for panel in (axes[0, 0], axes[0, 1], axes[1, 0]):
            panel.set_xticks([])
            panel.set_yticks([])
            panel.text(0.5, 0.5, "no sizes were timed", ha="center", va="center", transform=panel.transAxes,
                       fontsize=8, color="#555555")
    draw_cost(axes[1, 1], chains, 0)
    for panel, label in ((axes[0, 0], "samples $P$"), (axes[0, 1], "samples $P$"), (axes[1, 0], "samples $P$"),
                         (axes[1, 1], "chains")):
        panel.set_xlabel(label)
    names = integrators["axis"]
    known = draw_integrators(axes[2, 0], names, integrators["effective_per_s"],
                             "effective samples of the softest mode [1/s]",
                             lambda value: f"${scientific(value, 2)}$", True)
    if known.size:
        axes[2, 0].set_xscale("log")
        axes[2, 0].set_xlim(known.min() / 2, 2 * known.max() * (4 * known.max() / known.min()) ** 0.25)
        log_axis(axes[2, 0].xaxis, axes[2, 0].get_xlim())
    else:
        axes[2, 0].set_xticks([])
    known = draw_integrators(axes[2, 1], names, integrators["share_of_floor"], "share of the floor",
                             lambda value: f"{100 * value:.0f}%", False)
    if known.size:
        axes[2, 1].set_xlim(0, 1.15 * max(1.0, known.max()))
        axes[2, 1].axvline(1, **FLOOR)
        axes[2, 1].xaxis.set_major_formatter(FuncFormatter(percent))
    else:
        axes[2, 1].set_xticks([])
    for panel, letter in zip(axes.flat, "abcdef"):
        panel.annotate(f"({letter})", (0, 1), xycoords="axes fraction", xytext=(0, 3), textcoords="offset points",
                       ha="left", va="bottom")
    for row, text in enumerate(profile_headings(profile)):
        figure.text(0.545, 0.99 - 0.028 * row, text, ha="center", va="top", fontsize=9 if row == 0 else 8.5)
    return figure


# A step-size study --------------------------------------------------------------------------------------------

INTEGRATORS = {"adjusted": ("#0072B2", "o"), "euler": ("#D55E00", "s"), "hartree": ("#009E73", "D"),
               "strang": ("#CC79A7", "v"), "perfect": (MEASURED, "P")}
OTHERS = [("#E69F00", "^"), ("#56B4E9", "X"), ("#7a7a7a", "h")]  # integrators that are not known here
RESOLVED = 3.0  # standard errors from zero at which a bias is a point, not a bound
QUANTITIES = {"variance_worst": r"$|$bias$|$ of Var $d_k$, worst mode", "size_variance": r"$|$bias$|$ of Var $R$"}


class Bias:
    """What the figure needs of a step-size study's JSON, checked."""

    def __init__(self, path):
        self.path = path
        self.facts, kind = read_json(path)
        if kind != "bias":
            raise BadResult(f"{path}: not a step-size study")
        try:
            self.target = float(self.facts["target"])
            self.rate = float(self.facts["model"]["softest_rate"])
            self.reference = self.facts["reference"]
            self.points = [self._point(row) for row in self.facts["points"] if not row["diverged"]]
            self.laws = [{key: row[key] if key in ("integrator", "quantity") else float(row[key])
                          for key in ("integrator", "quantity", "order", "order_error", "factor", "h_first", "h_last")}
                         for row in self.facts["laws"] if row["resolved"]]
            self.equal = {quantity: [self._equal(row) for row in self.facts["equal_bias"]
                                     if row["quantity"] == quantity] for quantity in QUANTITIES}
            float(self.reference["h"])
        except (KeyError, TypeError, ValueError) as error:
            raise BadResult(f"{path}: cannot be read: {error!r}") from None
        if not self.points or not all(self.equal.values()):
            raise BadResult(f"{path}: holds no run to draw")
        if not (self.target > 0 and self.rate > 0):
            raise BadResult(f"{path}: target and softest_rate must be positive")
        self.names = list(dict.fromkeys(point["integrator"] for point in self.points))

    @staticmethod
    def _point(row):
        worst, size = row["variance_worst"], row["size_variance"]
        value, error = float(size["value"]), float(size["error"])
        resolved = abs(value) > RESOLVED * error
        return {"integrator": str(row["integrator"]),
                "x": np.nan if row["relaxations"] is None else float(row["relaxations"]),
                "variance_worst": (abs(float(worst["value"])) if worst["resolved"] else float(worst["limit"]),
                                   float(worst["error"]), bool(worst["resolved"])),
                "size_variance": (abs(value) if resolved else abs(value) + 2 * error, error, resolved)}

    @staticmethod
    def _equal(row):
        run = row.get("run")
        known = run is not None and not run["diverged"]
        gain = row["gain"]["value"] if known else None
        return {"integrator": str(row["integrator"]), "from": str(row["step_from"]),
                "x": np.nan if not known or run["relaxations"] is None else float(run["relaxations"]),
                "gain": np.nan if gain is None else float(gain)}

    def look(self, name):
        if name in INTEGRATORS:
            return INTEGRATORS[name]
        unknown = [other for other in self.names if other not in INTEGRATORS]
        return OTHERS[unknown.index(name) % len(OTHERS)]


def bias_headings(study):
    """Title: the model and the device, then what was run."""
    facts, model = study.facts, study.facts["model"]
    where = f"{facts.get('device')} ({facts.get('variant')}"
    where += f", {facts.get('threads')} threads)" if facts.get("backend") == "cpu" else ")"
    what = ", ".join(rf"${symbol}={scientific(float(model[name]))}$" for symbol, name in
                     (("P", "P"), ("M", "M"), ("\\kappa", "kappa"), ("u", "u")) if name in model)
    every = facts.get("seconds")
    how = f"{every:g} s a run after burn-in" if every else "runs by number of draws"
    return [f"{what};  {where}".replace("$(", "("),
            f"{study.reference['chains']} chains, {how}; bias against the exact average, errors from the chains"]


def draw_bias_panel(axes, study, quantity):
    """|bias| against the step: points where it is resolved, else open triangles at what could hide; fitted laws."""
    shown = []
    for name in study.names:
        color, marker = study.look(name)
        rows = [point for point in study.points if point["integrator"] == name and np.isfinite(point["x"])]
        x = np.array([point["x"] for point in rows])
        height, error, resolved = (np.array([point[quantity][i] for point in rows]) for i in range(3))
        resolved = resolved.astype(bool)
        shown.append(height)
        label = name if len(rows) else f"{name}: no step, exact"
        bars = {"linestyle": "none", "color": color, "marker": marker, "markersize": 3.6, "elinewidth": 0.7}
        axes.errorbar(x[resolved], height[resolved], error[resolved], label=label, zorder=6, **bars)
        axes.plot(x[~resolved], height[~resolved], linestyle="none", marker="$\\downarrow$", markersize=5.5,
                  markeredgewidth=0.2, color=color, alpha=0.75, zorder=5)
    for place, law in enumerate(law for law in study.laws if law["quantity"] == quantity):
        axes.annotate(rf"{law['integrator']}: $p={law['order']:.2f}\pm{law['order_error']:.2g}$", (1, 1),
                      xycoords="axes fraction", xytext=(-6, -6 - 10 * place), textcoords="offset points", ha="right",
                      va="top", fontsize=7.5, color=study.look(law["integrator"])[0])
        ends = np.array([law["h_first"] / 3, law["h_last"] * 2])
        axes.plot(ends * study.rate, law["factor"] * ends ** law["order"], color=study.look(law["integrator"])[0],
                  linewidth=1.0, zorder=4)
    axes.axhline(study.target, color=GUIDE, linestyle=CURVES["gp"]["linestyle"], linewidth=1.2, zorder=1)
    axes.set_xscale("log")
    axes.set_yscale("log")
    limits = log_limits(shown + [np.array([study.target])])
    axes.set_ylim(limits)
    x = np.array([point["x"] for point in study.points if np.isfinite(point["x"])])
    if x.size:
        axes.set_xlim(x.min() / 1.6, x.max() * 1.6)
    axes.yaxis.set_major_formatter(FuncFormatter(percent))
    axes.set_xlabel(r"step $h\,(a_{\min}+\rho_*)$ in relaxation times")
    axes.set_ylabel(QUANTITIES[quantity])


def draw_equal_panel(axes, study, quantity):
    rows = study.equal[quantity]
    names = [row["integrator"] for row in rows] + ["reference"]
    reference = float(study.reference["effective_per_s"]["value"]) if not study.reference["diverged"] else np.nan
    rates = np.array([reference * row["gain"] for row in rows] + [reference])  # as fast as the machine was there
    gains = {rate: f"$\\times\\,{scientific(row['gain'], 2)}$" if row["gain"] < 1e4 else f"${scientific(rate, 2)}$"
             for rate, row in zip(rates, rows) if np.isfinite(row["gain"])}
    gains[reference] = f"{study.reference['integrator']} at $h={scientific(float(study.reference['h']))}$"
    what = "the worst mode's variance" if quantity == "variance_worst" else "Var $R$"
    known = draw_integrators(axes, names, rates, f"independent draws of the softest mode [1/s]\n"
                             f"at {100 * study.target:g}% bias of {what}", lambda value: gains.get(value, ""), True)
    if known.size:
        axes.set_xscale("log")
        axes.set_xlim(known.min() / 2, 2 * known.max() * (4 * known.max() / known.min()) ** 0.25)
        log_axis(axes.xaxis, axes.get_xlim())


def draw_bias(study):
    """The figure of a step-size study."""
    style()
    figure, axes = plt.subplots(2, 2, figsize=(WIDTH, 5.6), gridspec_kw={
        "height_ratios": [1.5, 1], "hspace": 0.33, "wspace": 0.3, "left": 0.1, "right": 0.985, "bottom": 0.105,
        "top": 0.84})
    for column, quantity in enumerate(QUANTITIES):
        draw_bias_panel(axes[0, column], study, quantity)
        draw_equal_panel(axes[1, column], study, quantity)
    for panel, letter in zip(axes.flat, "abcd"):
        panel.annotate(f"({letter})", (0, 1), xycoords="axes fraction", xytext=(0, 3), textcoords="offset points",
                       ha="left", va="bottom")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    handles.append(plt.Line2D([], [], linestyle="none", marker="$\\downarrow$", markersize=5.5, color=GUIDE))
    labels.append("below this")
    handles.append(plt.Line2D([], [], color=GUIDE, linestyle=CURVES["gp"]["linestyle"], linewidth=1.2))
    labels.append("target")
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.535, 0.925), ncol=len(labels),
                  frameon=False, columnspacing=1.1, handletextpad=0.3, handlelength=1.6)
    for row, text in enumerate(bias_headings(study)):
        figure.text(0.535, 0.99 - 0.034 * row, text, ha="center", va="top", fontsize=9 if row == 0 else 8.5)
    return figure


# Files --------------------------------------------------------------------------------------------------------


def save(figure, prefix):
    """PREFIX.png and PREFIX.svg, each whole or not there at all."""
    written = []
    for extension, metadata in (("png", {"Software": "RidgeFlow"}), ("svg", {"Date": None})):
        picture = io.BytesIO()
        figure.savefig(picture, format=extension, metadata=metadata)
        path = f"{prefix}.{extension}"
        temporary = path + ".tmp"
        with open(temporary, "wb") as file:
            file.write(picture.getvalue())
        os.replace(temporary, path)
        written.append(path)
    return written


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="ridgeflow_plot", description=__doc__.splitlines()[0])
    parser.add_argument("result", metavar="RESULT.nc|STUDY.json",
                        help="a result of `ridgeflow compare` or `predict`, or the JSON of `ridgeflow profile` or "
                        "`bias`")
    parser.add_argument("--out", metavar="PREFIX", help="write PREFIX.png and PREFIX.svg "
                        "(default: the file's path without .nc or .json)")
    options = parser.parse_args(arguments)
    stem, extension = os.path.splitext(options.result)
    prefix = options.out or (stem if extension in (".nc", ".json") else options.result)
    try:
        if extension != ".json":
            result = Result(options.result)
            figures = [(draw(result), prefix)]
            if result.has_shape():
                figures.append((draw_shape(result), prefix + "_shape"))
        elif read_json(options.result)[1] == "bias":
            figures = [(draw_bias(Bias(options.result)), prefix)]
        else:
            figures = [(draw_profile(Profile(options.result)), prefix)]
    except BadResult as error:
        print(f"ridgeflow_plot: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    try:
        for figure, name in figures:
            for path in save(figure, name):
                print(path)
    except OSError as error:
        print(f"ridgeflow_plot: cannot write the picture: {error}", file=sys.stderr)
        return 4
    finally:
        plt.close("all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
