"""A profile (`ridgeflow profile --out`): rate, share of the device's floor and time per chain step against P and
against chains, and the integrators' effective samples and shares."""
import numpy as np
from matplotlib.ticker import FuncFormatter

from .style import (CURVES, GUIDE, WIDTH, BadResult, draw_values, letter_panels, log_abscissa, log_axis, log_limits,
                    percent, plt, read_json, scientific, series, threads_text, title, use_style)

FLOOR = {"color": "#D55E00", "linestyle": (0, (4, 1.6)), "linewidth": 1.1}


class Profile:
    """What the figure needs of a profile's JSON, checked."""

    SWEEPS = {"by_size": "samples", "by_chains": "chains", "by_integrator": "integrator"}
    NUMBERS = ("mode_updates_per_s", "s_per_chain_step", "effective_per_s", "floor_mode_updates_per_s",
               "share_of_floor", "exponent", "processor_share")

    def __init__(self, path):
        self.path = path
        self.facts = read_json(path, "profile")
        self.sweeps = {name: self._sweep(name, axis) for name, axis in self.SWEEPS.items()}
        for name in ("by_chains", "by_integrator"):
            if not len(self.sweeps[name]["axis"]):
                raise BadResult(f"{path}: {name} holds no timing")

    def _sweep(self, name, axis):
        """Columns of a sweep; null is not a number."""
        rows = self.facts.get(name)
        if not isinstance(rows, list):
            raise BadResult(f"{self.path}: lacks the list {name}")
        try:
            columns = {key: np.array([np.nan if row[key] is None else float(row[key]) for row in rows])
                       for key in self.NUMBERS}
            columns["axis"] = [str(row[axis]) if axis == "integrator" else float(row[axis]) for row in rows]
            columns["facts"] = [(str(row["integrator"]), int(row["samples"]), int(row["chains"])) for row in rows]
        except (KeyError, TypeError, ValueError) as error:
            raise BadResult(f"{self.path}: {name} cannot be read: {error!r}") from None
        for key in ("mode_updates_per_s", "s_per_chain_step"):  # drawn on logarithmic axes
            if not np.all(columns[key] > 0):
                raise BadResult(f"{self.path}: {name}: a {key} is not positive")
        return columns


def profile_headings(profile):
    """Title: the device, then what was run."""
    facts = profile.facts
    where = f"{facts.get('device')} ({facts.get('variant')}"
    where += f", {threads_text(facts.get('threads'))})" if facts.get("backend") == "cpu" else ")"
    got = profile.sweeps["by_integrator"]["processor_share"]
    if np.median(got) < 0.95:  # false for not a number
        where += f"; beside other programs: {100 * np.median(got):.0f}% of the processor time"
    integrator, samples, _ = profile.sweeps["by_chains"]["facts"][0]
    chains = profile.sweeps["by_integrator"]["facts"][0][2]
    every = facts.get("every")
    how = f"{facts.get('precision')} precision, statistics every {'step' if every == 1 else f'{every} steps'}"
    return [where.replace("$", r"\$"),
            rf"{integrator}; {chains} chains where $P$ varies, $P={samples}$ where it does not; {how}"]


def draw_rate(axes, sweep):
    x, rate, floor = np.array(sweep["axis"]), sweep["mode_updates_per_s"], sweep["floor_mode_updates_per_s"]
    series(axes, x, rate, label="measured")
    drawn = [rate]
    if np.any(np.isfinite(floor)):
        axes.plot(x, floor, **FLOOR, label="upper bound")
        drawn.append(floor)
    log_abscissa(axes, x)
    axes.set_yscale("log")
    axes.set_ylim(log_limits(drawn))
    log_axis(axes.yaxis, axes.get_ylim())
    axes.set_ylabel("mode updates [1/s]")
    axes.legend(frameon=False, loc="lower right", handlelength=2.0)


def draw_share(axes, x, share, unknown):
    """Shares of the floor as points over x; words where no floor is known."""
    log_abscissa(axes, x)
    known = np.isfinite(share)
    axes.set_ylabel("share of the upper bound")
    axes.yaxis.set_major_formatter(FuncFormatter(percent))
    if not known.any():
        axes.set_yticks([])
        axes.text(0.5, 0.5, unknown, ha="center", va="center", transform=axes.transAxes, fontsize=8, color="#555555")
        return
    series(axes, np.array(x)[known], share[known])
    axes.set_ylim(0, 1.1 * max(1.0, np.max(share[known])))
    axes.axhline(1, **FLOOR)


