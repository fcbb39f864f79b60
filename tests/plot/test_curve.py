"""The picture of a learning curve: drawn with and without samples, refused in one line otherwise."""
import make_curve
import numpy as np
from support import JsonCase, ProgramCase

from ridgeflow_pictures.curve import Curve, draw_curve


class DrawsCurve(JsonCase):
    stem, maker, reader, painter = "curve", make_curve, Curve, staticmethod(draw_curve)

    def lines(self, panel):
        return {line.get_label(): line for line in panel.get_lines()}

    def test_whole(self):
        self.draws_pictures(self.write_made(make_curve.curve()))

    def test_the_numbers_of_the_file(self):
        made = make_curve.curve()
        loss, deviation, slopes, correction, shift = self.made_figure(made).axes
        points = made["points"]
        np.testing.assert_allclose(self.lines(loss)["exact"].get_ydata(), points["loss_exact"])
        np.testing.assert_allclose(self.lines(loss)["GP bias"].get_ydata(), points["bias"])
        sampled = loss.containers[0].lines[0]
        np.testing.assert_allclose(sampled.get_xdata(), [10, 100])
        np.testing.assert_allclose(sampled.get_ydata(), [row["loss"] for row in made["check"]["points"]])
        z = deviation.get_lines()[-1].get_ydata()
        np.testing.assert_allclose(z, 0.5)  # 1.0001 and 2e-4
        np.testing.assert_allclose(self.lines(slopes)["variance, tail added"].get_ydata(), -0.2 / 1.2)
        np.testing.assert_allclose(self.lines(correction)["exact"].get_ydata(), np.abs(points["correction"]))
        np.testing.assert_allclose(self.lines(shift)["tree, $M=P$"].get_ydata(), points["ridge_shift_tree"])
        guides = [line for line in correction.get_lines() if line.get_color() == "#7a7a7a"]
        exponents = [np.diff(np.log(line.get_ydata()[[0, -1]]))[0] / np.diff(np.log(line.get_xdata()[[0, -1]]))[0]
                     for line in guides]
        np.testing.assert_allclose(sorted(exponents), [-0.25, -0.2 / 1.2])

    def test_what_a_curve_may_lack(self):
        self.assertEqual(len(self.made_figure(make_curve.curve(check_at=())).axes), 4)
        self.made_figure(make_curve.curve(u=0.0)).canvas.draw()
        self.made_figure(make_curve.curve(samples=(10, 20), check_at=(20,))).canvas.draw()
        made = make_curve.curve()
        made["points"]["loss_wilson"] = [None] * 4  # the decimation broke down
        made["points"]["ridge_shift"] = [None] * 4
        self.made_figure(made).canvas.draw()

    def test_no_text_runs_into_another_or_out_of_the_figure(self):
        for made in (make_curve.curve(), make_curve.curve(check_at=())):
            self.nothing_overlaps(self.made_figure(made))

    def test_refuses_what_it_cannot_read(self):
        for key in ("points", "asymptotic_exponents", "check", "kappa"):
            made = make_curve.curve()
            del made[key]
            self.refuses(self.write_made(made), "cannot be read", key)
        made = make_curve.curve()
        del made["points"]["correction"]
        self.refuses(self.write_made(made), "correction")
        made = make_curve.curve()
        made["points"]["bias"].pop()
        self.refuses(self.write_made(made), "as many of each column")
        self.refuses(self.write_made(make_curve.curve(samples=(10,), check_at=())), "two points")
        self.refuses(self.write_made(make_curve.curve(samples=(100, 10))), "ascend")


class FromTheProgram(ProgramCase):
    def test_from_curve_to_picture(self):
        path = self.path("learning.json")
        self.ridgeflow("curve", "--to", "300", "--points", "5", "--check", "--check-at", "10,30", "--chains", "64",
                       "--draws", "6400", "--seed", "1", "--backend", "cpu", "--out", path)
        self.plots(path)
