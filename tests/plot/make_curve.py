"""Makes the JSON of a learning curve with the program's layout and numbers that are made up, to try the pictures on.

    python3 make_curve.py made.json

Pure powers, alpha = 0.2 and beta = 0.3, of which the correction is a tenth at P = 10.
"""
import json
import sys

import numpy as np

LIMIT = {"bias": -0.25, "variance": -0.2 / 1.2}


def curve(samples=(10, 100, 1000, 10000), check_at=(10, 100), u=0.05):
    """The JSON's contents."""
    P = np.array(samples, float)
    bias, variance = 0.5 * P ** LIMIT["bias"], 1.0 * P ** LIMIT["variance"]
    part = 2 * u * (P / 10) ** LIMIT["variance"]
    gp = bias + variance
    exact = gp * (1 - part)
    constant = np.ones_like(P)
    points = {"P": samples, "loss_gp": gp, "loss_wilson": gp * (1 - 0.7 * part), "loss_exact": exact, "bias": bias,
              "variance": variance, "slope_gp": -0.18 * constant, "slope_exact": -0.17 * constant,
              "correction": -part, "correction_first_order": -1.1 * part, "correction_infinite": -1.2 * part,
              "ridge_shift": part}
    for name in ("bias", "variance"):
        points["slope_" + name] = 0.8 * LIMIT[name] * constant
        points[f"slope_{name}_with_tail"] = LIMIT[name] * constant
    for name, share in (("tree", 0.3), ("loop", 0.7)):
        points["ridge_shift_" + name] = share * part
        points[f"ridge_shift_{name}_infinite"] = 2 * share * part
    check = None
    if len(check_at) > 0:
        at = [list(samples).index(each) for each in check_at]
        check = {"seconds": 1.0, "agrees": True, "problems": [],
                 "points": [{"P": samples[i], "loss": 1.0001 * exact[i], "error": 2e-4 * exact[i], "loss_gp": gp[i],
                             "loss_exact": exact[i], "run": {"integrator": "adjusted"}} for i in at],
                 "agreement": {"exact": {"chi_squared": 0.5, "p_value": 0.8, "z": [0.5] * len(at)}}}
    return {"kind": "curve", "version": "0.1.0", "git_revision": "", "alpha": 0.2, "beta": 0.3, "scale": 1.0,
            "kappa": 3.98, "u": u, "asymptotic_exponents": LIMIT,
            "points": {name: list(values) for name, values in points.items()}, "fits": [], "check": check}


def write(made, path):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(made, file, indent=1)


if __name__ == "__main__":
    write(curve(), sys.argv[1])
