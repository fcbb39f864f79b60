#!/usr/bin/env python3
"""Writes the reference numbers of the chain diagnostics: draws, and what ArviZ and pyerrors say of them.

    python3 make.py           writes CASE.csv and CASE.expected.csv beside this file
    python3 make.py --check   recomputes and compares with what is there (1e-10 relative), writes nothing

Needs numpy, arviz 0.23, arviz-stats 0.8 (nested R-hat) and pyerrors 2.17; the versions that were used stand in the
first line of every expected file. CASE.csv has a column per chain and a row per draw, rounded to six decimals so that
both sides read the same numbers. The tests that compare are in tests/measure/diagnostics_reference.cpp.
"""

import argparse
import importlib.metadata
import math
import pathlib
import sys

import arviz
import numpy as np
import pyerrors
from arviz_stats.base import array_stats

HERE = pathlib.Path(__file__).parent
PACKAGES = ("arviz", "arviz-stats", "pyerrors", "numpy", "scipy")


def autoregressive(rng, chains, draws, phi):
    """AR(1) of unit variance, started in it. [chain][draw]"""
    noise = rng.standard_normal((chains, draws))
    x = noise.copy()
    for i in range(1, draws):
        x[:, i] = phi * x[:, i - 1] + math.sqrt(1 - phi * phi) * noise[:, i]
    return x


def cases():
    """Name, draws [chain][draw], chains in a superchain (0: nested R-hat is not asked for)."""
    rng = np.random.default_rng(20240511)
    yield "independent", rng.standard_normal((4, 50)), 2
    yield "correlated", autoregressive(rng, 4, 150, 0.8), 2
    # 201 draws: (n - 1) p is whole for 5 %, 25 % and 95 %, so that a draw is a quantile; odd, so that halves leave one
    yield "odd", autoregressive(rng, 3, 67, 0.4), 0
    shifted = autoregressive(rng, 4, 80, 0.3)
    shifted[2] += 1.5
    yield "shifted", shifted, 2
    wide = autoregressive(rng, 4, 80, 0.3)
    wide[1] *= 4.0
    yield "wide", wide, 0
    yield "heavy", np.tan(0.9999 * np.pi / 2 * np.clip(autoregressive(rng, 4, 80, 0.5) / 3, -1, 1)), 0
    yield "ties", np.floor(2.0 * autoregressive(rng, 3, 60, 0.6)), 0
    yield "antithetic", autoregressive(rng, 2, 80, -0.6), 0
    yield "slow", autoregressive(rng, 2, 300, 0.97), 0
    yield "many_short", autoregressive(rng, 12, 7, 0.2), 3
    yield "one_chain", autoregressive(rng, 1, 200, 0.7) + 100.0, 0


def expected(draws, superchain):
    """Name -> number, of draws [chain][draw]."""
    out = {}
    for method in ("bulk", "tail", "mean", "sd"):
        out[f"ess_{method}"] = arviz.ess(draws, method=method)
    for percent in (5, 25, 50, 95):
        out[f"ess_quantile_{percent}"] = arviz.ess(draws, method="quantile", prob=percent / 100)
    for method in ("rank", "split"):
        out[f"r_hat_{method}"] = arviz.rhat(draws, method=method)
    for method in ("mean", "sd"):
        out[f"mcse_{method}"] = arviz.mcse(draws, method=method)
    if superchain:
        superchain_of = np.arange(len(draws)) // superchain
        out["chains_per_superchain"] = superchain
        out["r_hat_nested"] = array_stats.rhat_nested(draws, superchain_of, method="identity")
    for s in (0.0, 1.0, 1.5, 2.0, 3.0):
        obs = pyerrors.Obs(list(draws), [f"e|{c}" for c in range(len(draws))])
        obs.gamma_method(S=s)
        prefix = f"gamma_{s:.1f}_"
        out[prefix + "mean"] = obs.value
        out[prefix + "error"] = obs.dvalue
        out[prefix + "error_of_error"] = obs.ddvalue
        out[prefix + "tau_int"] = obs.e_tauint["e"]
        out[prefix + "tau_int_error"] = obs.e_dtauint["e"]
        out[prefix + "window"] = obs.e_windowsize["e"]
    return {name: float(value) for name, value in out.items()}


def write(path, comment, header, rows):
    lines = [f"# {comment}", ",".join(header)]
    lines += [",".join(repr(float(x)) for x in row) for row in rows]
    path.write_text("\n".join(lines) + "\n")


def check(name, numbers):
    """Complaints about numbers that differ from the stored ones."""
    header, row = (HERE / f"{name}.expected.csv").read_text().splitlines()[1:]
    stored = dict(zip(header.split(","), map(float, row.split(","))))
    for key in sorted(stored.keys() | numbers.keys()):
        one, other = stored.get(key, math.inf), numbers.get(key, math.inf)
        if not (math.isclose(one, other, rel_tol=1e-10, abs_tol=1e-300) or (math.isnan(one) and math.isnan(other))):
            yield f"{name}: {key} is {other}, stored {one}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    only_check = parser.parse_args().check
    versions = " ".join(f"{package}={importlib.metadata.version(package)}" for package in PACKAGES)
    complaints = []
    for name, values, superchain in cases():
        draws = np.round(values, 6) + 0.0  # no -0
        numbers = expected(draws, superchain)
        if only_check:
            complaints += check(name, numbers)
            continue
        write(HERE / f"{name}.csv", "by make.py", [f"chain{c}" for c in range(len(draws))], draws.T)
        write(HERE / f"{name}.expected.csv", versions, list(numbers), [list(numbers.values())])
    print("\n".join(complaints) or f"{versions}: all as stored" if only_check else versions)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
