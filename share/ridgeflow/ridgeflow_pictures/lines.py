"""Messages in lines that a terminal shows whole, as those of the program itself (host/cli/lines.cpp). Standard library
alone."""
import argparse
import functools
import sys
import textwrap

COLUMNS = 80


def wrapped(text):
    """`text` in lines of at most 80 columns, the later ones indented; a longer word, such as a path, stays whole."""
    return textwrap.fill(" ".join(str(text).split()), COLUMNS, subsequent_indent="  ", break_long_words=False,
                         break_on_hyphens=False)


def say(message):
    """Tells it on standard error."""
    print(wrapped(f"ridgeflow_plot: {message}"), file=sys.stderr)


class Parser(argparse.ArgumentParser):
    """A parser that keeps to these lines, however wide the terminal is."""

    def __init__(self, **settings):
        super().__init__(formatter_class=functools.partial(argparse.HelpFormatter, width=COLUMNS), **settings)

    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(2, wrapped(f"{self.prog}: error: {message}") + "\n")
