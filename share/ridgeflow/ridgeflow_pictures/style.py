"""What more than one kind of picture uses: reading of files, numbers as text, colours, axes, and writing of pictures.

Draws nothing of its own. Whoever imports it learns first whether the libraries are there.
"""
import io
import json
import os
import sys

from .lines import say

try:
    import numpy as np
    import xarray as xr
    import netCDF4  # noqa: F401  (xarray reads groups through it)

    import matplotlib.pyplot as plt
    from matplotlib import font_manager
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
except ImportError as error:
    say(f"{error}; on Debian: apt-get install python3-numpy python3-xarray python3-netcdf4 python3-matplotlib")
    sys.exit(4)

WIDTH = 7.0  # [inch] two columns of a journal
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
MEASURED, RATE, GUIDE = "#1a1a1a", "#0072B2", "#7a7a7a"
FIRST_LINE = "title"  # marks the first line above the panels
BAND_LOOK = {"color": CURVES["exact"]["color"], "alpha": 0.18, "linewidth": 0}
BAR = {"color": "#56B4E9", "edgecolor": RATE, "linewidth": 0.6, "height": 0.62}


# Reading ------------------------------------------------------------------------------------------------------


class BadResult(Exception):
    """The file cannot be used: one line that says why."""


def read_json(path, kind=None):
    """The facts of a JSON file that the program wrote; refused if they are not of the kind that is asked for."""
    if not os.path.isfile(path):
        raise BadResult(f"{path}: no such file")
    try:
        with open(path, encoding="utf-8") as file:
            facts = json.load(file)
    except (ValueError, OSError) as error:
        raise BadResult(f"{path}: not JSON ({error})") from None
    if kind is not None and (not isinstance(facts, dict) or facts.get("kind") != kind):
        raise BadResult(f"{path}: not what ridgeflow {kind} --out writes")
    return facts


def read_group(path, name, required=False):
    """A group of a netCDF-4 file, its root for None; an empty one where it is missing and not required."""
    if not os.path.isfile(path):
        raise BadResult(f"{path}: no such file")
    try:
        with xr.open_dataset(path, group=name, engine="netcdf4", decode_times=False) as dataset:
            return dataset.load()
    except Exception as error:  # what is raised depends on the versions of xarray and netCDF4
        if name is None:
            raise BadResult(f"{path}: not a netCDF-4 file ({error})") from None
        if required:
            raise BadResult(f"{path}: no group {name}: not a result of RidgeFlow, or not a whole one") from None
        return xr.Dataset()


def mode_numbers(path, group, group_name, name):
    """A variable of a group that holds one number a mode (or a bin), in double."""
    if name not in group:
        raise BadResult(f"{path}: group {group_name} lacks the variable {name}")
    values = np.asarray(group[name].values)
    if values.ndim != 1 or not np.issubdtype(values.dtype, np.number):
        raise BadResult(f"{path}: {group_name}/{name} is not one number a mode")
    return values.astype(float)


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


def threads_text(count):
    return "1 thread" if int(count) == 1 else f"{int(count)} threads"


def percent(value, _):
    text = f"{100 * value:.6g}".replace("-", "\N{MINUS SIGN}")
    return "0" if float(value) == 0 else text + "%"


def plain_number(value, _):
    return f"{value:.6g}".replace("-", "\N{MINUS SIGN}") if abs(value) > 1e-12 else "0"


# Drawing ------------------------------------------------------------------------------------------------------


def use_style():
    """Fonts and lines of every picture; called before a figure is made."""
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


def largest(values):
    """Largest finite magnitude, 0 without any."""
    values = np.abs(values[np.isfinite(values)])
    return values.max() if values.size else 0.0


def log_limits(arrays):
    """Decades around the positive values, with room; None if there are none."""
    values = np.concatenate([array[np.isfinite(array) & (array > 0)] for array in arrays])
    if values.size == 0:
        return None
    low, high = np.log10(values.min()), np.log10(values.max())
    room = max(0.08 * (high - low), 0.05)
    return 10 ** (low - room), 10 ** (high + room)


def plain_log_ticks(axis):
    """A short logarithmic axis: numbers at 1, 2 and 5 of each decade."""
    axis.set_major_locator(LogLocator(base=10, subs=(1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}" if 1e-4 <= value < 1e5
                                           else f"${scientific(value)}$"))
    axis.set_minor_formatter(NullFormatter())


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


def series(axes, x, y, **look):
    """Measured points, joined."""
    axes.plot(x, y, **{"color": RATE, "marker": "o", "markersize": 3.2, "linewidth": 1.3, "zorder": 5, **look})


def draw_values(axes, names, values, label, text, log, looks=None):
    """A bar a name (on a logarithmic axis, where a bar would have no foot, a point, of its colour and marker in
    `looks`), its number, as `text` writes it, at its end; words where it is not known. Returns the values that are."""
    place = np.arange(len(names))[::-1]
    known = np.isfinite(values) & (values > 0)
    if log:
        axes.hlines(place, 0, 1, transform=axes.get_yaxis_transform(), color="#dddddd", linewidth=0.6, zorder=0)
        for i in np.flatnonzero(known):
            color, marker = looks[i] if looks else (RATE, "o")
            axes.plot(values[i], place[i], linestyle="none", marker=marker, markersize=4.5, color=color, zorder=6)
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
    values = values[known]
    if log and values.size:
        axes.set_xscale("log")
        axes.set_xlim(values.min() / 2, 2 * values.max() * (4 * values.max() / values.min()) ** 0.25)
        log_axis(axes.xaxis, axes.get_xlim())
    return values


def letter_panels(axes):
    """(a), (b), ... above the left corner of each panel."""
    for panel, letter in zip(np.ravel(axes), "abcdefghijkl"):
        panel.annotate(f"({letter})", (0, 1), xycoords="axes fraction", xytext=(0, 3), textcoords="offset points",
                       ha="left", va="bottom")


def title(figure, lines, x=0.535, top=0.985, step=0.04):
    """Lines above the panels, the first a little larger; places in fractions of the figure."""
    for row, text in enumerate(lines):
        figure.text(x, top - step * row, text, ha="center", va="top", fontsize=9 if row == 0 else 8.5,
                    gid=FIRST_LINE if row == 0 else None)


def retitle(figure, text):
    """The user's words in place of the first line."""
    for each in figure.texts:
        if each.get_gid() == FIRST_LINE:
            each.set_text(text)


def legend_above(figure, handles, labels, top=0.905, **look):
    """One legend for all panels, in a row between title and panels."""
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.535, top), frameon=False,
                  **{"ncol": len(labels), "handlelength": 2.3, "columnspacing": 1.4, "handletextpad": 0.5, **look})


def band_entry():
    """Handle and label of the expected band, for a legend."""
    return plt.Rectangle((0, 0), 1, 1, **BAND_LOOK), rf"exact $\pm\,{BAND:g}$ s.e."


# Files --------------------------------------------------------------------------------------------------------


METADATA = {"png": {"Software": "RidgeFlow"}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}


def render(figure, extension):
    """The bytes of the figure as png, svg or pdf; the same figure gives the same ones."""
    picture = io.BytesIO()
    figure.savefig(picture, format=extension, metadata=METADATA[extension])
    return picture.getvalue()
