"""A step-size study (`ridgeflow bias --out`): |bias| against the step size with the fitted laws, and independent draws
per second at equal bias."""
import numpy as np
from matplotlib.ticker import FuncFormatter

from .style import (CURVES, GUIDE, MEASURED, WIDTH, BadResult, draw_values, legend_above, letter_panels, log_limits,
                    percent, plt, read_json, scientific, threads_text, title, use_style)

INTEGRATORS = {"adjusted": ("#0072B2", "o"), "euler": ("#D55E00", "s"), "hartree": ("#009E73", "D"),
               "strang": ("#CC79A7", "v"), "perfect": (MEASURED, "P")}
OTHERS = [("#E69F00", "^"), ("#56B4E9", "X"), ("#7a7a7a", "h")]  # integrators that are not known here
RESOLVED = 3.0  # standard errors from zero at which a bias is a point, not a bound
QUANTITIES = {"variance_worst": r"$|$bias$|$ of Var $d_k$, worst mode", "size_variance": r"$|$bias$|$ of Var $R$"}


class Bias:
    """What the figure needs of a step-size study's JSON, checked."""

    def __init__(self, path):
        self.path = path
        self.facts = read_json(path, "bias")
        try:
            self.target = float(self.facts["target"])
            self.rate = float(self.facts["model"]["softest_rate"])
            self.reference = self.facts["reference"]
            self.points = [self._point(row) for row in self.facts["points"] if not row["diverged"]]
            self.laws = [{key: row[key] if key in ("integrator", "quantity") else float(row[key])
                          for key in ("integrator", "quantity", "order", "order_error", "factor", "h_first", "h_last")}
                         for row in self.facts["laws"] if row["resolved"]]
            self.equal = {quantity: [self._equal(row) for row in self.facts["equal_bias"]
                                     if row["quantity"] == quantity] for quantity in QUANTITIES}
            float(self.reference["h"])
        except (KeyError, TypeError, ValueError) as error:
            raise BadResult(f"{path}: cannot be read: {error!r}") from None
        if not self.points or not all(self.equal.values()):
            raise BadResult(f"{path}: holds no run to draw")
        if not (self.target > 0 and self.rate > 0):
            raise BadResult(f"{path}: target and softest_rate must be positive")
        self.names = list(dict.fromkeys(point["integrator"] for point in self.points))

    @staticmethod
    def _point(row):
        worst, size = row["variance_worst"], row["size_variance"]
        value, error = float(size["value"]), float(size["error"])
        resolved = abs(value) > RESOLVED * error
        return {"integrator": str(row["integrator"]),
                "x": np.nan if row["relaxations"] is None else float(row["relaxations"]),
                "variance_worst": (abs(float(worst["value"])) if worst["resolved"] else float(worst["limit"]),
                                   float(worst["error"]), bool(worst["resolved"])),
                "size_variance": (abs(value) if resolved else abs(value) + 2 * error, error, resolved)}

    @staticmethod
    def _equal(row):
        run = row.get("run")
        known = run is not None and not run["diverged"]
        gain = row["gain"]["value"] if known else None
        return {"integrator": str(row["integrator"]), "from": str(row["step_from"]),
                "x": np.nan if not known or run["relaxations"] is None else float(run["relaxations"]),
                "gain": np.nan if gain is None else float(gain)}

    def look(self, name):
        if name in INTEGRATORS:
            return INTEGRATORS[name]
        unknown = [other for other in self.names if other not in INTEGRATORS]
        return OTHERS[unknown.index(name) % len(OTHERS)]


def bias_headings(study):
    """Title: the model and the device, then what was run."""
    facts, model = study.facts, study.facts["model"]
    where = f"{facts.get('device')} ({facts.get('variant')}"
    where += f", {threads_text(facts.get('threads'))})" if facts.get("backend") == "cpu" else ")"
    what = ", ".join(rf"${symbol}={scientific(float(model[name]))}$" for symbol, name in
                     (("P", "P"), ("M", "M"), ("\\kappa", "kappa"), ("u", "u")) if name in model)
    every = facts.get("seconds")
    how = f"{every:g} s a run after burn-in" if every else "runs by number of draws"
    return [f"{what};  {where}".replace("$(", "("),
            f"{study.reference['chains']} chains, {how}; bias against the exact average, errors from the chains"]


