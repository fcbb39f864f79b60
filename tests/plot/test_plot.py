#!/usr/bin/env python3
"""The pictures of a result file, of a profile and of a step-size study: drawn for the standard run and for what a user's own spectrum or
machine may bring, refused in one line otherwise. Exit status 77 where a library is missing."""
import contextlib
import importlib.util
import io
import os
import subprocess
import sys
import tempfile
import unittest

try:
    import matplotlib  # noqa: F401
    import netCDF4  # noqa: F401
    import numpy as np
    import xarray as xr  # noqa: F401
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPT = os.path.join(HERE, "..", "..", "share", "ridgeflow", "ridgeflow_plot.py")
REFERENCE = os.path.join(HERE, "..", "data", "reference")


def load(name, path):
    specification = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


make_result = load("make_result", os.path.join(HERE, "make_result.py"))
make_profile = load("make_profile", os.path.join(HERE, "make_profile.py"))
make_bias = load("make_bias", os.path.join(HERE, "make_bias.py"))
plot = load("ridgeflow_plot", SCRIPT)


def power_law(modes, y=None):
    k = np.arange(1.0, modes + 1)
    return make_result.simple_study(k**1.2, k**-0.65 if y is None else y, modes, 2.0, 0.1)


class PlotCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, groups):
        path = self.path("result.nc")
        make_result.write(groups, path)
        return path

    def run_plot(self, *arguments):
        """Exit status, stdout and stderr of the program, in this process."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = plot.main(list(arguments))
            except SystemExit as stop:  # argparse
                status = stop.code
        return status, out.getvalue(), err.getvalue()

    def draws_pictures(self, path):
        """Draws the file at `path`: a PNG and an SVG beside it."""
        status, out, err = self.run_plot(path)
        self.assertEqual((status, err), (0, ""))
        pictures = [os.path.splitext(path)[0] + extension for extension in (".png", ".svg")]
        self.assertEqual(out.split(), pictures)
        for name, start in zip(pictures, (b"\x89PNG", b"<?xml")):
            with open(name, "rb") as picture:
                self.assertTrue(picture.read(8).startswith(start), name)

    def draws(self, groups):
        self.draws_pictures(self.write(groups))
        self.assertEqual(sorted(os.listdir(self.folder)), ["result.nc", "result.png", "result.svg"])

    def refuses(self, path, *words):
        status, out, err = self.run_plot(path)
        self.assertEqual((status, out), (2, ""), err)
        self.assertEqual(err.count("\n"), 1, err)
        for word in words:
            self.assertIn(word, err)

    def figure(self, groups):
        figure = plot.draw(plot.Result(self.write(groups)))
        self.addCleanup(plot.plt.close, figure)
        return figure


class Draws(PlotCase):
    def test_standard_run(self):
        self.draws(make_result.datasets(make_result.read_reference(os.path.join(REFERENCE, "fig3.csv"))))

    def test_one_mode(self):
        self.draws(make_result.datasets(power_law(1)))

    def test_a_few_modes_with_a_zero_mean(self):
        self.draws(make_result.datasets(power_law(3, np.array([1.0, -0.5, 0.0]))))

    def test_every_mean_zero(self):
        self.draws(make_result.datasets(power_law(50, np.zeros(50))))

    def test_negative_targets(self):
        signs = np.where(np.arange(100) % 3 == 0, -1.0, 1.0)
        groups = make_result.datasets(power_law(100, signs * np.arange(1.0, 101) ** -0.65))
        self.draws(groups)
        axes = self.figure(groups).axes
        self.assertIn("|", axes[0].get_ylabel())
        self.assertIn("measured $<0$", axes[0].get_legend_handles_labels()[1])

    def test_rough_spectrum(self):
        y = np.random.default_rng(2).lognormal(0, 2, 300)
        self.draws(make_result.datasets(power_law(300, y)))

    def test_not_a_number(self):
        groups = make_result.datasets(power_law(60))
        groups["moments"]["tau_int"][:] = np.nan
        groups["moments"]["mcse_mean"][3] = np.nan
        groups["moments"]["variance"][5:9] = np.nan
        groups["prediction"]["mean"].loc["wilson", :20] = np.nan
        groups["prediction"]["variance"].loc["wilson", :20] = np.nan
        groups["comparison"]["p_mean"].loc["wilson"] = np.nan
        self.draws(groups)

    def test_everything_not_a_number(self):
        groups = make_result.datasets(power_law(20))
        for name in groups["moments"].data_vars:
            groups["moments"][name][:] = np.nan
        self.draws(groups)

    def test_first_order_below_zero(self):
        groups = make_result.datasets(power_law(40))
        groups["prediction"]["variance"].loc["first_order"] *= -1
        self.draws(groups)

    def test_any_choice_of_theories(self):
        groups = make_result.datasets(power_law(40))
        for names in (["exact"], ["gp", "wilson"], ["hartree"], ["saddle"], ["gp", "exact"]):
            with self.subTest(theories=names):
                some = {name: group.sel(theory=names) if "theory" in group.dims else group
                        for name, group in groups.items()} if names != ["saddle"] else dict(groups)
                if names == ["saddle"]:  # one that has neither curve nor rank as a reference
                    only = groups["prediction"].sel(theory=["hartree"])
                    some["prediction"] = only.assign_coords(theory=("theory", np.array(names, dtype=object)))
                self.draws(some)
                os.remove(self.path("result.nc"))

    def test_a_prediction_alone(self):
        groups = make_result.datasets(power_law(40))
        del groups["comparison"], groups["sample_stats"], groups["moments"]
        self.draws(groups)
        figure = self.figure(groups)
        self.assertNotIn("measured", [text.get_text() for text in figure.legends[0].get_texts()])

    def test_without_comparison_and_statistics(self):
        groups = make_result.datasets(power_law(40))
        del groups["comparison"], groups["sample_stats"]
        self.draws(groups)

    def test_out(self):
        path = self.write(make_result.datasets(power_law(10)))
        status, out, _ = self.run_plot(path, "--out", self.path("other"))
        self.assertEqual(status, 0)
        self.assertEqual(out.split(), [self.path("other.png"), self.path("other.svg")])

    def test_same_file_same_picture(self):
        path = self.write(make_result.datasets(power_law(10)))
        pictures = []
        for name in ("one", "two"):
            self.run_plot(path, "--out", self.path(name))
            with open(self.path(name + ".svg"), "rb") as picture:
                pictures.append(picture.read())
        self.assertEqual(*pictures)


class Shows(PlotCase):
    def test_the_numbers_of_the_file(self):
        groups = make_result.datasets(power_law(100))
        axes = self.figure(groups).axes
        drawn = {line.get_label(): line for line in axes[0].get_lines()}
        wilson = groups["prediction"]["mean"].sel(theory="wilson").values
        np.testing.assert_allclose(drawn["Wilson RG"].get_ydata(), 10.0 * wilson)
        drawn = {line.get_label(): line for line in axes[1].get_lines()}
        exact = groups["prediction"]["variance"].sel(theory="exact").values
        np.testing.assert_allclose(drawn["exact"].get_ydata(), 100.0 * exact)
        drawn = {line.get_label(): line for line in axes[2].get_lines()}
        exact = groups["prediction"]["mean"].sel(theory="exact").values
        np.testing.assert_allclose(drawn["exact"].get_ydata(), exact / wilson - 1)

    def test_symmetric_residual(self):
        axes = self.figure(make_result.datasets(power_law(100))).axes
        for panel in axes[2:]:
            low, high = panel.get_ylim()
            self.assertEqual(low, -high)
            self.assertEqual(panel.get_yscale(), "linear")

    def test_no_text_runs_into_another_or_out_of_the_figure(self):
        signs = np.where(np.arange(100) % 3 == 0, -1.0, 1.0)  # the longest legend
        figure = self.figure(make_result.datasets(power_law(100, signs * np.arange(1.0, 101) ** -0.65)))
        figure.canvas.draw()
        boxes = [text.get_window_extent() for text in figure.texts] + [figure.legends[0].get_window_extent()]
        for axes in figure.axes:
            boxes += [axes.get_window_extent(), axes.yaxis.label.get_window_extent()]
            if axes.xaxis.label.get_text():
                boxes.append(axes.xaxis.label.get_window_extent())
        width, height = figure.canvas.get_width_height()
        for i, box in enumerate(boxes):
            self.assertTrue(box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, box)
            for other in boxes[:i]:
                self.assertFalse(box.padded(-2).overlaps(other), (box, other))


class Refuses(PlotCase):
    def test_no_file(self):
        self.refuses(self.path("nothing.nc"), "nothing.nc", "no such file")

    def test_not_netcdf(self):
        path = self.path("text.nc")
        with open(path, "w", encoding="utf-8") as file:
            file.write("k,a,y\n1,1,1\n")
        self.refuses(path, "not a netCDF-4 file")

    def test_missing_groups(self):
        for name in ("constant_data", "prediction"):
            groups = make_result.datasets(power_law(10))
            del groups[name]
            self.refuses(self.write(groups), "no group " + name)
            os.remove(self.path("result.nc"))

    def test_missing_variables(self):
        for group, name in (("moments", "mcse_variance"), ("prediction", "variance"), ("constant_data", "samples")):
            groups = make_result.datasets(power_law(10))
            groups[group] = groups[group].drop_vars(name)
            self.refuses(self.write(groups), group, name)
            os.remove(self.path("result.nc"))

    def test_sizes_that_differ(self):
        groups = make_result.datasets(power_law(10))
        groups["moments"] = groups["moments"].isel(mode=slice(4))
        self.refuses(self.write(groups), "4 modes", "10")

    def test_usage(self):
        self.assertEqual(self.run_plot()[0], 2)
        self.assertEqual(self.run_plot("a.nc", "--no-such-flag")[0], 2)

    def test_unwritable(self):
        path = self.write(make_result.datasets(power_law(10)))
        status, _, err = self.run_plot(path, "--out", self.path("no/such/folder/x"))
        self.assertEqual(status, 4)
        self.assertIn("cannot write", err)


class Shape(PlotCase):
    """What was measured beyond two moments is a second figure."""

    def groups(self, modes=100):
        study = power_law(modes)
        return {**make_result.datasets(study), **make_result.shape_datasets(study)}

    def test_second_picture(self):
        for modes in (1, 7, 300):
            status, out, err = self.run_plot(self.write(self.groups(modes)))
            self.assertEqual((status, err), (0, ""))
            self.assertEqual([os.path.basename(path) for path in out.split()],
                             ["result.png", "result.svg", "result_shape.png", "result_shape.svg"])
            os.remove(self.path("result.nc"))

    def test_averages_by_hand(self):
        place, value, error = plot.averaged(np.array([1, 2]), np.array([3.0, 5.0]), np.array([1.0, 2.0]))
        self.assertEqual((list(place), list(value), list(error)), ([1, 2], [3, 5], [1, 2]))
        place, value, error = plot.averaged(np.arange(1, 1001), np.ones(1000), np.full(1000, 2.0))
        self.assertLessEqual(value.size, plot.GROUPS)
        np.testing.assert_allclose(value, 1)
        self.assertAlmostEqual(np.sum(4 / error**2), 1000)  # every mode is in one group
        value = plot.averaged(np.arange(1, 3), np.array([1.0, np.nan]), np.array([1.0, 1.0]))[1]
        self.assertEqual(list(value), [1])  # a mode that was not measured is left out

    def test_panels_hold_what_the_file_says(self):
        result = plot.Result(self.write(self.groups()))
        self.assertTrue(result.has_shape())
        figure = plot.draw_shape(result)
        self.addCleanup(plot.plt.close, figure)
        kurtosis, density, skewness, deviations = figure.axes
        self.assertIn("kurtosis", kurtosis.get_ylabel())
        self.assertIn("skewness", skewness.get_ylabel())
        self.assertEqual(density.get_yscale(), "log")
        bins = result.size["expected"].values >= 10
        points = deviations.get_lines()[-1].get_ydata()
        self.assertEqual(points.size, np.count_nonzero(bins))
        self.assertLess(np.max(np.abs(points)), 5)
        self.assertIn("kappa_4", plot.shape_headings(result)[1])

    def test_half_a_result_is_refused(self):
        for group, name in (("cumulants", "exact_kappa4"), ("size_distribution", "expected")):
            groups = self.groups()
            groups[group] = groups[group].drop_vars(name)
            self.refuses(self.write(groups), group, name)
            os.remove(self.path("result.nc"))
        groups = self.groups()
        groups["cumulants"] = groups["cumulants"].isel(mode=slice(5))
        self.refuses(self.write(groups), "cumulants", "differ in length")


class JsonCase(PlotCase):
    """What a verb writes as JSON: `made` by `maker`, read as `reader`, drawn by `painter`."""

    def write_made(self, made):
        path = self.path(self.stem + ".json")
        self.maker.write(made, path)
        return path

    def made_figure(self, made):
        figure = self.painter(self.reader(self.write_made(made)))
        self.addCleanup(plot.plt.close, figure)
        return figure


class ProfileCase(JsonCase):
    stem, maker, reader, painter = "profile", make_profile, plot.Profile, staticmethod(plot.draw_profile)


class DrawsProfile(ProfileCase):
    def renders(self, made):
        self.made_figure(made).canvas.draw()

    def test_whole(self):
        self.draws_pictures(self.write_made(make_profile.profile()))

    def test_no_floor(self):
        made = make_profile.profile()
        for sweep in ("by_size", "by_chains", "by_integrator"):
            for row in made[sweep]:
                row.update(share_of_floor=None, floor_mode_updates_per_s=None, clock_hz=None, processor_share=None)
        self.renders(made)
        words = [text.get_text() for axes in self.made_figure(made).axes for text in axes.texts]
        self.assertIn("floor not known", words)

    def test_no_effective_samples(self):
        made = make_profile.profile()
        for row in made["by_integrator"]:
            row["effective_per_s"] = None
        self.renders(made)

    def test_a_single_point_an_axis(self):
        self.renders(make_profile.profile(sizes=(50,), chains=(64,), integrators=["adjusted"]))

    def test_no_sizes(self):
        self.renders(make_profile.profile(sizes=()))

    def test_above_the_floor(self):
        made = make_profile.profile()
        for row in made["by_size"]:
            row["share_of_floor"] = 1.3
        self.assertGreater(self.made_figure(made).axes[1].get_ylim()[1], 1.3)

    def test_a_gpu(self):
        made = {**make_profile.profile(), "backend": "cuda", "variant": "registers of warps, 32 threads a chain"}
        self.renders(made)

    def test_the_numbers_of_the_file(self):
        made = make_profile.profile()
        axes = self.made_figure(made).axes
        rate, share, size_cost, chain_cost, effective, floor = axes
        np.testing.assert_allclose(rate.get_lines()[0].get_ydata(), [r["mode_updates_per_s"] for r in made["by_size"]])
        np.testing.assert_allclose(rate.get_lines()[1].get_ydata(), make_profile.FLOOR)
        np.testing.assert_allclose(share.get_lines()[0].get_ydata(), [r["share_of_floor"] for r in made["by_size"]])
        np.testing.assert_allclose(size_cost.get_lines()[0].get_ydata(), [r["s_per_chain_step"] for r in made["by_size"]])
        np.testing.assert_allclose(chain_cost.get_lines()[0].get_xdata(), [r["chains"] for r in made["by_chains"]])
        np.testing.assert_allclose(effective.get_lines()[0].get_xdata(),
                                   [r["effective_per_s"] for r in made["by_integrator"]])
        np.testing.assert_allclose([bar.get_width() for bar in floor.patches],
                                   [r["share_of_floor"] for r in made["by_integrator"]])
        guide = size_cost.get_lines()[1]
        slope = np.diff(np.log(guide.get_ydata())) / np.diff(np.log(guide.get_xdata()))
        np.testing.assert_allclose(slope, 1)

    def test_title_says_what_other_programs_took(self):
        made = make_profile.profile()
        self.assertNotIn("beside", plot.profile_headings(plot.Profile(self.write_made(made)))[0])
        for row in made["by_integrator"]:
            row["processor_share"] = 0.5
        self.assertIn("50%", plot.profile_headings(plot.Profile(self.write_made(made)))[0])

    def test_no_text_runs_into_another_or_out_of_the_figure(self):
        figure = self.made_figure(make_profile.profile())
        figure.canvas.draw()
        boxes = list(text.get_window_extent() for text in figure.texts)
        for axes in figure.axes:
            boxes += [axes.get_window_extent(), axes.yaxis.label.get_window_extent(),
                      axes.xaxis.label.get_window_extent()]
        boxes = [box for box in boxes if box.width > 0]
        width, height = figure.canvas.get_width_height()
        for i, box in enumerate(boxes):
            self.assertTrue(box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, box)
            for other in boxes[:i]:
                self.assertFalse(box.padded(-2).overlaps(other), (box, other))


class RefusesProfile(ProfileCase):
    def refuses_text(self, text, *words):
        path = self.path("profile.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        self.refuses(path, *words)

    def test_not_json(self):
        self.refuses_text("{", "not JSON")
        self.refuses(self.path("nothing.json"), "no such file")

    def test_another_json(self):
        self.refuses_text("{}", "not what ridgeflow profile --out or bias --out writes")
        self.refuses_text("[1]", "not what ridgeflow profile --out or bias --out writes")

    def test_missing_parts(self):
        for sweep, words in (("by_size", "lacks the list by_size"), ("by_integrator", "lacks the list by_integrator")):
            made = make_profile.profile()
            del made[sweep]
            self.refuses(self.write_made(made), words)
        made = make_profile.profile()
        del made["by_chains"][1]["s_per_chain_step"]
        self.refuses(self.write_made(made), "by_chains", "s_per_chain_step")
        self.refuses(self.write_made(make_profile.profile(chains=())), "by_chains holds no timing")
        made = make_profile.profile()
        made["by_size"][0]["mode_updates_per_s"] = "fast"
        self.refuses(self.write_made(made), "by_size")
        made["by_size"][0]["mode_updates_per_s"] = 0
        self.refuses(self.write_made(made), "by_size", "not positive")


class DrawsBias(JsonCase):
    stem, maker, reader, painter = "bias", make_bias, plot.Bias, staticmethod(plot.draw_bias)

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
        np.testing.assert_allclose(drawn["euler"].lines[0].get_ydata(), [row["variance_worst"]["value"] for row in rows])
        self.assertEqual(drawn["adjusted"].lines[0].get_xdata().size, 0)  # nowhere resolved: bounds
        laws = [line for line in size.get_lines() if line.get_linestyle() == "-" and line.get_xdata().size == 2]
        slopes = sorted(np.diff(np.log(line.get_ydata()))[0] / np.diff(np.log(line.get_xdata()))[0] for line in laws
                        if line.get_xdata()[0] != 0)
        np.testing.assert_allclose(slopes, [1.0, 2.0])
        points = next(line for line in equal.get_lines() if line.get_marker() == "o")
        np.testing.assert_allclose(points.get_xdata(), [1e6, 1e4, 2e6, 2e4])

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
        figure = self.bias_figure(make_bias.study())
        boxes = [text.get_window_extent() for text in figure.texts] + [figure.legends[0].get_window_extent()]
        for axes in figure.axes:
            boxes += [axes.get_window_extent(), axes.yaxis.label.get_window_extent(),
                      axes.xaxis.label.get_window_extent()]
        boxes = [box for box in boxes if box.width > 0]
        width, height = figure.canvas.get_width_height()
        for i, box in enumerate(boxes):
            self.assertTrue(box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, box)
            for other in boxes[:i]:
                self.assertFalse(box.padded(-2).overlaps(other), (box, other))

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


class Program(ProfileCase):
    """The two programs together: what `ridgeflow compare` writes, `ridgeflow plot` draws."""

    program = None

    def test_from_compare_to_picture(self):
        if self.program is None:
            self.skipTest("no --program")
        path = self.path("small.nc")
        subprocess.run([self.program, "compare", "--samples", "40", "--modes", "40", "--draws", "20000", "--chains",
                        "64", "--seed", "1", "--backend", "cpu", "--out", path], check=True,
                       stdout=subprocess.DEVNULL)
        status, _, err = self.run_plot(path)
        self.assertEqual(status, 0, err)
        title = plot.headings(plot.Result(path))
        self.assertIn("adjusted", title[0])
        self.assertIn("draws", title[0])
        self.assertIn("exact", title[1])
        subprocess.run([self.program, "plot", path], check=True, stdout=subprocess.DEVNULL)

    def test_from_profile_to_picture(self):
        if self.program is None:
            self.skipTest("no --program")
        path = self.path("small.json")
        subprocess.run([self.program, "profile", "--sizes", "16,32", "--chain-counts", "64,128", "--samples", "32",
                        "--chains", "64", "--seconds", "0.002", "--backend", "cpu", "--out", path], check=True,
                       stdout=subprocess.DEVNULL)
        subprocess.run([self.program, "plot", path], check=True, stdout=subprocess.DEVNULL)
        for name, start in (("small.png", b"\x89PNG"), ("small.svg", b"<?xml")):
            with open(self.path(name), "rb") as picture:
                self.assertTrue(picture.read(8).startswith(start), name)

    def test_from_bias_to_picture(self):
        if self.program is None:
            self.skipTest("no --program")
        path = self.path("study.json")
        subprocess.run([self.program, "bias", "--samples", "20", "--chains", "64", "--draws", "6400", "--count", "3",
                        "--seed", "1", "--backend", "cpu", "--out", path], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        subprocess.run([self.program, "plot", path], check=True, stdout=subprocess.DEVNULL)
        for name, start in (("study.png", b"\x89PNG"), ("study.svg", b"<?xml")):
            with open(self.path(name), "rb") as picture:
                self.assertTrue(picture.read(8).startswith(start), name)


if __name__ == "__main__":
    if "--program" in sys.argv:
        at = sys.argv.index("--program")
        Program.program = sys.argv[at + 1]
        del sys.argv[at:at + 2]
    unittest.main()
