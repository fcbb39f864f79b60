"""Makes the JSON of `ridgeflow relevance` with the program's layout and flows that are made up, to try the pictures on.

    python3 make_relevance.py made.json
"""
import json
import sys

M = 40


def study(w=0.0, checked=False):
    """The JSON's contents."""
    k = range(1, M + 1)
    far = [1 - i / M for i in k]  # how much has been integrated out
    columns = {"typical_size": [i**0.5 / 6 for i in k]}
    for flow, off in (("functional", 0.0), ("felt", 0.0), ("first", 1e-3), ("next", 1e-5)):
        columns[f"{flow}_r"] = [10 + 2 * x * (1 + off) for x in far]
        columns[f"{flow}_U"] = [5 - x * (1 + 30 * off) for x in far]
        columns[f"{flow}_W"] = [w + (0.0 if flow == "first" else 0.4 * x * (1 + 100 * off)) for x in far]
    for order, off in (("first", 1e-3), ("next", 1e-5)):
        columns[f"{order}_slope_error"] = [-off * x for x in far]
        columns[f"{order}_curvature_error"] = [20 * off * x for x in far]
    vertices = []
    for i in (1, 6, M):
        size = [columns["typical_size"][i - 1] * j / 10 for j in range(21)]
        curve = [columns["functional_r"][i - 1] + columns["functional_U"][i - 1] * R / 2 for R in size]
        vertices.append({"k": i, "typical_size": columns["typical_size"][i - 1], "R": size, "functional": curve,
                         "first": [1.01 * ridge for ridge in curve], "next": curve})
    system = {"P": M // 2, "kappa": 2.0, "u": 0.2, "w": 0.01, "r": 11.0, "U": 4.5, "W": 0.2}
    small = [{"order": "first", **system, "largest_mean_error": 1e-4, "largest_variance_error": 2e-4},
             {"order": "next", **system, "largest_mean_error": 1e-6, "largest_variance_error": 2e-6}]
    difference = {what: {"z": [scale * (-1) ** k for k in range(M // 2)], "p_value": p}
                  for what, scale, p in (("mean", 1.5, 0.4), ("variance", 5.5, 1e-9))}
    return {"kind": "relevance", "version": "0.1.0", "git_revision": "", "nodes": 24, "scales": columns,
            "model": {"P": M, "M": M, "kappa": 4.0, "u": 0.125, "w": w / M, "r": 10.0, "U": 5.0, "W": w,
                      "rho_star": 12.5, "learning_scale": 6.8}, "vertices": vertices, "small_systems": small,
            "check": {"small_against_large": difference} if checked else None}


def write(made, path):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(made, file, indent=1)


if __name__ == "__main__":
    write(study(), sys.argv[1])
