"""A check of hyperparameter transfer (`ridgeflow transfer --check --out`): sqrt(P) <d_k> and P Var d_k of the given
system, of one of another size with the transferred couplings and of one with kappa and u kept, all in the unit of the
given system's P; under each the difference from the given system in units of its standard error. A picture a target."""
import numpy as np
from matplotlib.ticker import FuncFormatter, NullFormatter, SymmetricalLogLocator

from .modes import draw_curve, is_rough, mode_abscissa, thinned
from .style import (BAND, GUIDE, MEASURED, WIDTH, BadResult, legend_above, log_limits, p_text, plain_log_ticks, plt,
                    read_json, scientific, title, use_style)

ALL_MODES = 3000  # differences of as many modes are all drawn
LINEAR = 4.0      # standard errors up to which the axis of differences is linear

# Points of a system, and the line of its exact moments.
LOOKS = {
    "given": {"color": MEASURED, "marker": "o", "markersize": 2.3, "markerfacecolor": MEASURED, "zorder": 12},
    "transferred": {"color": "#0072B2", "marker": "o", "markersize": 5.0, "markerfacecolor": "none", "zorder": 11},
    "kept": {"color": "#D55E00", "marker": "^", "markersize": 3.4, "markerfacecolor": "white", "zorder": 10},
}
LINES = {"given": "-", "transferred": (0, (4, 1.6)), "kept": (0, (1, 1.2))}


class Transfer:
    """What the figures need of the JSON, checked."""

    def __init__(self, path):
        self.path = path
        self.facts = read_json(path, "transfer")
        if self.facts.get("check") is None:
            raise BadResult(f"{path}: holds no samples to draw; ridgeflow transfer --check --out writes them")
        try:
            systems = [self._system(row) for row in self.facts["check"]["systems"]]
            self.differences = [self._difference(row) for row in self.facts["check"]["differences"]]
        except (KeyError, TypeError, ValueError) as error:
            raise BadResult(f"{path}: cannot be read: {error!r}") from None
        if len(systems) != 1 + 2 * len(self.differences) or not self.differences:
            raise BadResult(f"{path}: {len(systems)} systems of {len(self.differences)} targets: not a whole check")
        self.given = systems[0]
        self.targets = [{"transferred": systems[1 + 2 * i], "kept": systems[2 + 2 * i]}
                        for i in range(len(self.differences))]

    def _system(self, row):
        system = {key: float(row[key]) for key in ("P", "kappa", "u", "r", "U")}
        system["draws"] = float(row["measured"]["draws"])
        system["integrator"] = str(row["run"]["integrator"])
        for what in ("mean", "variance"):
            system[what] = self._numbers(row["measured"][what])
            system["error_" + what] = self._numbers(row["measured"]["mcse_" + what])
            system["exact_" + what] = self._numbers(row["exact"][what])
        if len({values.size for values in system.values() if isinstance(values, np.ndarray)}) != 1:
            raise ValueError("a system's columns differ in length")
        return system

    def _difference(self, row):
        difference = {"P": float(row["P"])}
        for role in ("transferred", "kept"):
            difference[role] = {what: {"z": self._numbers(row[role][what]["z"]),
                                       "p": float(row[role][what]["p_value"])} for what in ("mean", "variance")}
        return difference

    @staticmethod
    def _numbers(values):
        return np.array([np.nan if value is None else float(value) for value in values])


def draw_moment(axes, systems, what, unit):
    """Upper panel: the three systems and their exact moments; magnitudes, as a logarithm knows no sign."""
    drawn = []
    for role, system in systems.items():
        exact = unit * np.abs(system["exact_" + what])
        k = np.arange(1, exact.size + 1)
        draw_curve(axes, k, exact, {"color": LOOKS[role]["color"], "linestyle": LINES[role], "linewidth": 1.0,
                                    "zorder": 4}, is_rough(k, exact))
        points = thinned(k)
        axes.errorbar(k[points], unit * np.abs(system[what][points]), unit * system["error_" + what][points],
                      linestyle="none", elinewidth=0.7, markeredgewidth=0.7, label=role, **LOOKS[role])
        drawn.append(exact)
    axes.set_yscale("log", nonpositive="clip")
    limits = log_limits(drawn)
    if limits is not None:
        axes.set_ylim(limits)
        if limits[1] / limits[0] > 100:
            axes.yaxis.set_minor_formatter(NullFormatter())
        else:
            plain_log_ticks(axes.yaxis)


