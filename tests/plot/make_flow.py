"""Makes the JSON of a flow with the program's layout and numbers that are made up, to try the pictures on.

    python3 make_flow.py made.json

Couplings that run a little, and a field that turns round a point.
"""
import json
import math
import sys

MODES = 60
UNIT = 100.0  # of r'; of U' its square


def field(tau):
    r = [UNIT * (-0.9 + 2.4 * i / 8) for i in range(9)]
    u = [UNIT**2 * 0.002 * i / 6 for i in range(7)]
    dr = [[x - y / UNIT for y in u] for x in r]
    du = [[y + 0.01 * UNIT * x for y in u] for x in r]
    magnitude = [[math.log(math.hypot(a / UNIT, b / UNIT**2) + 1e-9) for a, b in zip(*rows)] for rows in zip(dr, du)]
    null_r = [-UNIT + UNIT * (i + 1) / 20 for i in range(20)]
    null_u = [-0.008 * UNIT * x * (1 + x / UNIT) for x in null_r]
    return {"tau": tau, "k": (MODES + 0.5) * math.exp(-tau), "target_scale": 1.0, "at": {"r": 10.0, "U": 2.0}, "r": r, "U": u,
            "dr_dtau": dr, "dU_dtau": du, "ln_magnitude": magnitude,
            "nullcline": {"r": null_r, "U": null_u, "U_trees": [1.5 * x for x in null_u]}}


def study(taus=(0.0, 1.0, 2.0)):
    """The JSON's contents."""
    k = list(range(1, MODES + 1))
    tau = [math.log((MODES + 0.5) / (j + 0.5)) for j in k]
    r = [10.0 + math.exp(-j / 20) for j in k]
    u = [2.0 - 0.2 * math.exp(-j / 20) for j in k]
    scales = {"k": k, "tau": tau, "r": r, "U": u}
    for name, away in (("ode", 1e-5), ("corrected", 1e-8)):
        scales[f"r_{name}"] = [x * (1 + away * (MODES - j)) for j, x in zip(k, r)]
        scales[f"U_{name}"] = [x * (1 - away * (MODES - j)) for j, x in zip(k, u)]
    scales["r_rescaled"] = [x * math.exp(1.2 * t) for t, x in zip(tau, r)]
    scales["U_rescaled"] = [x * math.exp(2.4 * t) for t, x in zip(tau, u)]
    scales["gamma_r"] = [1.2 + 0.03 * math.exp(-j / 30) for j in k]
    scales["gamma_U"] = [2.4 - 0.02 * math.exp(-j / 30) for j in k]
    interval = {"least": 1.2, "largest": 1.23, "without_interaction": 1.2, "is": "relevant"}
    deviation = {"r": 1e-5, "r_mode": 1, "U": 1e-5, "U_mode": 1}
    return {"kind": "flow", "version": "0.1.0", "git_revision": "",
            "model": {"P": MODES, "M": MODES, "kappa": 6.0, "u": 0.03, "r": 10.0, "U": 2.0, "rho_star": 11.0},
            "decimation": {"largest_bubble": 1e-3, "largest_bubble_mode": 1, "small_steps": True}, "scales": scales,
            "continuum": {"alpha": 0.2, "beta": 0.3, "scale": 1.0, "cutoff": MODES + 0.5, "unit_r": UNIT,
                          "unit_U": UNIT**2, "learning_scale": 7.0, "deviation": {"ode": deviation, "corrected": deviation},
                          "window": {"first": 7, "last": MODES}, "scaling_intervals": {"gamma_r": interval},
                          "sample_exponents": None, "fixed_point": None, "fields": [field(each) for each in taus]},
            "second_cutoff": {"P": MODES // 2, "M": MODES // 2, "kappa": 4.0, "u": 0.06, "r": r[MODES // 2 - 1],
                              "U": u[MODES // 2 - 1]}, "run_file": ""}


def decimation():
    """The same of a spectrum of a file: no continuum."""
    made = study()
    made["continuum"] = None
    for name, column in made["scales"].items():
        if name not in ("k", "r", "U"):
            made["scales"][name] = [None] * len(column)
    return made


def write(made, path):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(made, file, indent=1)


if __name__ == "__main__":
    write(study(), sys.argv[1])
