#!/usr/bin/env python3
"""Files that were cut short, edited or lost a part: what is drawn of them is a picture or one line of refusal.

    python3 damage.py [COUNT]

draws COUNT damaged files of each kind (default 100), says how many were refused, and ends with the first traceback.
"""
import collections
import contextlib
import copy
import io
import json
import os
import random
import sys
import tempfile

import netCDF4

import support  # finds ridgeflow_plot
import make_bias
import make_curve
import make_flow
import make_profile
import make_relevance
import make_result
import make_transfer
import ridgeflow_plot

STUDIES = {"bias": make_bias.study, "curve": make_curve.curve, "flow": make_flow.study, "profile": make_profile.profile,
           "relevance": lambda: make_relevance.study(checked=True), "transfer": make_transfer.check}
VALUES = (None, True, 0, -1, 1e308, -1e-308, float("nan"), float("inf"), "", "text", "$\\x_", [], [1], {}, {"value": 1})


def places(node, path=()):
    """Paths to everything in a JSON document."""
    yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def damaged_json(made, chance):
    """The text of `made` with one to three places lost or exchanged, or cut short."""
    made = copy.deepcopy(made)
    for _ in range(chance.randint(1, 3)):
        path = chance.choice([place for place in places(made) if place])
        parent = made
        for key in path[:-1]:
            parent = parent[key]
        what = chance.randrange(3)
        if what == 0:
            del parent[path[-1]]
        elif what == 1 and isinstance(parent[path[-1]], list):
            parent[path[-1]] = parent[path[-1]][:chance.randrange(3)]
        else:
            parent[path[-1]] = chance.choice(VALUES)
    text = json.dumps(made)
    return text[:chance.randrange(len(text))] if chance.random() < 0.05 else text


def damage_netcdf(path, out, chance):
    """Copies the netCDF file at `path` with one to three variables or groups left out, or their numbers exchanged."""
    with netCDF4.Dataset(path) as source, netCDF4.Dataset(out, "w") as target:
        groups = [source, *source.groups.values()]
        names = [(group.name, name) for group in groups for name in (*group.variables, *group.ncattrs())]
        chosen = {chance.choice(names): chance.choice(("lost", "nan", "zero", "text")) for _ in range(chance.randint(1, 3))}
        left_out = chance.choice(list(source.groups)) if chance.random() < 0.1 else None
        for group in groups:
            if group.name == left_out:
                continue
            copied = target if group is source else target.createGroup(group.name)
            for name in group.ncattrs():
                if chosen.get((group.name, name)) is None:
                    copied.setncattr(name, group.getncattr(name))
            for name, size in group.dimensions.items():
                copied.createDimension(name, len(size))
            for name, variable in group.variables.items():
                what = chosen.get((group.name, name))
                if what == "lost":
                    continue
                is_text = variable.dtype is str or what == "text"
                new = copied.createVariable(name, str if is_text else variable.dtype, variable.dimensions)
                for index in range(0 if not is_text else variable.size if variable.ndim == 1 else 0):
                    new[index] = str(variable[index])
                if not is_text:
                    factor = {"zero": 0, "nan": float("nan") if variable.dtype.kind == "f" else -1}.get(what, 1)
                    new[...] = variable[...] * factor


def drawn(path):
    """The exit status of drawing the file at `path`, in this process, and what was said."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        status = ridgeflow_plot.main([path, "--force", "--format", "png", "--size", "4x3"])
    support.plt.close("all")
    return status, support.unwrapped(said.getvalue())


def damaged_files(folder, kind, count):
    """Makes `count` damaged files of a kind, one after the other, and gives their path."""
    chance = random.Random(f"damage {kind}")
    path = os.path.join(folder, f"{kind}.{'nc' if kind == 'result' else 'json'}")
    if kind == "result":
        whole = os.path.join(folder, "whole.nc")
        make_result.write(make_result.datasets(make_result.power_law(30)), whole)
    for _ in range(count):
        if kind == "result":
            damage_netcdf(whole, path, chance)
        else:
            with open(path, "w", encoding="utf-8") as file:
                file.write(damaged_json(STUDIES[kind](), chance))
        yield path


KINDS = (*STUDIES, "result")

if __name__ == "__main__":
    support.plt.switch_backend("agg")
    for each in KINDS:
        with tempfile.TemporaryDirectory() as room:
            statuses = collections.Counter(drawn(file)[0] for file in
                                           damaged_files(room, each, int(sys.argv[1]) if len(sys.argv) > 1 else 100))
        print(each, dict(statuses))