def draw_cost(axes, sweep, guide):
    """Time per chain step, beside a line of the given exponent through the last point."""
    x, time = np.array(sweep["axis"]), sweep["s_per_chain_step"]
    series(axes, x, time, label="measured")
    through = time[-1] * (x / x[-1]) ** guide
    axes.plot(x, through, color=GUIDE, linestyle=CURVES["gp"]["linestyle"], linewidth=1.3,
              label=r"$\propto P$" if guide else "constant")
    for i, exponent in enumerate(sweep["exponent"]):
        if np.isfinite(exponent) and i > 0:  # of the piece of the line that ends at this point
            axes.annotate(f"{exponent:.2f}".replace("-", "\N{MINUS SIGN}"),
                          (np.sqrt(x[i - 1] * x[i]), np.sqrt(time[i - 1] * time[i])), xytext=(-2, 4),
                          textcoords="offset points", ha="right", va="bottom", fontsize=7, color="#555555")
    log_abscissa(axes, x)
    axes.set_yscale("log")
    low, high = log_limits([time, through])
    high *= (high / low) ** 0.1  # room for the exponents
    widen = max(1.0, (5 / (high / low)) ** 0.5)  # a few per cent are no slope
    axes.set_ylim(low / widen, high * widen)
    log_axis(axes.yaxis, axes.get_ylim())
    axes.set_ylabel("time per chain step [s]")
    axes.legend(frameon=False, loc="lower right", handlelength=2.0,
                title="numbers: local exponent" if np.any(np.isfinite(sweep["exponent"])) else None, title_fontsize=7.5)


def draw_profile(profile):
    """The figure of a profile."""
    use_style()
    figure, axes = plt.subplots(3, 2, figsize=(WIDTH, 6.9), gridspec_kw={
        "hspace": 0.36, "wspace": 0.28, "left": 0.105, "right": 0.985, "bottom": 0.065, "top": 0.905})
    sizes, chains, integrators = (profile.sweeps[name] for name in Profile.SWEEPS)
    if len(sizes["axis"]):
        draw_rate(axes[0, 0], sizes)
        draw_share(axes[0, 1], sizes["axis"], sizes["share_of_floor"], "upper bound not known")
        draw_cost(axes[1, 0], sizes, 1)
    else:
        for panel in (axes[0, 0], axes[0, 1], axes[1, 0]):
            panel.set_xticks([])
            panel.set_yticks([])
            panel.text(0.5, 0.5, "no sizes were timed", ha="center", va="center", transform=panel.transAxes,
                       fontsize=8, color="#555555")
    draw_cost(axes[1, 1], chains, 0)
    for panel, label in ((axes[0, 0], "samples $P$"), (axes[0, 1], "samples $P$"), (axes[1, 0], "samples $P$"),
                         (axes[1, 1], "chains")):
        panel.set_xlabel(label)
    names = integrators["axis"]
    known = draw_values(axes[2, 0], names, integrators["effective_per_s"],
                             "effective samples of the softest mode [1/s]",
                             lambda value: f"${scientific(value, 2)}$", True)
    if not known.size:
        axes[2, 0].set_xticks([])
    known = draw_values(axes[2, 1], names, integrators["share_of_floor"], "share of the upper bound",
                             lambda value: f"{100 * value:.0f}%", False)
    if known.size:
        axes[2, 1].set_xlim(0, 1.15 * max(1.0, known.max()))
        axes[2, 1].axvline(1, **FLOOR)
        axes[2, 1].xaxis.set_major_formatter(FuncFormatter(percent))
    else:
        axes[2, 1].set_xticks([])
    letter_panels(axes)
    title(figure, profile_headings(profile), x=0.545, top=0.99, step=0.028)
    return figure


def pictures(path, _options):
    """The figure of a profile, with what its name adds to the prefix: nothing."""
    return [(draw_profile(Profile(path)), "")]
