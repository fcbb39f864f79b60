"""The picture of a step-size study: drawn for what one may lack, refused in one line otherwise."""
import make_bias
import numpy as np
from support import JsonCase, ProgramCase

from ridgeflow_pictures.bias import Bias, draw_bias


class DrawsBias(JsonCase):
    stem, maker, reader, painter = "bias", make_bias, Bias, staticmethod(draw_bias)

    def bias_figure(self, made):
        figure = self.made_figure(made)
        figure.canvas.draw()
        return figure

    def test_whole(self):
        self.draws_pictures(self.write_made(make_bias.study()))

    def test_the_numbers_of_the_file(self):
        made = make_bias.study()
        worst, size, equal, _ = self.bias_figure(made).axes
        drawn = {container.get_label(): container for container in worst.containers}
        rows = [row for row in made["points"] if row["integrator"] == "euler"]
        np.testing.assert_allclose(drawn["euler"].lines[0].get_xdata(), [row["relaxations"] for row in rows])
        np.testing.assert_allclose(drawn["euler"].lines[0].get_ydata(),
                                   [row["variance_worst"]["value"] for row in rows])
        self.assertEqual(drawn["adjusted"].lines[0].get_xdata().size, 0)  # nowhere resolved: bounds
        laws = [line for line in size.get_lines() if line.get_linestyle() == "-" and line.get_xdata().size == 2]
        slopes = sorted(np.diff(np.log(line.get_ydata()))[0] / np.diff(np.log(line.get_xdata()))[0] for line in laws
                        if line.get_xdata()[0] != 0)
        np.testing.assert_allclose(slopes, [1.0, 2.0])
        points = [line for line in equal.get_lines() if line.get_linestyle() == "None"]
        np.testing.assert_allclose([line.get_xdata()[0] for line in points], [2e6, 1e6, 1e4, 2e4])  # the fastest first
        self.assertEqual(len({(line.get_color(), line.get_marker()) for line in points}), 4)  # each its own, as in the other panels

    def test_what_a_study_may_lack(self):
        made = make_bias.study()
        made["laws"] = [{"integrator": "euler", "quantity": "size_variance", "resolved": False}]
        self.bias_figure(made)
        made["points"][3] = {**made["points"][3], "diverged": 3}
        made["points"] = [row for row in made["points"] if row["integrator"] != "adjusted"]
        self.bias_figure(made)
        made["reference"]["diverged"] = 2
        self.bias_figure(made)
        for row in made["points"]:
            row["integrator"] = row["integrator"].replace("strang", "newcomer")
        self.bias_figure(made)

    def test_no_text_runs_into_another_or_out_of_the_figure(self):
        self.nothing_overlaps(self.made_figure(make_bias.study()))

    def test_refuses_what_it_cannot_read(self):
        for key in ("points", "laws", "equal_bias", "model", "reference", "target"):
            made = make_bias.study()
            del made[key]
            self.refuses(self.write_made(made), "cannot be read", key)
        made = make_bias.study()
        made["points"] = []
        self.refuses(self.write_made(made), "holds no run")
        made = make_bias.study()
        del made["points"][0]["variance_worst"]["limit"]
        self.refuses(self.write_made(made), "limit")


class FromTheProgram(ProgramCase):
    def test_from_bias_to_picture(self):
        path = self.path("study.json")
        self.ridgeflow("bias", "--samples", "20", "--chains", "64", "--draws", "6400", "--count", "3", "--seed", "1",
                       "--backend", "cpu", "--out", path)
        self.plots(path)
