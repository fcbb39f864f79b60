"""What the tests of pictures share; a kind of picture is tested in a test_KIND.py beside this file."""
import contextlib
import io
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
REFERENCE = os.path.join(HERE, "..", "data", "reference")
sys.path.insert(0, os.path.normpath(os.path.join(HERE, "..", "..", "share", "ridgeflow")))

FAILING_CALLS = None  # run_tests.py --failing-calls: a library to preload

import ridgeflow_plot  # noqa: E402
from ridgeflow_pictures.style import plt  # noqa: E402


def unwrapped(text):
    """Each message in one line again: without the line ends that made it fit a terminal."""
    return text.replace("\n  ", " ")


class PlotCase(unittest.TestCase):
    """A folder of its own, and the program run in it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_plot(self, *arguments):
        """Exit status, stdout and stderr of the program, each message in one line, in this process."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = ridgeflow_plot.main(list(arguments))
            except SystemExit as stop:  # argparse
                status = stop.code
        return status, out.getvalue(), self.told(err.getvalue())

    def told(self, err):
        """The messages on standard error, each in one line; on the screen all lines fit, but for a long word's."""
        for line in err.splitlines():
            self.assertTrue(len(line) <= 80 or " " not in line.strip(), line)
        return unwrapped(err)

    def draws_pictures(self, path):
        """Draws the file at `path`: a PNG, an SVG and a PDF beside it."""
        status, out, err = self.run_plot(path, "--force")  # tests draw the same file twice
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(out.split(), self.are_pictures(path))

    def are_pictures(self, path):
        """Names of the PNG, the SVG and the PDF beside the file at `path`; all are there and are such."""
        pictures = [os.path.splitext(path)[0] + extension for extension in (".png", ".svg", ".pdf")]
        for name, start in zip(pictures, (b"\x89PNG", b"<?xml", b"%PDF")):
            with open(name, "rb") as picture:
                self.assertTrue(picture.read(8).startswith(start), name)
        return pictures

    def refuses(self, path, *words):
        status, out, err = self.run_plot(path)
        self.assertEqual((status, out), (2, ""), err)
        self.assertEqual(err.count("\n"), 1, err)
        for word in words:
            self.assertIn(word, err)

    def nothing_overlaps(self, figure):
        """No text runs into another, into a panel, or out of the figure."""
        figure.canvas.draw()
        boxes = [text.get_window_extent() for text in figure.texts]
        boxes += [legend.get_window_extent() for legend in figure.legends]
        for axes in figure.axes:
            boxes += [axes.get_window_extent(), axes.yaxis.label.get_window_extent(),
                      axes.xaxis.label.get_window_extent()]
        boxes = [box for box in boxes if box.width > 0]
        width, height = figure.canvas.get_width_height()
        for i, box in enumerate(boxes):
            self.assertTrue(box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, box)
            for other in boxes[:i]:
                self.assertFalse(box.padded(-2).overlaps(other), (box, other))


class JsonCase(PlotCase):
    """What a verb writes as JSON: `made` by the module `maker`, read as the class `reader`, drawn by the staticmethod
    `painter`; its file is called `stem`."""

    def write_made(self, made):
        path = self.path(self.stem + ".json")
        self.maker.write(made, path)
        return path

    def made_figure(self, made):
        figure = self.painter(self.reader(self.write_made(made)))
        self.addCleanup(plt.close, figure)
        return figure


class ProgramCase(PlotCase):
    """The two programs together: what `ridgeflow` writes, `ridgeflow plot` draws."""

    program = None  # run_tests.py --program

    def setUp(self):
        super().setUp()
        if self.program is None:
            self.skipTest("no --program")

    def ridgeflow(self, *words):
        subprocess.run([self.program, *words, "--force"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def plots(self, path):
        """`ridgeflow plot` gives a PNG, an SVG and a PDF of the file at `path`."""
        self.ridgeflow("plot", path)
        self.are_pictures(path)
