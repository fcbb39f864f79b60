"""The picture of the flows scale by scale: drawn for what the file may lack, refused in one line otherwise."""
import make_relevance
import numpy as np
from support import JsonCase, ProgramCase

from ridgeflow_pictures.relevance import Relevance, draw_relevance


class DrawsRelevance(JsonCase):
    stem, maker, reader, painter = "relevance", make_relevance, Relevance, staticmethod(draw_relevance)

    def test_whole(self):
        self.draws_pictures(self.write_made(make_relevance.study()))

    def test_the_numbers_of_the_file(self):
        made = make_relevance.study()
        ridge, quartic, sextic, errors, vertices, felt = self.made_figure(made).axes
        for panel, coupling in ((ridge, "r"), (quartic, "U"), (sextic, "W")):
            for line, flow in zip(panel.get_lines(), ("functional", "first", "next")):
                np.testing.assert_array_equal(line.get_xdata(), np.arange(1, make_relevance.M + 1))
                np.testing.assert_array_equal(line.get_ydata(), made["scales"][f"{flow}_{coupling}"])
        slope = np.abs(made["scales"]["first_slope_error"])
        np.testing.assert_array_equal(errors.get_lines()[0].get_ydata()[:-1], slope[:-1])
        self.assertTrue(np.isnan(errors.get_lines()[0].get_ydata()[-1]))  # no error at the last mode: none is drawn
        curve = made["vertices"][0]
        np.testing.assert_allclose(vertices.get_lines()[0].get_ydata(),
                                   np.array(curve["first"]) / curve["functional"] - 1)
        np.testing.assert_allclose(felt.get_lines()[0].get_ydata(),
                                   np.array(curve["functional"]) / curve["functional"][0] - 1)
        self.assertTrue(any(text.get_text() == "$k^*$" for text in ridge.texts))

    def test_samples_of_a_check(self):
        made = make_relevance.study(checked=True)
        figure = self.made_figure(made)
        self.nothing_overlaps(figure)
        check = figure.axes[5]
        drawn = {line.get_label(): line for line in check.get_lines()}
        for what, label in (("mean", "means, $p=0.40$"), ("variance", "variances, $p<10^{-3}$")):
            np.testing.assert_array_equal(drawn[label].get_ydata(), made["check"]["small_against_large"][what]["z"])
            self.assertGreater(check.get_ylim()[1], 5.5)

    def test_what_a_study_may_lack(self):
        made = make_relevance.study(w=0.3)
        made["small_systems"] = [{"order": order, "failure": "breaks down"} for order in ("first", "next")]
        self.made_figure(made).canvas.draw()
        made = make_relevance.study()
        made["small_systems"][0] = {"order": "first", "failure": "breaks down"}
        for name in made["scales"]:
            if "error" in name or name.endswith("_W"):
                made["scales"][name] = [0.0] * make_relevance.M  # no interaction
        made["scales"]["next_curvature_error"][3] = None
        self.made_figure(made).canvas.draw()

    def test_no_text_runs_into_another_or_out_of_the_figure(self):
        self.nothing_overlaps(self.made_figure(make_relevance.study()))

    def test_refuses_what_it_cannot_read(self):
        for key in ("model", "scales", "vertices", "small_systems"):
            made = make_relevance.study()
            del made[key]
            self.refuses(self.write_made(made), "cannot be read", key)
        made = make_relevance.study()
        made["scales"]["next_W"].pop()
        self.refuses(self.write_made(made), "one number a mode")
        made = make_relevance.study()
        made["vertices"] = []
        self.refuses(self.write_made(made), "one number a mode")


class FromTheProgram(ProgramCase):
    def test_from_relevance_to_picture(self):
        path = self.path("study.json")
        self.ridgeflow("relevance", "--samples", "20", "--out", path)
        self.plots(path)
