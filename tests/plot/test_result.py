"""The picture of a result file: drawn for the standard run and for what a user's own spectrum may bring, refused in one
line otherwise."""
import os

import make_result
import numpy as np
from make_result import power_law
from support import REFERENCE, PlotCase, ProgramCase

from ridgeflow_pictures.options import Options
from ridgeflow_pictures.result import Result, draw, headings
from ridgeflow_pictures.style import plt


class ResultCase(PlotCase):
    def write(self, groups):
        path = self.path("result.nc")
        make_result.write(groups, path)
        return path

    def draws(self, groups):
        self.draws_pictures(self.write(groups))
        self.assertEqual(sorted(os.listdir(self.folder)), ["result.nc", "result.pdf", "result.png", "result.svg"])

    def figure(self, groups):
        figure = draw(Result(self.write(groups)))
        self.addCleanup(plt.close, figure)
        return figure


class Draws(ResultCase):
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
        self.assertEqual(out.split(), [self.path("other.png"), self.path("other.svg"), self.path("other.pdf")])

    def test_same_file_same_picture(self):
        path = self.write(make_result.datasets(power_law(10)))
        for extension in ("png", "svg", "pdf"):
            pictures = []
            for name in ("one", "two"):
                self.run_plot(path, "--out", self.path(name), "--format", extension)
                with open(self.path(f"{name}.{extension}"), "rb") as picture:
                    pictures.append(picture.read())
            self.assertEqual(*pictures)

    def test_choices(self):
        path = self.write(make_result.datasets(power_law(100)))
        status, out, err = self.run_plot(path, "--modes", "11:40", "--theory", "exact,wilson", "--size", "5x4",
                                         "--title", "cost in $", "--format", "svg")
        self.assertEqual((status, err, out.split()), (0, "", [self.path("result.svg")]))
        options = Options(theories=("exact", "wilson"), modes=(11, 40))
        figure = draw(Result(path, options))
        self.addCleanup(plt.close, figure)
        lines = {line.get_label(): line for line in figure.axes[0].get_lines()}
        self.assertLessEqual({"Wilson RG", "exact"}, set(lines))
        self.assertNotIn("first order in $U$", lines)
        np.testing.assert_array_equal(lines["exact"].get_xdata(), np.arange(11, 41))
        np.testing.assert_allclose(lines["exact"].get_ydata(),
                                   10 * make_result.datasets(power_law(100))["prediction"]["mean"].sel(
                                       theory="exact").values[10:40])

    def test_choices_that_mean_nothing(self):
        path = self.write(make_result.datasets(power_law(20)))
        for flag, value, word in (("--modes", "5", "such as 1:100"), ("--modes", "0:3", "such as 1:100"),
                                  ("--modes", "9:3", "such as 1:100"), ("--modes", "1:21", "it has 20 modes"),
                                  ("--theory", "nonsense", "the file has"), ("--theory", "", "the file has"),
                                  ("--size", "7", "such as 7x5"), ("--size", "7x900", "2 to 40"),
                                  ("--size", "1.2.3x5", "such as 7x5"), ("--format", "gif", "png,svg,pdf"),
                                  ("--format", "png,png", "png,svg,pdf")):
            with self.subTest(flag=flag, value=value):
                status, out, err = self.run_plot(path, flag, value)
                self.assertEqual((status, out, err.count("\n")), (2, "", 1), err)
                self.assertIn(word, err)
        self.assertEqual(os.listdir(self.folder), ["result.nc"])

    def test_says_how_many_modes_are_drawn(self):
        for modes, label in ((1000, "mode $k$ (points: 29 of 1000 modes)"), (10, "mode $k$")):
            self.assertEqual(self.figure(make_result.datasets(power_law(modes))).axes[2].get_xlabel(), label)

    def test_a_rough_target_is_not_joined(self):
        rough = np.random.default_rng(2).lognormal(0, 2, 300)
        for y, style in ((rough, "None"), (None, "-")):
            groups = make_result.datasets(power_law(300) if y is None else power_law(300, y))
            axes = self.figure(groups).axes
            lines = {line.get_label(): line for line in axes[0].get_lines()}
            self.assertEqual(lines["Wilson RG"].get_linestyle(), style)
            ratios = {line.get_label(): line for line in axes[2].get_lines()}
            self.assertNotEqual(ratios["exact"].get_linestyle(), "None")  # the target leaves the ratio
            self.assertTrue(axes[2].collections)  # the band is there in either case


class Shows(ResultCase):
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
        groups = make_result.datasets(power_law(100, signs * np.arange(1.0, 101) ** -0.65))
        self.nothing_overlaps(self.figure(groups))


class Refuses(ResultCase):
    def test_no_file(self):
        self.refuses(self.path("nothing.nc"), "nothing.nc", "no such file")

    def test_not_netcdf(self):
        path = self.path("text.nc")
        with open(path, "w", encoding="utf-8") as file:
            file.write("k,a,y\n1,1,1\n")
        self.refuses(path, "not a netCDF-4 file")

    def test_another_kind(self):
        groups = make_result.datasets(power_law(10))
        groups["/"].attrs["kind"] = "something"
        self.refuses(self.write(groups), "of the kind something", "known: result")

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
        self.assertEqual(status, 2)
        self.assertIn("no/such/folder does not exist; make it first", err)


class FromTheProgram(ProgramCase):
    def test_from_compare_to_picture(self):
        path = self.path("small.nc")
        self.ridgeflow("compare", "--samples", "40", "--modes", "40", "--draws", "20000", "--chains", "64", "--seed",
                       "1", "--backend", "cpu", "--out", path)
        lines = headings(Result(path))
        self.assertIn("adjusted", lines[0])
        self.assertIn("draws", lines[0])
        self.assertIn("exact", lines[1])
        self.plots(path)
