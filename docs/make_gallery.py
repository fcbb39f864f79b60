#!/usr/bin/env python3
"""Makes docs/gallery.md and its pictures by running the commands that the page shows.

    python3 docs/make_gallery.py build/run/ridgeflow [NAME ...]

runs every study (or those named), takes the time, and writes the page anew. `--check` runs nothing: it fails if the page
shows other commands than this file, or lacks a picture. The page says what the studies ran on.
"""
import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = os.path.join(HERE, "gallery.md")
RECORD = os.path.join(HERE, "images", "gallery.json")  # what each study took, for pages made in parts


@dataclass
class Study:
    name: str       # of its picture
    title: str
    text: str       # before the commands
    commands: list  # what is typed; the last one draws
    picture: str    # file that the last command writes
    reading: str    # below the picture


STUDIES = [
    Study(
        "flow", "The flow field, its trajectories and two cutoffs",
        "The paper's figures 1 and 2. The couplings that are left when modes are integrated out, mode by mode and as a "
        "differential equation; the vector field in the plane of the rescaled couplings with the r-nullcline; the local "
        "exponents. A second system with a smaller cutoff starts on the same trajectory: its infrared predictions are "
        "those of the large one, and both are sampled to show it.",
        ["ridgeflow flow --check --seed 1 --out flow.json", "ridgeflow plot flow.json"], "flow.png",
        "The numerical factor in U is a convention of this project ([theory.md](theory.md)): axes of U are not those of "
        "the paper, shapes and exponents are."),
    Study(
        "standard", "The predictor",
        "The paper's figure 3: mean and variance of 1000 modes, sampled and predicted.",
        ["ridgeflow compare examples/standard.toml --seed 1 --out standard.nc", "ridgeflow plot standard.nc"],
        "standard.png",
        "The samples follow the exact column; what is left after dividing by the RG prediction is its error, resolved at "
        "nearly every mode."),
    Study(
        "transfer", "Hyperparameter transfer",
        "The paper's figure 4: a system of 1000 samples, one of 500 with the same kappa and u, and one of 500 with the "
        "couplings that the flow gives it, all three sampled in one run.",
        ["ridgeflow transfer --samples 1000 --to 500 --check --seed 1 --out transfer.json",
         "ridgeflow plot transfer.json"], "transfer.png",
        "The transferred system has the means and variances of the large one; the one that keeps its couplings does not."),
    Study(
        "curve", "The neural scaling law",
        "The paper's figure 5: the loss per sample over four decades of the number of samples, Gaussian and interacting, "
        "as a sum, in the continuum and asymptotically; chosen points are sampled.",
        ["ridgeflow curve --kappa 3.98 --check --seed 1 --out curve.json", "ridgeflow plot curve.json"], "curve.png",
        "The interaction moves the curve by a factor that goes to one with P: universality, with the decay exponents that "
        "the flow predicts."),
    Study(
        "relevance", "Beyond one loop: relevance, measured",
        "Past the paper: a quartic and a sextic coupling flow together, in the first order, the next one and without "
        "truncation; the system of the first 100 modes that the flow leads to is sampled beside the whole one.",
        ["ridgeflow relevance --samples 400 --u 0.1 --w 0.02 --to 100 --check --seed 1 --out relevance.json",
         "ridgeflow plot relevance.json"], "relevance.png",
        "Scale by scale, how far the truncated flows are from the functional one."),
    Study(
        "sweep", "A grid of systems in one run",
        "36 systems side by side: four numbers of samples by nine strengths of the interaction.",
        ["ridgeflow compare examples/sweep.toml --seed 1 --out sweep.nc", "ridgeflow plot sweep.nc"], "sweep.png",
        "The exact column holds everywhere; the RG's error grows with the interaction and falls with P."),
    Study(
        "shape", "Beyond two moments",
        "Third and fourth cumulants of every mode and the distribution of R, measured and exact.",
        ["ridgeflow compare examples/strong.toml --cumulants --seed 1 --out strong.nc", "ridgeflow plot strong.nc"],
        "strong_shape.png", "How non-Gaussian a mode is, with its error bar."),
    Study(
        "bias", "What a step size costs",
        "Every integrator over its step sizes: the bias of the variances and of R, and independent draws per second at "
        "equal bias.",
        ["ridgeflow bias --seed 1 --out bias.json", "ridgeflow plot bias.json"], "bias.png",
        "See [choosing-an-integrator.md](choosing-an-integrator.md)."),
]


