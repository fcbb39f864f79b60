"""Makes the JSON of a check of hyperparameter transfer with the program's layout and samples that are made up, to try
the pictures on.

    python3 make_transfer.py made.json

Gaussian systems: the transferred one has the ridge of the given one and its moments but for noise, the kept one half
of that ridge.
"""
import json
import sys

import numpy as np

DRAWS = 1e6


def system(role, samples, ridge, noise, y):
    k = np.arange(1, samples + 1)
    a = k**1.2
    variance = 1 / (a + ridge)
    mean = a * y[:samples] * variance
    errors = {"mean": np.sqrt(variance / DRAWS), "variance": variance * np.sqrt(2 / DRAWS)}
    measured = {"draws": DRAWS}
    for what, exact in (("mean", mean), ("variance", variance)):
        measured[what] = list(exact + errors[what] * noise.standard_normal(samples))
        measured["mcse_" + what] = list(errors[what])
    return {"role": role, "P": samples, "M": samples, "kappa": samples / ridge, "u": 0.05, "r": ridge, "U": 5.0,
            "run": {"integrator": "adjusted"}, "measured": measured,
            "exact": {"mean": list(mean), "variance": list(variance)}}


def difference(one, other):
    found = {}
    for what in ("mean", "variance"):
        modes = min(len(one["measured"][what]), len(other["measured"][what]))
        columns = [np.array(each["measured"][name][:modes]) for each in (one, other) for name in (what, "mcse_" + what)]
        found[what] = {"z": list((columns[0] - columns[2]) / np.hypot(columns[1], columns[3])), "p_value": 0.4}
    return found


def check(samples=100, targets=(50,), y=None):
    """The JSON's contents."""
    noise = np.random.default_rng(1)
    y = np.arange(1.0, max(samples, *targets) + 1) ** -0.65 if y is None else y
    given = system("given", samples, 25.0, noise, y)
    systems, differences = [given], []
    for target in targets:
        transferred = system("transferred", target, 25.0, noise, y)
        kept = system("kept", target, 25.0 * target / samples, noise, y)
        systems += [transferred, kept]
        differences.append({"P": target, "modes": min(samples, target), "transferred": difference(transferred, given),
                            "kept": difference(kept, given)})
    return {"kind": "transfer", "version": "0.1.0", "git_revision": "", "given": {"P": samples}, "targets": [],
            "check": {"seconds": 1.0, "systems": systems, "differences": differences, "agrees": True, "problems": []}}


def write(made, path):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(made, file, indent=1)


if __name__ == "__main__":
    write(check(), sys.argv[1])
