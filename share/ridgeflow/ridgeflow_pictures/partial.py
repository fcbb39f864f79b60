"""What a stopped run left is marked in its picture: a line above the title says how much of the run there is."""
import os

import numpy as np

from .style import read_group, read_json

MARK = "partial"  # gid of the line
HEIGHT = 0.24     # [inch] that the figure grows for it
LOOK = {"fontsize": 9, "fontweight": "bold", "color": "#B00020"}


def stopped_runs(facts):
    """Draws a chain, done and asked for, of every stopped run in the facts of a JSON file."""
    if isinstance(facts, dict):
        if facts.get("partial") is True:
            yield int(facts["draws_per_chain_done"]), int(facts["draws_per_chain"])
        else:
            facts = list(facts.values())
    if isinstance(facts, list):
        for each in facts:
            yield from stopped_runs(each)


def of_one(done, asked):
    """Words for one run, or several of one length."""
    return f"partial: stopped after {done} of {asked} {'draw' if asked == 1 else 'draws'} a chain"


def remark(path):
    """Words for what a stop left of the run in the file at `path`; empty for a whole one."""
    if os.path.splitext(path)[1] == ".json":
        runs = sorted(set(stopped_runs(read_json(path))))
        return of_one(*runs[0]) if runs else ""
    root = read_group(path, None).attrs
    if not int(root.get("partial", 0)):
        return ""
    stats = read_group(path, "sample_stats", required=True)
    done, asked = (np.ravel(stats[name].values) for name in ("draws_per_chain_done", "draws_per_chain"))
    if root.get("kind") != "sweep":
        return of_one(int(done[0]), int(asked[0]))
    whole, none = np.count_nonzero(done >= asked), np.count_nonzero(done == 0)
    return (f"partial: of {done.size} systems {whole} are whole, {done.size - whole - none} have a part of their draws "
            f"and {none} none")


def mark(figure, words):
    """Puts `words` above everything else; the figure grows by as much as they need."""
    figure.canvas.draw()  # places that depend on the layout are then known
    width, before = figure.get_size_inches()
    shrink = before / (before + HEIGHT)
    boxes = [(axes, axes.get_position(original=True)) for axes in figure.axes]
    anchors = [(legend, legend.get_bbox_to_anchor().transformed(figure.transFigure.inverted()))
               for legend in figure.legends]
    figure.set_size_inches(width, before + HEIGHT)
    for axes, box in boxes:
        axes.set_position([box.x0, box.y0 * shrink, box.width, box.height * shrink])
    for legend, box in anchors:
        legend.set_bbox_to_anchor((box.x0, box.y0 * shrink, box.width, box.height * shrink), figure.transFigure)
    for text in figure.texts:
        text.set_y(text.get_position()[1] * shrink)
    figure.text(0.535, 1 - 0.3 * (1 - shrink), words, ha="center", va="top", gid=MARK, **LOOK)