def image_of(study):
    return f"images/{study.name}.png"


def run_study(study, program, folder):
    """Seconds of each command; the picture goes to docs/images."""
    os.makedirs(os.path.join(folder, "examples"), exist_ok=True)
    examples = os.path.join(HERE, "..", "examples")
    for name in os.listdir(examples):
        shutil.copy(os.path.join(examples, name), os.path.join(folder, "examples", name))
    seconds = []
    for command in study.commands:
        words = shlex.split(command)
        begin = time.monotonic()
        subprocess.run([program, *words[1:]], check=True, cwd=folder, stdout=subprocess.DEVNULL)
        seconds.append(round(time.monotonic() - begin, 1))
    shutil.copy(os.path.join(folder, study.picture), os.path.join(HERE, image_of(study)))
    make_smaller(os.path.join(HERE, image_of(study)))
    return seconds


def make_smaller(path):
    """To 256 colours, which is what a page needs; Pillow comes with matplotlib."""
    try:
        from PIL import Image
    except ImportError:
        return
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def device_of(program):
    """Backend and device that --backend auto takes, as `ridgeflow info` says them."""
    facts = json.loads(subprocess.run([program, "info", "--format", "json"], check=True, capture_output=True,
                                      text=True).stdout)
    if facts["cuda_devices"]:
        return f"cuda: {facts['cuda_devices'][0]}"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        name = re.search(r"^model name\s*: (.*)$", file.read(), flags=re.M)
    return f"cpu: {name.group(1) if name else 'unknown'}, {facts['lanes'][0]}, {facts['threads']} threads"


def wrapped(text):
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def page(record):
    lines = ["# Gallery", "",
             wrapped("Every picture of this page was drawn by the commands above it, run as they stand at the top of the "
                     "project (build/run on the PATH); `python3 docs/make_gallery.py build/run/ridgeflow` makes the page "
                     "anew."), ""]
    for study in STUDIES:
        took = record.get(study.name)
        lines += [f"## {study.title}", "", wrapped(study.text), "", "```", *study.commands, "```", ""]
        if took:
            lines += [f"![{study.title}]({image_of(study)})", "",
                      wrapped(f"*{study.reading} Took {took['seconds'][0]:g} s, and {sum(took['seconds'][1:]):g} s to "
                              f"draw ({took['device']}).*"), ""]
    return "\n".join(lines)


def check():
    """What is wrong with the page."""
    with open(PAGE, encoding="utf-8") as file:
        text = file.read()
    blocks = [block.strip().split("\n") for block in re.findall(r"```\n(.*?)```", text, flags=re.S)]
    problems = []
    if blocks != [study.commands for study in STUDIES]:
        problems.append("gallery.md shows other commands than make_gallery.py: make it anew")
    for study in STUDIES:
        if image_of(study) not in text or not os.path.isfile(os.path.join(HERE, image_of(study))):
            problems.append(f"{image_of(study)} is missing")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", nargs="?", help="the ridgeflow program")
    parser.add_argument("names", nargs="*", metavar="NAME", help="studies to run (default: all)")
    parser.add_argument("--check", action="store_true", help="run nothing: is the page that of this file?")
    options = parser.parse_args()
    if options.check:
        problems = check()
        print("\n".join(problems), file=sys.stderr)
        return 1 if problems else 0
    if not options.program:
        parser.error("give the ridgeflow program")
    unknown = set(options.names) - {study.name for study in STUDIES}
    if unknown:
        parser.error(f"no study {', '.join(sorted(unknown))}; there are {', '.join(s.name for s in STUDIES)}")
    program = os.path.abspath(options.program)
    record = {}
    if os.path.isfile(RECORD):
        with open(RECORD, encoding="utf-8") as file:
            record = json.load(file)
    for study in STUDIES:
        if options.names and study.name not in options.names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            record[study.name] = {"seconds": run_study(study, program, folder), "device": device_of(program)}
        print(f"{study.name}: {record[study.name]['seconds']} s", file=sys.stderr)
        with open(RECORD, "w", encoding="utf-8") as file:
            json.dump(record, file, indent=1)
            file.write("\n")
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(page(record))
    return 0


if __name__ == "__main__":
    sys.exit(main())
