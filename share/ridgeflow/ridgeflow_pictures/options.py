"""What a user may choose of a picture, as flags of the command line."""
import re
from dataclasses import dataclass, field

from .style import BadResult

FORMATS = ("png", "svg", "pdf")
LARGEST = 40.0  # [inch]


@dataclass
class Options:
    """Choices for a picture; None leaves it to the picture."""

    theories: tuple = None  # curves of a result or a sweep, by name
    modes: tuple = None     # first and last mode k that are drawn
    size: tuple = None      # width and height [inch]
    title: str = None       # in place of the first line
    formats: tuple = field(default=FORMATS)


class BadOption(Exception):
    """A flag that means nothing: one line that says why."""


def add_flags(parser):
    """The flags of a picture; `ridgeflow plot` passes them on as they are."""
    parser.add_argument("--theory", metavar="NAME,...", help="curves that are drawn, such as wilson,exact")
    parser.add_argument("--modes", metavar="FIRST:LAST", help="modes k that are drawn")
    parser.add_argument("--size", metavar="WxH", help="width and height of the picture in inches, such as 7x5")
    parser.add_argument("--title", metavar="TEXT", help="in place of the first line above the panels")
    parser.add_argument("--format", metavar="NAME,...", help=f"files that are written, of {','.join(FORMATS)} "
                        "(default: all)")


def _modes(text):
    found = re.fullmatch(r"([0-9]{1,9}):([0-9]{1,9})", text)
    if not found or not 1 <= int(found[1]) < int(found[2]):
        raise BadOption(f"--modes {text}: give the first and the last mode, such as 1:100")
    return int(found[1]), int(found[2])


def _size(text):
    found = re.fullmatch(r"([0-9.]{1,8})x([0-9.]{1,8})", text)
    try:
        size = (float(found[1]), float(found[2]))
    except (TypeError, ValueError):
        raise BadOption(f"--size {text}: give width and height in inches, such as 7x5") from None
    if not all(2 <= length <= LARGEST for length in size):
        raise BadOption(f"--size {text}: both lengths must lie in 2 to {LARGEST:g} inches")
    return size


def _formats(text):
    formats = tuple(text.split(","))
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or len(set(formats)) != len(formats):
        raise BadOption(f"--format {text}: give one or several of {','.join(FORMATS)}, each once")
    return formats


def read_flags(given):
    """Options of what argparse found. Raises BadOption."""
    options = Options()
    if given.theory is not None:
        options.theories = tuple(given.theory.split(","))
    if given.modes is not None:
        options.modes = _modes(given.modes)
    if given.size is not None:
        options.size = _size(given.size)
    if given.format is not None:
        options.formats = _formats(given.format)
    # one dollar sign alone would begin mathematics that never ends
    options.title = given.title if given.title is None or given.title.count("$") % 2 == 0 else given.title.replace(
        "$", r"\$")
    return options


def chosen_theories(options, there, path):
    """The names of `there` that are drawn, in its order. Raises BadResult where one that was asked for is missing."""
    if options.theories is None:
        return list(there)
    missing = [name for name in options.theories if name not in there]
    if missing:
        raise BadResult(f"{path}: --theory {missing[0]}: the file has {', '.join(there)}")
    return [name for name in there if name in options.theories]
