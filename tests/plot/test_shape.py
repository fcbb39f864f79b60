"""The second picture of a result file with cumulants."""
import os

import make_result
import numpy as np
from make_result import power_law
from support import PlotCase

from ridgeflow_pictures.result import Result
from ridgeflow_pictures.shape import GROUPS, Shape, averaged, draw_shape, shape_headings
from ridgeflow_pictures.style import plt


class DrawsShape(PlotCase):
    """What was measured beyond two moments is a second figure."""

    def groups(self, modes=100):
        study = power_law(modes)
        return {**make_result.datasets(study), **make_result.shape_datasets(study)}

    def write(self, groups):
        path = self.path("result.nc")
        make_result.write(groups, path)
        return path

    def test_second_picture(self):
        for modes in (1, 7, 300):
            status, out, err = self.run_plot(self.write(self.groups(modes)), "--force")
            self.assertEqual((status, err), (0, ""))
            self.assertEqual([os.path.basename(path) for path in out.split()],
                             [f"result{part}.{extension}" for part in ("", "_shape") for extension in ("png", "svg", "pdf")])
            os.remove(self.path("result.nc"))

    def test_averages_by_hand(self):
        place, value, error = averaged(np.array([1, 2]), np.array([3.0, 5.0]), np.array([1.0, 2.0]))
        self.assertEqual((list(place), list(value), list(error)), ([1, 2], [3, 5], [1, 2]))
        place, value, error = averaged(np.arange(1, 1001), np.ones(1000), np.full(1000, 2.0))
        self.assertLessEqual(value.size, GROUPS)
        np.testing.assert_allclose(value, 1)
        self.assertAlmostEqual(np.sum(4 / error**2), 1000)  # every mode is in one group
        value = averaged(np.arange(1, 3), np.array([1.0, np.nan]), np.array([1.0, 1.0]))[1]
        self.assertEqual(list(value), [1])  # a mode that was not measured is left out

    def test_panels_hold_what_the_file_says(self):
        shape = Shape(Result(self.write(self.groups())))
        self.assertTrue(shape.measured)
        figure = draw_shape(shape)
        self.addCleanup(plt.close, figure)
        kurtosis, density, skewness, deviations = figure.axes
        self.assertIn("kurtosis", kurtosis.get_ylabel())
        self.assertIn("skewness", skewness.get_ylabel())
        self.assertEqual(density.get_yscale(), "log")
        bins = shape.size["expected"].values >= 10
        points = deviations.get_lines()[-1].get_ydata()
        self.assertEqual(points.size, np.count_nonzero(bins))
        self.assertLess(np.max(np.abs(points)), 5)
        self.assertIn("kappa_4", shape_headings(shape)[1])

    def test_half_a_result_is_refused(self):
        for group, name in (("cumulants", "exact_kappa4"), ("size_distribution", "expected")):
            groups = self.groups()
            groups[group] = groups[group].drop_vars(name)
            self.refuses(self.write(groups), group, name)
            os.remove(self.path("result.nc"))
        groups = self.groups()
        groups["cumulants"] = groups["cumulants"].isel(mode=slice(5))
        self.refuses(self.write(groups), "cumulants", "differ in length")
