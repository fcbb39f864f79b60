"""Makes the JSON of a step-size study with the program's layout and biases that are made up, to try the pictures on.

    python3 make_bias.py made.json

A first-order and a second-order scheme, one exact one with a step and one without.
"""
import json
import sys

RATE = 280.0  # of the softest mode


def point(integrator, relaxations, bias, error, effective):
    resolved = abs(bias) > 5 * error
    worst = {"mode": 7, "value": bias, "error": error, "resolved": resolved, "limit": 5 * error}
    pooled = {"value": bias / 2, "error": error / 10}
    return {"integrator": integrator, "h": None if relaxations is None else relaxations / RATE,
            "relaxations": relaxations, "seed": 1, "chains": 64, "every": 1, "burn_in": 10, "diverged": 0, "draws": 6400,
            "acceptance": 1.0, "seconds": 1.0, "steps_per_s": 1e5,
            "effective_per_s": {"value": effective, "error": effective / 20}, "reference_steps_per_s": 1e6,
            "variance_worst": worst, "variance_pooled": pooled, "mean_worst": {**worst, "resolved": False},
            "mean_pooled": pooled, "size_mean": pooled, "size_variance": {"value": bias, "error": error}}


def law(integrator, quantity, order, relaxations, bias):
    h = [x / RATE for x in relaxations]
    return {"integrator": integrator, "quantity": quantity, "resolved": True, "mode": 7,
            "bias": [{"h": step, "value": b, "error": 1e-3} for step, b in zip(h, bias)], "order": order,
            "order_error": 0.02, "factor": bias[0] / h[0] ** order, "chi_squared": 0.5, "h_first": h[0], "h_last": h[-1]}


def equal(quantity, run, step_from):
    return {"quantity": quantity, "integrator": run["integrator"], "exact": step_from == "best",
            "step_from": step_from, "run": run,
            "gain": {"value": run["effective_per_s"]["value"] / 2e4, "error": 0.1}}


def study():
    """The JSON's contents."""
    steps = [0.01, 0.02, 0.04, 0.08]
    first = [point("euler", x, 2 * x, 1e-3, 1e6 * x) for x in steps]
    second = [point("strang", x, -20 * x**2, 1e-3, 1e6 * x) for x in steps]
    exact = [point("adjusted", x, 1e-4, 1e-3, 1e6) for x in (0.9, 7.0, 56.0)]
    perfect = point("perfect", None, 1e-4, 1e-3, 2e6)
    laws, at = [], []
    for quantity in ("variance_pooled", "variance_worst", "size_variance"):
        laws += [law("euler", quantity, 1.0, steps, [2 * x for x in steps]),
                 law("strang", quantity, 2.0, steps, [20 * x**2 for x in steps])]
    for quantity in ("variance_worst", "size_variance"):
        at += [equal(quantity, exact[1], "best"), equal(quantity, first[0], "law"), equal(quantity, perfect, "best"),
               {"quantity": quantity, "integrator": "strang", "exact": False, "step_from": "not known"}]
    return {"kind": "bias", "version": "0.1.0", "git_revision": "", "backend": "cpu", "device": "made up by make_bias.py",
            "variant": "avx512", "threads": 2, "precision": "single", "seed": 1, "target": 0.01, "seconds": 1.0,
            "wall_s": 20.0, "model": {"P": 1000, "M": 1000, "kappa": 3.981, "u": 0.05, "softest_rate": RATE,
                                      "stiffest_rate": 4200.0},
            "reference": point("euler", 0.028, 0.3, 1e-3, 2e4), "points": exact + first + [perfect] + second,
            "laws": laws, "equal_bias": at, "one_mode": []}


def write(made, path):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(made, file, indent=1)


if __name__ == "__main__":
    write(study(), sys.argv[1])
