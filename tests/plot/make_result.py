"""Makes a result file of the program's layout from reference numbers and noise, to try the pictures on.

    python3 make_result.py tests/data/reference/fig3.csv made.nc [--draws N] [--seed N]

The "measured" moments are the exact ones plus normal noise of the size that N independent draws have, so a picture
of such a file looks like the picture of a run, and is none.
"""
import argparse
import re
from math import erfc

import numpy as np
import xarray as xr

THEORIES = ["gp", "first_order", "hartree", "saddle", "wilson", "completed", "exact"]


def read_reference(path):
    """The couplings of a reference table and its columns."""
    with open(path, encoding="utf-8") as table:
        header = table.readline()
        names = table.readline().strip().split(",")
    couplings = {name: float(value) for name, value in re.findall(r"(\w+)=([-+.\deE]+)", header)}
    rows = np.loadtxt(path, delimiter=",", skiprows=2, ndmin=2)
    columns = dict(zip(names, rows.T))
    theories = {name: (columns[name + "_mean"], columns[name + "_var"]) for name in THEORIES
                if name + "_mean" in columns}
    return {"P": couplings["P"], "kappa": couplings["kappa"], "u": couplings["u"], "a": columns["a"],
            "y": columns["y"], "theories": theories, "rg_r": columns["rg_r"], "rg_U": columns["rg_U"]}


def simple_study(a, y, P, kappa, u):
    """The closed forms of gp, first_order, hartree and the decimation for any spectrum; `exact` is a stand-in,
    the hartree columns, good enough to draw."""
    r, U = P / kappa, P * u

    def gaussian(rho):
        return a * y / (a + rho), 1 / (a + rho)

    m, c = gaussian(r)
    R = np.sum(c + m * m)
    first = (m - U / 2 * R * m * c - U * m * c * c, c - U / 2 * R * c * c - U * c**3 - U * m * m * c * c)
    rho = r
    for _ in range(200):
        mean, variance = gaussian(rho)
        rho += 0.5 * (r + U / 2 * np.sum(variance + mean * mean) - rho)
    flow_r, flow_U = np.empty_like(a), np.empty_like(a)
    r_q, U_q = r, U
    for q in reversed(range(a.size)):
        flow_r[q], flow_U[q] = r_q, U_q
        c_q = 1 / (a[q] + r_q)
        m_q = a[q] * y[q] * c_q
        r_q, U_q = (r_q + U_q / 2 * (c_q + m_q * m_q),
                    U_q - U_q * U_q / 4 * (2 * c_q * c_q + 4 * c_q * m_q * m_q))
    theories = {"gp": (m, c), "first_order": first, "hartree": gaussian(rho), "wilson": gaussian(flow_r),
                "exact": gaussian(rho)}
    return {"P": P, "kappa": kappa, "u": u, "a": a, "y": y, "theories": theories, "rg_r": flow_r, "rg_U": flow_U}


def power_law(modes, y=None):
    """The simple study of a spectrum k^1.2 with targets k^-0.65, or others."""
    k = np.arange(1.0, modes + 1)
    return simple_study(k**1.2, k**-0.65 if y is None else y, modes, 2.0, 0.1)


