#!/usr/bin/env python3
"""Draws a file that RidgeFlow wrote: a result, or the JSON of a study.

    python3 ridgeflow_plot.py RESULT.nc|STUDY.json [--out PREFIX] [flags, see --help]

writes PREFIX.png, PREFIX.svg and PREFIX.pdf (default: the file's path without its extension), and PREFIX_shape.png and
so on of a result with cumulants. What each kind of file gives is said in its module of ridgeflow_pictures. Needs Python
3.9, numpy, xarray, netCDF4 and matplotlib. Exit status: 0 done, 2 the file cannot be used, 4 a library is missing or a
picture cannot be written, 130, 143 or 129 stopped by SIGINT, SIGTERM or SIGHUP, with no picture written.
"""
import contextlib
import importlib
import os
import sys
import warnings

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
import isolation  # noqa: E402
import stopping  # noqa: E402

if __name__ == "__main__":
    stopping.end_on_signals()  # before the libraries, which take a second

with isolation.own_settings():
    from ridgeflow_pictures.lines import Parser, say  # noqa: E402
    from ridgeflow_pictures.options import BadOption, add_flags, read_flags  # noqa: E402
    from ridgeflow_pictures import partial  # noqa: E402
    from ridgeflow_pictures.place import BadPlace, WriteFailed, check_writable, same_file, write  # noqa: E402
    from ridgeflow_pictures.style import BadResult, plt, read_group, read_json, render, retitle  # noqa: E402

# Kinds of files that are drawn: the module of ridgeflow_pictures and its function, which takes the file's path and the
# options and returns its figures, each with what its name adds to PREFIX. A kind is the JSON's key, or the netCDF root's
# attribute, "kind"; a result has none.
JSON_KINDS = ("profile", "bias", "flow", "relevance", "transfer", "curve")
NETCDF_KINDS = ("result", "sweep")
TAKE_THEORIES = ("result", "sweep")  # kinds whose curves can be chosen
TAKE_MODES = ("result",)


def kind_of(path):
    """What the file is, one of the kinds above."""
    if os.path.splitext(path)[1] == ".json":
        facts = read_json(path)
        known, kind = JSON_KINDS, facts.get("kind") if isinstance(facts, dict) else None
        refusal = f"not what --out of ridgeflow {', '.join(known)} writes; of a comparison, draw its .nc"
    else:
        known, kind = NETCDF_KINDS, read_group(path, None).attrs.get("kind", "result")
        refusal = f"of the kind {kind}, which is not drawn; known: {', '.join(known)}"
    if not isinstance(kind, str) or kind not in known:
        raise BadResult(f"{path}: {refusal}")
    return kind


@contextlib.contextmanager
def readable(path):
    """Whatever a picture stumbles over is in its file, which someone may have cut short or edited: one line says so.
    RIDGEFLOW_PLOT_TRACEBACK=1 shows where, to those who write pictures."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of numpy, on numbers that are none
            yield
    except (BadOption, BadResult, OSError, MemoryError):
        raise
    except Exception as error:
        if os.environ.get("RIDGEFLOW_PLOT_TRACEBACK"):
            raise
        raise BadResult(f"{path}: cannot be drawn: {type(error).__name__}: {error}; is it whole, and as ridgeflow wrote "
                        "it?") from None


def figures_of(path, options):
    """The figures of the file, as the options ask for them."""
    kind = kind_of(path)
    for flag, value, kinds in (("--theory", options.theories, TAKE_THEORIES), ("--modes", options.modes, TAKE_MODES)):
        if value is not None and kind not in kinds:
            raise BadResult(f"{path}: {flag} is for the picture of a {' or a '.join(kinds)}; leave it out")
    module = importlib.import_module(f"ridgeflow_pictures.{kind}")
    with readable(path):
        figures = module.pictures(path, options)
        stopped = partial.remark(path)
    for figure, _ in figures:
        if stopped:
            partial.mark(figure, stopped)
        if options.size is not None:
            figure.set_size_inches(options.size)
        if options.title is not None:
            retitle(figure, options.title)
    return figures


def check_pictures(paths, given):
    """That all can be written without a loss, before any is. Raises BadPlace or WriteFailed."""
    stem = os.path.splitext(paths[0])[0]
    if os.path.basename(stem) in ("", ".", "..") or stem == paths[0]:
        raise BadPlace(f"--out {given.out}: it names a folder; add the beginning of a file's name, such as "
                       f"{os.path.join(given.out, 'picture')}")
    for number, path in enumerate(paths):
        check_writable(path, [given.result], given.force)
        for other in paths[:number]:
            if same_file(path, other):
                raise BadPlace(f"cannot write {path}: {other} is the same file; remove the link")


def main(arguments=None):
    parser = Parser(prog="ridgeflow_plot", description=__doc__.splitlines()[0])
    parser.add_argument("result", metavar="RESULT.nc|STUDY.json", nargs="?",
                        help=f"a result of `ridgeflow compare` or `predict`, or the JSON of {', '.join(JSON_KINDS)}")
    parser.add_argument("--out", metavar="PREFIX", help="write PREFIX.png, PREFIX.svg and PREFIX.pdf "
                        "(default: the file's path without .nc or .json)")
    add_flags(parser)
    parser.add_argument("--force", action="store_true", help="replace pictures that are there")
    parser.add_argument("--check-libraries", action="store_true", help="draw nothing: are the libraries there?")
    given = parser.parse_args(arguments)
    if given.check_libraries:
        return 0
    if given.result is None:
        parser.error("name a result or the JSON of a study")
    stem, extension = os.path.splitext(given.result)
    prefix = given.out or (stem if extension in (".nc", ".json") else given.result)
    try:
        options = read_flags(given)
        figures = figures_of(given.result, options)
        pictures = [(figure, f"{prefix}{suffix}.{extension}", extension)
                    for figure, suffix in figures for extension in options.formats]
        with stopping.held():  # files that are tried are gone again
            check_pictures([path for _, path, _ in pictures], given)
    except (BadOption, BadResult, BadPlace) as error:
        say(error)
        return 2
    except WriteFailed as error:
        say(error)
        return 4
    try:
        with readable(given.result):
            rendered = [(path, render(figure, extension)) for figure, path, extension in pictures]
    except BadResult as error:
        say(error)
        return 2
    stopping.end_no_more()
    status = 0
    for path, picture in rendered:
        try:
            write(path, picture, given.force)
            print(path)
        except WriteFailed as error:  # the others may be written
            say(error)
            status = 4
    plt.close("all")
    return status


if __name__ == "__main__":
    sys.exit(main())
