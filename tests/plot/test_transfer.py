"""The picture of a check of hyperparameter transfer: drawn for every number of targets, refused in one line otherwise."""
import os

import make_transfer
import numpy as np
from support import JsonCase, ProgramCase

from ridgeflow_pictures.transfer import Transfer, draw_transfer


class DrawsTransfer(JsonCase):
    stem, maker, reader = "transfer", make_transfer, Transfer
    painter = staticmethod(lambda transfer: draw_transfer(transfer, 0))

    def test_whole(self):
        self.draws_pictures(self.write_made(make_transfer.check()))

    def test_a_picture_a_target(self):
        path = self.write_made(make_transfer.check(targets=(50, 10)))
        status, out, err = self.run_plot(path)
        self.assertEqual((status, err), (0, ""))
        stem = os.path.splitext(path)[0]
        self.assertEqual(out.split(), [f"{stem}_{P}.{extension}" for P in (50, 10) for extension in ("png", "svg", "pdf")])

    def test_the_numbers_of_the_file(self):
        made = make_transfer.check()
        mean, variance, z_mean, z_variance = self.made_figure(made).axes
        given, transferred, _ = made["check"]["systems"]
        drawn = {container.get_label(): container.lines[0] for container in mean.containers}
        k = drawn["transferred"].get_xdata().astype(int)
        self.assertEqual(k[-1], 50)
        # in the unit of the given system's P, whatever the P of the system
        np.testing.assert_allclose(drawn["transferred"].get_ydata(),
                                   10 * np.array(transferred["measured"]["mean"])[k - 1])
        drawn = {container.get_label(): container.lines[0] for container in variance.containers}
        k = drawn["given"].get_xdata().astype(int)
        np.testing.assert_allclose(drawn["given"].get_ydata(), 100 * np.array(given["measured"]["variance"])[k - 1])
        for panel, what in ((z_mean, "mean"), (z_variance, "variance")):
            low, high = panel.get_ylim()
            for role in ("transferred", "kept"):
                z = np.array(made["check"]["differences"][0][role][what]["z"])
                self.assertTrue(any(len(line.get_ydata()) == z.size and np.allclose(line.get_ydata(), z)
                                    for line in panel.get_lines()), (what, role))
                self.assertTrue(np.all((low < z) & (z < high)))

    def test_targets_of_either_sign_and_larger_systems(self):
        y = np.random.default_rng(2).standard_normal(200)
        self.assertIn("|", self.made_figure(make_transfer.check(y=y)).axes[0].get_ylabel())
        self.made_figure(make_transfer.check(samples=20, targets=(200,))).canvas.draw()
        self.made_figure(make_transfer.check(samples=2, targets=(1,))).canvas.draw()

    def test_numbers_that_are_missing(self):
        made = make_transfer.check()
        made["check"]["differences"][0]["kept"]["mean"]["z"][3] = None
        made["check"]["systems"][1]["measured"]["variance"][7] = None
        self.made_figure(made).canvas.draw()

    def test_no_text_runs_into_another_or_out_of_the_figure(self):
        self.nothing_overlaps(self.made_figure(make_transfer.check()))

    def test_refuses_what_it_cannot_read(self):
        made = make_transfer.check()
        made["check"] = None
        self.refuses(self.write_made(made), "ridgeflow transfer --check")
        for key in ("systems", "differences"):
            made = make_transfer.check()
            del made["check"][key]
            self.refuses(self.write_made(made), "cannot be read", key)
        made = make_transfer.check()
        made["check"]["systems"].pop()
        self.refuses(self.write_made(made), "not a whole check")
        made = make_transfer.check()
        made["check"]["systems"][1]["exact"]["mean"].pop()
        self.refuses(self.write_made(made), "differ in length")
        made = make_transfer.check()
        del made["check"]["systems"][2]["measured"]["mcse_mean"]
        self.refuses(self.write_made(made), "mcse_mean")


class FromTheProgram(ProgramCase):
    def test_from_transfer_to_picture(self):
        path = self.path("check.json")
        self.ridgeflow("transfer", "--samples", "40", "--to", "20", "--check", "--chains", "64", "--draws", "6400",
                       "--seed", "1", "--backend", "cpu", "--out", path)
        self.plots(path)
