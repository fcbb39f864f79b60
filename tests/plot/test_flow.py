"""The picture of a flow: drawn for what one may lack, refused in one line otherwise."""
import make_flow
import numpy as np
from support import JsonCase, ProgramCase

from ridgeflow_pictures.flow import NULLCLINE, Flow, draw_flow


class DrawsFlow(JsonCase):
    stem, maker, reader, painter = "flow", make_flow, Flow, staticmethod(draw_flow)

    def figure_of(self, made):
        figure = self.made_figure(made)
        figure.canvas.draw()
        return figure

    def test_whole(self):
        self.draws_pictures(self.write_made(make_flow.study()))

    def test_the_numbers_of_the_file(self):
        made = make_flow.study()
        axes = self.figure_of(made).axes
        planes, ridge, below, exponents = axes[:3], axes[4], axes[5], axes[8]
        unit, k = made["continuum"]["unit_r"], made["scales"]["k"]
        for plane, field in zip(planes, made["continuum"]["fields"]):
            lines = {line.get_label(): line for line in plane.get_lines()}
            np.testing.assert_allclose(lines[NULLCLINE].get_ydata() * unit, field["nullcline"]["r"])
            np.testing.assert_allclose(lines[NULLCLINE].get_xdata() * unit**2 * 1e-3, field["nullcline"]["U"])
            passed = [np.exp(1.2 * tau) * r / unit for tau, r in zip(made["scales"]["tau"], made["scales"]["r"])
                      if tau <= field["tau"]]
            np.testing.assert_allclose(lines["trajectory, passed"].get_ydata()[1:], passed)
            np.testing.assert_allclose(plane.collections[0].get_array(), np.ravel(field["ln_magnitude"]))
        lines = {line.get_label(): line for line in ridge.get_lines()}
        np.testing.assert_allclose(lines["ODE"].get_ydata(), made["scales"]["r_ode"])
        shown = lines["decimation"]
        np.testing.assert_allclose(shown.get_ydata(), [made["scales"]["r"][int(at) - 1] for at in shown.get_xdata()])
        self.assertGreater(shown.get_xdata().size, 20)
        heights = [line.get_ydata() for line in below.get_lines()]
        np.testing.assert_allclose(heights[0][:-1], [1e-5 * (make_flow.MODES - j) for j in k[:-1]], rtol=1e-9)
        np.testing.assert_allclose(heights[1][:-1], [1e-8 * (make_flow.MODES - j) for j in k[:-1]], rtol=1e-6)
        shift = next(line for line in exponents.get_lines() if "gamma_r" in line.get_label())
        np.testing.assert_allclose(shift.get_ydata(), np.array(made["scales"]["gamma_r"]) - 1.2, atol=1e-12)

    def test_what_a_flow_may_lack(self):
        self.assertEqual(len(self.figure_of(make_flow.study((0.5,))).axes), 7)  # with the bar of colours
        self.figure_of(make_flow.study((0.0, 0.5, 1.0, 1.5)))
        made = make_flow.study()
        for name in ("r_ode", "r_corrected"):
            made["scales"][name] = made["scales"]["r"]  # no difference
        made["scales"]["U"][:5] = [None] * 5  # the decimation breaks down
        made["continuum"]["fixed_point"] = {"r": -50.0, "U": 5.0, "eigenvalues": [1.2, -4.8]}
        made["continuum"]["learning_scale"] = 1e4
        for row in made["continuum"]["fields"]:
            row["nullcline"]["U_trees"] = [None] * 20  # no target
        self.figure_of(made)
        made = make_flow.study()
        for name in ("U", "U_ode", "U_corrected", "U_rescaled"):
            made["scales"][name] = [0.0] * make_flow.MODES
        self.figure_of(made)

    def test_one_mode(self):
        made = make_flow.study((0.0,))
        made["scales"] = {name: column[-1:] for name, column in made["scales"].items()}
        self.figure_of(made)

    def test_decimation_alone(self):
        figure = self.made_figure(make_flow.decimation())
        self.assertEqual(len(figure.axes), 2)
        self.nothing_overlaps(figure)

    def test_no_text_runs_into_another_or_out_of_the_figure(self):
        for taus in ((0.0,), (0.0, 1.0, 2.0), (0.0, 0.5, 1.0, 2.0)):
            figure = self.made_figure(make_flow.study(taus))
            for axes in figure.axes:  # a panel and what is under it share an edge
                box = axes.get_position()
                axes.set_position([box.x0, box.y0 + 0.004, box.width, box.height - 0.008])
            self.nothing_overlaps(figure)

    def test_refuses_what_it_cannot_read(self):
        for key in ("model", "scales", "continuum"):
            made = make_flow.study()
            del made[key]
            self.refuses(self.write_made(made), "cannot be read", key)
        made = make_flow.study()
        made["scales"]["gamma_U"] = made["scales"]["gamma_U"][1:]
        self.refuses(self.write_made(made), "one number a mode")
        made = make_flow.study()
        made["continuum"]["fields"][1]["dr_dtau"] = made["continuum"]["fields"][1]["dr_dtau"][1:]
        self.refuses(self.write_made(made), "one vector a point")
        made = make_flow.study()
        made["continuum"]["fields"] = []
        self.refuses(self.write_made(made), "no vector field")
        made = make_flow.study()
        made["scales"]["r"][3] = "four"
        self.refuses(self.write_made(made), "cannot be read")


class FromTheProgram(ProgramCase):
    def test_from_flow_to_picture(self):
        for name, words in (("law", ["--samples", "60"]), ("free", ["--samples", "60", "--beta", "1.2", "--at-tau", "0,2"])):
            path = self.path(name + ".json")
            self.ridgeflow("flow", *words, "--out", path)
            self.plots(path)

    def test_from_a_spectrum(self):
        spectrum, path = self.path("spectrum.csv"), self.path("flow.json")
        with open(spectrum, "w", encoding="utf-8") as file:
            file.write("a,y\n1,1\n2,0.5\n4,0.1\n")
        self.ridgeflow("flow", "--spectrum", spectrum, "--out", path)
        self.plots(path)
