"""The picture of a run that was stopped says how much of it there is, whatever the kind of the file."""
import json
import signal
import subprocess
import time

import make_flow
import make_relevance
import make_result
import make_transfer
from make_result import power_law
from support import PlotCase, ProgramCase

import ridgeflow_plot
from ridgeflow_pictures import partial
from ridgeflow_pictures.options import Options
from ridgeflow_pictures.style import BadResult, plt

WORDS = "partial: stopped after 120 of 3907 draws a chain"
LENGTH = {"draws_per_chain": 3907, "draws_per_chain_done": 120, "partial": True}


def marks(figure):
    return [text.get_text() for text in figure.texts if text.get_gid() == partial.MARK]


class Marked(PlotCase):
    def figures(self, path, options=None):
        figures = [figure for figure, _ in ridgeflow_plot.figures_of(path, options or Options())]
        for figure in figures:
            self.addCleanup(plt.close, figure)
        return figures

    def result(self, shape=False, **attributes):
        path = self.path("result.nc")
        study = power_law(40)
        groups = make_result.datasets(study)
        groups["/"] = groups["/"].assign_attrs(**attributes)
        groups["sample_stats"] = groups["sample_stats"].assign(draws_per_chain=3907.0, draws_per_chain_done=120.0)
        if shape:
            groups.update(make_result.shape_datasets(study))
        make_result.write(groups, path)
        return path

    def test_results(self):
        for figure in self.figures(self.result(shape=True, partial=1)):
            self.assertEqual(marks(figure), [WORDS])
            self.nothing_overlaps(figure)
        for whole in (self.result(), self.result(partial=0)):
            self.assertEqual([marks(figure) for figure in self.figures(whole)], [[]])

    def test_nothing_else_changes(self):
        (whole,), (part,) = self.figures(self.result()), self.figures(self.result(partial=1))
        for figure in (whole, part):
            figure.canvas.draw()
        for one, other in zip(whole.axes, part.axes):
            for before, after in zip(one.get_window_extent().bounds, other.get_window_extent().bounds):
                self.assertAlmostEqual(before, after, places=6)
        one, other = (figure.legends[0].get_window_extent().bounds for figure in (whole, part))
        for before, after in zip(one, other):
            self.assertAlmostEqual(before, after, places=4)
        self.assertAlmostEqual(part.get_size_inches()[1], whole.get_size_inches()[1] + partial.HEIGHT)

    def test_the_users_title_and_size_do_not_hide_it(self):
        figure, = self.figures(self.result(partial=1), Options(title="Mine", size=(6.0, 5.0)))
        self.assertEqual(marks(figure), [WORDS])
        self.assertIn("Mine", [text.get_text() for text in figure.texts])
        self.assertEqual(tuple(figure.get_size_inches()), (6.0, 5.0))

    def test_checks(self):
        transfer, flow, relevance = make_transfer.check(), make_flow.study(), make_relevance.study(checked=True)
        for system in transfer["check"]["systems"]:
            system["run"].update(LENGTH)
        flow["second_cutoff"]["sampled"] = dict(LENGTH)
        relevance["check"]["large"] = dict(LENGTH)
        for made in (transfer, flow, relevance):
            with self.subTest(made["kind"]):
                path = self.path(made["kind"] + ".json")
                make_flow.write(made, path)
                for figure in self.figures(path):
                    self.assertEqual(marks(figure), [WORDS])
                    self.nothing_overlaps(figure)

    def test_a_damaged_mark_is_refused(self):
        path = self.path("flow.json")
        made = make_flow.study()
        made["second_cutoff"]["sampled"] = {"partial": True, "draws_per_chain": None}
        make_flow.write(made, path)
        self.refuses(path, "cannot be drawn")
        path = self.path("result.nc")
        groups = make_result.datasets(power_law(20))
        groups["/"] = groups["/"].assign_attrs(partial=1)
        make_result.write(groups, path)
        with self.assertRaises(BadResult):
            ridgeflow_plot.figures_of(path, Options())


class FromTheProgram(ProgramCase):
    """What a stopped run writes, of every kind, is marked."""

    LONG = ("--kappa", "4", "--u", "0.3", "--draws", "1e13", "--chains", "64", "--backend", "cpu", "--threads", "1")

    def stopped(self, name, *words):
        """The result of a run that takes hours, stopped once it has begun."""
        path = self.path(name)
        run = subprocess.Popen([self.program, *words, *self.LONG, "--out", path], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
        for line in run.stderr:
            if "from the system" in line:  # the seed: said just before the sampling
                break
        time.sleep(0.7)
        run.send_signal(signal.SIGINT)
        run.communicate()
        self.assertEqual(run.returncode, 130)
        return path

    def test_every_kind(self):
        for name, *words in (("result.nc", "compare", "--samples", "12"),
                             ("sweep.nc", "compare", "--samples", "8,12"),
                             ("transfer.json", "transfer", "--samples", "12", "--to", "6", "--check"),
                             ("curve.json", "curve", "--check", "--check-at", "10,12"),
                             ("flow.json", "flow", "--samples", "12", "--check"),
                             ("relevance.json", "relevance", "--samples", "12", "--to", "6", "--check")):
            with self.subTest(name):
                path = self.stopped(name, *words)
                said = partial.remark(path)
                self.assertRegex(said, r"^partial: stopped after [1-9]\d* of 156250000000 draws a chain$"
                                 if name != "sweep.nc" else
                                 "^partial: of 2 systems 0 are whole, 2 have a part of their draws and 0 none$")
                self.ridgeflow("plot", path, "--format", "svg")
                for figure, _ in ridgeflow_plot.figures_of(path, Options()):
                    self.addCleanup(plt.close, figure)
                    self.assertEqual(marks(figure), [said])
                    self.nothing_overlaps(figure)

    def test_whole_ones_are_not(self):
        path = self.path("flow.json")
        self.ridgeflow("flow", "--samples", "12", "--check", "--draws", "6400", "--chains", "64", "--seed", "1",
                       "--backend", "cpu", "--out", path)
        with open(path, encoding="utf-8") as file:
            sampled = json.load(file)["second_cutoff"]["sampled"]
        self.assertEqual((sampled["draws_per_chain"], sampled["draws_per_chain_done"]), (100, 100))
        self.assertEqual(partial.remark(path), "")
