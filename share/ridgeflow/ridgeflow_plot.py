#!/usr/bin/env python3
"""Draws a file that RidgeFlow wrote: a result, or the JSON of a study.

    python3 ridgeflow_plot.py RESULT.nc|STUDY.json [--out PREFIX]

writes PREFIX.png and PREFIX.svg (default: the file's path without its extension), and PREFIX_shape.png and .svg of a
result with cumulants. What each kind of file gives is said in its module of ridgeflow_pictures. Needs Python 3.9,
numpy, xarray, netCDF4 and matplotlib. Exit status: 0 done, 2 the file cannot be used, 4 a library is missing or a
picture cannot be written.
"""
import argparse
import importlib
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from ridgeflow_pictures.style import BadResult, plt, read_group, read_json, save  # noqa: E402

# Kinds of files that are drawn: the module of ridgeflow_pictures and its function, which takes the file's path and
# returns its figures, each with what its name adds to PREFIX. A kind is the JSON's key, or the netCDF root's attribute,
# "kind"; a result has none.
JSON_KINDS = {
    "profile": ("profile", "pictures"),
    "bias": ("bias", "pictures"),
    "flow": ("flow", "pictures"),
    "relevance": ("relevance", "pictures"),
    "transfer": ("transfer", "pictures"),
    "curve": ("curve", "pictures"),
}
NETCDF_KINDS = {
    "result": ("result", "pictures"),
    "sweep": ("sweep", "pictures"),
}


def painter(path):
    """The function that draws the file."""
    if os.path.splitext(path)[1] == ".json":
        facts = read_json(path)
        known, kind = JSON_KINDS, facts.get("kind") if isinstance(facts, dict) else None
        refusal = f"not what --out of ridgeflow {', '.join(known)} writes; of a comparison, draw its .nc"
    else:
        known, kind = NETCDF_KINDS, read_group(path, None).attrs.get("kind", "result")
        refusal = f"of the kind {kind}, which is not drawn; known: {', '.join(known)}"
    if not isinstance(kind, str) or kind not in known:
        raise BadResult(f"{path}: {refusal}")
    module, function = known[kind]
    return getattr(importlib.import_module(f"ridgeflow_pictures.{module}"), function)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="ridgeflow_plot", description=__doc__.splitlines()[0])
    parser.add_argument("result", metavar="RESULT.nc|STUDY.json",
                        help=f"a result of `ridgeflow compare` or `predict`, or the JSON of {', '.join(JSON_KINDS)}")
    parser.add_argument("--out", metavar="PREFIX", help="write PREFIX.png and PREFIX.svg "
                        "(default: the file's path without .nc or .json)")
    options = parser.parse_args(arguments)
    stem, extension = os.path.splitext(options.result)
    prefix = options.out or (stem if extension in (".nc", ".json") else options.result)
    try:
        figures = painter(options.result)(options.result)
    except BadResult as error:
        print(f"ridgeflow_plot: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    try:
        for figure, suffix in figures:
            for path in save(figure, prefix + suffix):
                print(path)
    except OSError as error:
        print(f"ridgeflow_plot: cannot write the picture: {error}", file=sys.stderr)
        return 4
    finally:
        plt.close("all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