def datasets(study, draws=4_000_000, seed=1):
    """The groups of a result file, by name; "/" holds the root attributes."""
    noise = np.random.default_rng(seed)
    a, y = study["a"], study["y"]
    modes = a.size
    k = np.arange(1, modes + 1)
    mode = {"mode": ("mode", k.astype("int64"))}
    exact_mean, exact_variance = study["theories"]["exact"]
    mcse_mean = np.sqrt(exact_variance / draws)
    mcse_variance = exact_variance * np.sqrt(2 / draws)
    mean = exact_mean + mcse_mean * noise.standard_normal(modes)
    variance = exact_variance + mcse_variance * noise.standard_normal(modes)
    names = list(study["theories"])
    theory = {"theory": ("theory", np.array(names, dtype=object))}
    predicted = {what: np.array([study["theories"][name][i] for name in names])
                 for i, what in enumerate(["mean", "variance"])}
    z = {"mean": (mean - predicted["mean"]) / mcse_mean,
         "variance": (variance - predicted["variance"]) / mcse_variance}
    per_mode = ("theory", "mode")

    def chi_squared(values):
        total = np.sum(values**2, axis=1)
        # Wilson and Hilferty's cube root takes chi^2 to a normal; its tail by the complementary error function.
        score = ((total / modes) ** (1 / 3) - (1 - 2 / (9 * modes))) / np.sqrt(2 / (9 * modes))
        tail = np.array([0.5 * erfc(s / np.sqrt(2)) for s in score])
        return total, tail

    chi2 = {what: chi_squared(values) for what, values in z.items()}
    r = study["P"] / study["kappa"]
    return {
        "/": xr.Dataset(attrs={"seed": "1", "precision": "single", "integrator": "adjusted",
                               "device": "made up by make_result.py", "version": "0.1.0"}),
        "constant_data": xr.Dataset(
            {"k": ("mode", k.astype(float)), "a": ("mode", a), "y": ("mode", y), "rg_r": ("mode", study["rg_r"]),
             "rg_U": ("mode", study["rg_U"]), "samples": study["P"], "kappa": study["kappa"], "u": study["u"], "r": r,
             "U": study["P"] * study["u"]}, coords=mode),
        "moments": xr.Dataset(
            {"mean": ("mode", mean), "mcse_mean": ("mode", mcse_mean), "sd": ("mode", np.sqrt(variance)),
             "variance": ("mode", variance), "mcse_variance": ("mode", mcse_variance),
             "r_hat": ("mode", np.ones(modes)), "ess_mean": ("mode", np.full(modes, float(draws))),
             "tau_int": ("mode", np.full(modes, 0.5))}, coords=mode),
        "prediction": xr.Dataset({what: (per_mode, values) for what, values in predicted.items()},
                                 coords={**theory, **mode}),
        "comparison": xr.Dataset(
            {**{"chi2_" + what: ("theory", pair[0]) for what, pair in chi2.items()},
             **{"p_" + what: ("theory", pair[1]) for what, pair in chi2.items()},
             **{"z_" + what: (per_mode, values) for what, values in z.items()}}, coords={**theory, **mode}),
        "sample_stats": xr.Dataset({"acceptance": 0.98, "step": 0.025, "chains": 1024, "draws": draws}),
    }


def shape_datasets(study, draws=4_000_000, seed=2):
    """The groups that a run with --cumulants adds: leading orders in U and a normal law of R, plus noise."""
    noise = np.random.default_rng(seed)
    mean, variance = study["theories"]["exact"]
    modes, quartic = mean.size, study["P"] * study["u"]
    cumulants = {"draws": float(draws)}
    for name, order, power in (("skewness", 6, 1.5), ("excess_kurtosis", 24, 2)):
        exact = -3 * quartic * variance**3 * (mean if order == 6 else variance)
        error = np.full(modes, np.sqrt(order / draws))
        kappa = "kappa3" if order == 6 else "kappa4"
        ratio = exact / variance**power + error * noise.standard_normal(modes)
        cumulants.update({name: ("mode", ratio), "mcse_" + name: ("mode", error),
                          kappa: ("mode", ratio * variance**power), "exact_" + kappa: ("mode", exact),
                          "p_" + kappa: 0.5})
    edges = np.linspace(-8, 8, 129)
    normal = np.diff([0.5 * erfc(-x / np.sqrt(2)) for x in edges])
    count = noise.poisson(draws * normal).astype(float)
    centre, width = np.sum(variance + mean**2), 0.1
    size = {"R_low": centre + width * edges[:-1], "R_high": centre + width * edges[1:], "count": count,
            "mcse_count": np.sqrt(count), "expected": draws * normal}
    for name, counts in (("density", count), ("mcse_density", np.sqrt(count)), ("exact_density", draws * normal)):
        size[name] = counts / (draws * width * 0.125)
    return {"cumulants": xr.Dataset(cumulants, coords={"mode": ("mode", np.arange(1, modes + 1))}),
            "size_distribution": xr.Dataset({**{name: ("bin", values) for name, values in size.items()}, "p": 0.4})}


def write(groups, path):
    """Writes groups to \\p path; a new file."""
    for i, (name, dataset) in enumerate(groups.items()):
        dataset.to_netcdf(path, mode="w" if i == 0 else "a", group=None if name == "/" else name,
                          engine="netcdf4")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference")
    parser.add_argument("out")
    parser.add_argument("--draws", type=int, default=4_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    write(datasets(read_reference(options.reference), options.draws, options.seed), options.out)


if __name__ == "__main__":
    main()
