"""The picture of a sweep: what the program writes for grids of one, two and three axes."""
import netCDF4
import numpy as np
from support import ProgramCase

from ridgeflow_pictures.options import Options
from ridgeflow_pictures.style import plt
from ridgeflow_pictures.sweep import Sweep, draw_sweep, headings, pictures


class DrawsSweeps(ProgramCase):
    SMALL = ("--kappa", "3", "--draws", "64000", "--chains", "64", "--backend", "cpu")

    def sweep(self, *words, verb="compare"):
        path = self.path("sweep.nc")
        self.ridgeflow(verb, *words, *(self.SMALL if verb == "compare" else ()),
                       *(() if "--seed" in words else ("--seed", "4")), "--out", path)
        return path

    def figure(self, path):
        figure = draw_sweep(Sweep(path))
        self.addCleanup(plt.close, figure)
        self.nothing_overlaps(figure)
        return figure

    def test_one_axis(self):
        path = self.sweep("--samples", "12", "--u", "0.01:1:4:log")
        sweep = Sweep(path)
        self.assertEqual((sweep.abscissa, sweep.series, sweep.systems), ("u", None, 4))
        loss, misses, p = self.figure(path).axes
        self.assertEqual(loss.get_xscale(), "log")
        with netCDF4.Dataset(path) as file:  # the points are half of <R>
            points = 0.5 * file["sample_stats"]["mean_size"][:]
        np.testing.assert_allclose(loss.containers[0].lines[0].get_ydata(), points)
        self.assertIn("exact", misses.get_ylabel())
        self.assertEqual(sum(np.size(line.get_xdata()) > 0 for line in p.get_lines()), 2 + 1)  # means, variances, the bound

    def test_the_longest_axis_is_the_abscissa_and_the_next_one_colours(self):
        path = self.sweep("--samples", "6,12,20", "--u", "0.1,0.2", "--step", "0.01,0.02")
        sweep = Sweep(path)
        self.assertEqual((sweep.abscissa, sweep.series, sweep.fixed), ("samples", "u", {"step": 0.01}))
        self.assertEqual(sweep.value.shape, (2, 3))
        with netCDF4.Dataset(path) as file:
            self.assertEqual(file["sample_stats"].variables["mean_size"].dimensions, ("samples", "u", "step"))
            self.assertEqual(sweep.value[1, 2], 0.5 * file["sample_stats"]["mean_size"][2, 1, 0])
        self.assertIn("$h=0.01$", headings(sweep)[0])
        self.figure(path)
        drawn = pictures(path, Options())  # a figure for each value of the third axis
        for figure, _ in drawn:
            self.addCleanup(plt.close, figure)
        self.assertEqual([suffix for _, suffix in drawn], ["_step=0.01", "_step=0.02"])
        with netCDF4.Dataset(path) as file:
            self.assertEqual(Sweep(path, figure=1).value[1, 2], 0.5 * file["sample_stats"]["mean_size"][2, 1, 1])

    def test_figures_of_values_that_differ_little_have_names_of_their_own(self):
        drawn = pictures(self.sweep("--samples", "6,12", "--u", "0.1,0.2", "--step", "0.01,0.010000001"), Options())
        for figure, _ in drawn:
            self.addCleanup(plt.close, figure)
        self.assertEqual([suffix for _, suffix in drawn], ["_step=0.01", "_step=0.010000001"])

    def test_seeds_are_names_not_numbers(self):
        path = self.sweep("--samples", "12", "--seed", "9000000000000000001,5,77")
        figure = self.figure(path)
        self.assertEqual(figure.axes[0].get_xscale(), "linear")
        np.testing.assert_array_equal(Sweep(path).x, [1, 2, 3])
        self.assertIn("number in the file", figure.axes[0].get_xlabel())

    def test_a_biased_sampler_is_not_the_theories(self):
        path = self.sweep("--samples", "12", "--u", "0.1,1", "--integrator", "euler", "--step", "0.01")
        sweep = Sweep(path)
        misses = self.figure(path).axes[1]
        wilson = next(line for line in misses.get_lines() if line.get_linestyle() == "-")
        np.testing.assert_allclose(wilson.get_ydata(), np.abs(sweep.loss["wilson"][0] / sweep.exact[0] - 1))

    def test_p_beyond_the_edge_is_marked(self):
        path = self.sweep("--samples", "12", "--u", "0.1,1", "--integrator", "euler", "--step", "0.01")
        p = self.figure(path).axes[2]
        self.assertTrue(any(line.get_marker() == "v" and line.get_xdata().size for line in p.get_lines()))
        self.assertTrue(any("less than" in text.get_text() for text in p.texts))

    def test_losses_of_a_smaller_system_end_with_its_modes(self):
        sweep = Sweep(self.sweep("--samples", "6,12", "--u", "0.1"))
        alone = Sweep(self.sweep("--samples", "6,7", "--u", "0.1"))
        self.assertAlmostEqual(sweep.loss["exact"][0, 0], alone.loss["exact"][0, 0], places=14)

    def test_predictions_alone(self):
        path = self.sweep("--u", "0.1,0.2", "--samples", "10", verb="predict")
        self.assertEqual(headings(Sweep(path))[1], "predictions alone")
        loss, misses = self.figure(path).axes
        self.assertEqual(loss.get_xscale(), "linear")
        self.assertIn("exact", misses.get_ylabel())

    def test_the_program_draws_it(self):
        self.plots(self.sweep("--samples", "6,12", "--theory", "exact"))

    def test_refuses_what_is_no_sweep(self):
        path = self.path("other.nc")
        with netCDF4.Dataset(path, "w") as file:
            file.kind, file.axes = "sweep", "kappa"
            file.createGroup("prediction")
        self.refuses(path, "no axes of a sweep")