def draw_bias_panel(axes, study, quantity):
    """|bias| against the step: points where it is resolved, else open triangles at what could hide; fitted laws."""
    shown = []
    for name in study.names:
        color, marker = study.look(name)
        rows = [point for point in study.points if point["integrator"] == name and np.isfinite(point["x"])]
        x = np.array([point["x"] for point in rows])
        height, error, resolved = (np.array([point[quantity][i] for point in rows]) for i in range(3))
        resolved = resolved.astype(bool)
        shown.append(height)
        label = name if len(rows) else f"{name}: no step, exact"
        bars = {"linestyle": "none", "color": color, "marker": marker, "markersize": 3.6, "elinewidth": 0.7}
        axes.errorbar(x[resolved], height[resolved], error[resolved], label=label, zorder=6, **bars)
        axes.plot(x[~resolved], height[~resolved], linestyle="none", marker="$\\downarrow$", markersize=5.5,
                  markeredgewidth=0.2, color=color, alpha=0.75, zorder=5)
    for place, law in enumerate(law for law in study.laws if law["quantity"] == quantity):
        axes.annotate(rf"{law['integrator']}: order ${law['order']:.2f}\pm{law['order_error']:.1g}$", (1, 1),
                      xycoords="axes fraction", xytext=(-6, -6 - 10 * place), textcoords="offset points", ha="right",
                      va="top", fontsize=7.5, color=study.look(law["integrator"])[0])
        ends = np.array([law["h_first"] / 3, law["h_last"] * 2])
        axes.plot(ends * study.rate, law["factor"] * ends ** law["order"], color=study.look(law["integrator"])[0],
                  linewidth=1.0, zorder=4)
    axes.axhline(study.target, color=GUIDE, linestyle=CURVES["gp"]["linestyle"], linewidth=1.2, zorder=1)
    axes.set_xscale("log")
    axes.set_yscale("log")
    limits = log_limits(shown + [np.array([study.target])])
    axes.set_ylim(limits)
    x = np.array([point["x"] for point in study.points if np.isfinite(point["x"])])
    if x.size:
        axes.set_xlim(x.min() / 1.6, x.max() * 1.6)
    axes.yaxis.set_major_formatter(FuncFormatter(percent))
    axes.set_xlabel(r"step $h\,(a_{\min}+\rho_*)$ in relaxation times")
    axes.set_ylabel(QUANTITIES[quantity])


def draw_equal_panel(axes, study, quantity):
    rows = sorted(study.equal[quantity], key=lambda row: -np.nan_to_num(row["gain"], nan=-1.0))  # the fastest first
    names = [row["integrator"] for row in rows] + ["reference"]
    reference = float(study.reference["effective_per_s"]["value"]) if not study.reference["diverged"] else np.nan
    rates = np.array([reference * row["gain"] for row in rows] + [reference])  # as fast as the machine was there
    gains = {rate: f"$\\times\\,{scientific(row['gain'], 2)}$" if row["gain"] < 1e4 else f"${scientific(rate, 2)}$"
             for rate, row in zip(rates, rows) if np.isfinite(row["gain"])}
    gains[reference] = f"{study.reference['integrator']} at $h={scientific(float(study.reference['h']))}$"
    what = "the worst mode's variance" if quantity == "variance_worst" else "Var $R$"
    draw_values(axes, names, rates, f"independent draws of the softest mode [1/s]\n"
                f"at {100 * study.target:g}% bias of {what}", lambda value: gains.get(value, ""), True,
                [*(study.look(name) for name in names[:-1]), (MEASURED, "|")])


def draw_bias(study):
    """The figure of a step-size study."""
    use_style()
    figure, axes = plt.subplots(2, 2, figsize=(WIDTH, 5.6), gridspec_kw={
        "height_ratios": [1.5, 1], "hspace": 0.33, "wspace": 0.3, "left": 0.1, "right": 0.985, "bottom": 0.105,
        "top": 0.84})
    for column, quantity in enumerate(QUANTITIES):
        draw_bias_panel(axes[0, column], study, quantity)
        draw_equal_panel(axes[1, column], study, quantity)
    letter_panels(axes)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    handles.append(plt.Line2D([], [], linestyle="none", marker="$\\downarrow$", markersize=5.5, color=GUIDE))
    labels.append("below this")
    handles.append(plt.Line2D([], [], color=GUIDE, linestyle=CURVES["gp"]["linestyle"], linewidth=1.2))
    labels.append("target")
    legend_above(figure, handles, labels, top=0.925, columnspacing=1.1, handletextpad=0.3, handlelength=1.6)
    title(figure, bias_headings(study), top=0.99, step=0.034)
    return figure


def pictures(path, _options):
    """The figure of a step-size study, with what its name adds to the prefix: nothing."""
    return [(draw_bias(Bias(path)), "")]
