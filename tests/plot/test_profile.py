"""The picture of a profile: drawn for what a machine may bring, refused in one line otherwise."""
import make_profile
import numpy as np
from support import JsonCase, ProgramCase

from ridgeflow_pictures.profile import Profile, draw_profile, profile_headings


class ProfileCase(JsonCase):
    stem, maker, reader, painter = "profile", make_profile, Profile, staticmethod(draw_profile)


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
        self.assertIn("upper bound not known", words)

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
        np.testing.assert_allclose(size_cost.get_lines()[0].get_ydata(),
                                   [r["s_per_chain_step"] for r in made["by_size"]])
        np.testing.assert_allclose(chain_cost.get_lines()[0].get_xdata(), [r["chains"] for r in made["by_chains"]])
        points = [line.get_xdata()[0] for line in effective.get_lines() if line.get_linestyle() == "None"]
        np.testing.assert_allclose(points,
                                   [r["effective_per_s"] for r in made["by_integrator"]])
        np.testing.assert_allclose([bar.get_width() for bar in floor.patches],
                                   [r["share_of_floor"] for r in made["by_integrator"]])
        guide = size_cost.get_lines()[1]
        slope = np.diff(np.log(guide.get_ydata())) / np.diff(np.log(guide.get_xdata()))
        np.testing.assert_allclose(slope, 1)

    def test_title_says_what_other_programs_took(self):
        made = make_profile.profile()
        self.assertNotIn("beside", profile_headings(Profile(self.write_made(made)))[0])
        for row in made["by_integrator"]:
            row["processor_share"] = 0.5
        self.assertIn("50%", profile_headings(Profile(self.write_made(made)))[0])

    def test_no_text_runs_into_another_or_out_of_the_figure(self):
        self.nothing_overlaps(self.made_figure(make_profile.profile()))


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
        self.refuses_text("{}", "not what --out of ridgeflow profile, bias")
        self.refuses_text("[1]", "not what --out of ridgeflow profile, bias")

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


class FromTheProgram(ProgramCase):
    def test_from_profile_to_picture(self):
        path = self.path("small.json")
        self.ridgeflow("profile", "--sizes", "16,32", "--chain-counts", "64,128", "--samples", "32", "--chains", "64",
                       "--seconds", "0.002", "--backend", "cpu", "--out", path)
        self.plots(path)
