#!/usr/bin/env python3
"""Draws the study of a RidgeFlow result file: measured moments of every mode, the theories, and the residual.

    python3 ridgeflow_plot.py RESULT.nc [--out PREFIX]

writes PREFIX.png and PREFIX.svg (default: the result's path without .nc). Left sqrt(P) <d_k>, right P Var d_k; under
each what is left after dividing by the renormalization group's prediction. Needs Python 3.9, numpy, xarray, netCDF4
and matplotlib. Exit status: 0 done, 2 the file cannot be used, 4 a library is missing or a picture cannot be written.
"""
import argparse
import io
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
    if value == 0 or 1e-3 <= abs(value) < 1e5:
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
        bottom = axes[1, column]
        bottom.set_xscale("log")
        if result.modes > 1:
            bottom.set_xlim(10 ** (-0.03 * np.log10(result.modes)), 10 ** (1.03 * np.log10(result.modes)))
        else:
            bottom.set_xlim(0.5, 2)
        if result.modes <= 10:
            bottom.xaxis.set_major_locator(FixedLocator(result.k))
            bottom.xaxis.set_minor_locator(NullLocator())
            bottom.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        bottom.set_xlabel("mode $k$")
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
    parser.add_argument("result", metavar="RESULT.nc", help="a result of `ridgeflow compare` or `predict`")
    parser.add_argument("--out", metavar="PREFIX", help="write PREFIX.png and PREFIX.svg "
                        "(default: the result's path without .nc)")
    options = parser.parse_args(arguments)
    prefix = options.out or (options.result[:-3] if options.result.endswith(".nc") else options.result)
    try:
        figure = draw(Result(options.result))
    except BadResult as error:
        print(f"ridgeflow_plot: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    try:
        for path in save(figure, prefix):
            print(path)
    except OSError as error:
        print(f"ridgeflow_plot: cannot write the picture: {error}", file=sys.stderr)
        return 4
    finally:
        plt.close(figure)
    return 0


if __name__ == "__main__":
    sys.exit(main())