def draw_difference(axes, difference, what):
    """Lower panel: difference from the given system in standard errors, linear inside and logarithmic outside."""
    axes.axhspan(-BAND, BAND, color=GUIDE, alpha=0.18, linewidth=0, zorder=1)
    axes.axhline(0, color=MEASURED, linewidth=0.8, zorder=3)
    reach = {-1: 1.15 * LINEAR, 1: 1.15 * LINEAR}
    for role in ("kept", "transferred"):
        z = difference[role][what]["z"]
        k = np.arange(1, z.size + 1)
        shown = k - 1 if z.size <= ALL_MODES else thinned(k)
        look = {**LOOKS[role], "markersize": 1.5 if shown.size > 100 else 3, "markeredgewidth": 0,
                "markerfacecolor": LOOKS[role]["color"]}
        axes.plot(k[shown], z[shown], linestyle="none", **look)
        for sign in reach:
            far = sign * z[np.isfinite(z) & (sign * z > LINEAR)]
            reach[sign] = max(reach[sign], 2 * far.max() if far.size else 0.0)
    axes.set_yscale("symlog", linthresh=LINEAR, linscale=1.2)
    axes.set_ylim(-reach[-1], reach[1])
    ticks = [sign * value for sign in reach for value in (2.0, *10.0 ** np.arange(1, 7)) if value <= reach[sign]]
    axes.set_yticks(sorted([0.0, *ticks]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}".replace("-", "\N{MINUS SIGN}")))
    axes.yaxis.set_minor_locator(SymmetricalLogLocator(base=10, linthresh=LINEAR, subs=range(2, 10)))
    axes.yaxis.set_minor_formatter(NullFormatter())


def headings(transfer, systems, difference):
    """What was sampled, and how well the systems agree."""
    def couplings(name, system):
        return (rf"{name}: $P={scientific(system['P'])}$, $\kappa={scientific(system['kappa'], 4)}$, "
                rf"$u={scientific(system['u'], 4)}$")

    given = transfer.given
    first = (f"{couplings('given', given)};  {couplings('transferred', systems['transferred'])};  "
             f"{given['integrator']}, ${scientific(given['draws'])}$ draws each")
    fits = []
    for role, text in (("transferred", "transferred"), ("kept", r"$\kappa$, $u$ kept")):
        pair = [difference[role][what]["p"] for what in ("mean", "variance")]
        if np.all(np.isfinite(pair)):
            fits.append(rf"{text} ${p_text(pair[0])}$, ${p_text(pair[1])}$")
    return [first, r"$\chi^2$ of the difference over the common modes, $p$ of mean and variance:  " + ";  ".join(fits)]


def draw_transfer(transfer, i):
    """The figure of target number i."""
    use_style()
    figure, axes = plt.subplots(2, 2, figsize=(WIDTH, 4.9), sharex="col", gridspec_kw={
        "height_ratios": [1.55, 1], "hspace": 0.06, "wspace": 0.24, "left": 0.085, "right": 0.985, "bottom": 0.085,
        "top": 0.835})
    systems = {"given": transfer.given, **transfer.targets[i]}
    difference = transfer.differences[i]
    P = transfer.given["P"]
    draw_moment(axes[0, 0], systems, "mean", np.sqrt(P))
    draw_moment(axes[0, 1], systems, "variance", P)
    signed = any(np.any(system["exact_mean"] < 0) for system in systems.values())
    unit = scientific(P)  # of the given system, for all three
    mean = r"|\langle d_k\rangle|" if signed else r"\langle d_k\rangle"
    axes[0, 0].set_ylabel(rf"$\sqrt{{{unit}}}\,{mean}$")
    axes[0, 1].set_ylabel(rf"${unit}\,\mathrm{{Var}}\,d_k$")
    k = np.arange(1, 1 + max(system["mean"].size for system in systems.values()))
    for column, what in enumerate(("mean", "variance")):
        draw_difference(axes[1, column], difference, what)
        axes[1, column].set_ylabel("difference from given / s.e.")
        mode_abscissa(axes[1, column], k)
    for panel, letter in zip(axes.flat, "abcd"):
        panel.annotate(f"({letter})", (1, 1), xycoords="axes fraction", xytext=(-8, -6), textcoords="offset points",
                       ha="right", va="top")
    figure.align_ylabels(axes)
    small = scientific(difference["P"])
    names = {"given": f"given, $P={scientific(P)}$", "transferred": f"$P'={small}$, transferred",
             "kept": rf"$P'={small}$, $\kappa$ and $u$ kept"}
    handles, labels = axes[0, 0].get_legend_handles_labels()
    handles = [*handles, plt.Line2D([], [], color=MEASURED, linewidth=1.0),
               plt.Rectangle((0, 0), 1, 1, color=GUIDE, alpha=0.18, linewidth=0)]
    legend_above(figure, handles, [*(names[label] for label in labels), "lines: exact", rf"$\pm\,{BAND:g}$ s.e."])
    title(figure, headings(transfer, systems, difference))
    return figure


def pictures(path, _options):
    """A figure a target; several are told apart by their P'."""
    transfer = Transfer(path)
    several = len(transfer.targets) > 1
    return [(draw_transfer(transfer, i), f"_{difference['P']:.0f}" if several else "")
            for i, difference in enumerate(transfer.differences)]
