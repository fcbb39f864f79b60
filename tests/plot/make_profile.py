"""Makes the JSON of a profile with the program's layout and rates that are made up, to try the pictures on.

    python3 make_profile.py made.json

A machine of 4e9 mode updates per second that loses rate at small and at large P.
"""
import json
import sys

INTEGRATORS = ["adjusted", "euler", "hartree", "perfect", "strang"]
FLOOR = 5e9  # mode updates per second


def row(integrator, samples, chains):
    rate = 4e9 / (1 + 20 / samples + samples / 50_000)
    return {"integrator": integrator, "samples": samples, "modes": samples, "chains": chains,
            "mode_updates_per_s": rate, "chain_steps_per_s": rate / samples, "s_per_chain_step": samples / rate,
            "exponent": None, "of_best": rate / 4e9, "effective_per_s": rate / samples / (1 + 30 * len(integrator)),
            "floor_mode_updates_per_s": FLOOR, "share_of_floor": rate / FLOOR, "clock_hz": 3.7e9,
            "thread_scaling": 1.0, "processor_share": 1.0, "passes": 1000,
            "stages": {"start_s": 0.1, "passes_s": 0.9, "collect_s": 0.05, "calibrate_s": 0.01, "total_s": 1.06}}


def profile(sizes=(16, 64, 256, 1000, 4096, 12288), chains=(64, 256, 1024, 4096), integrators=INTEGRATORS):
    """The JSON's contents."""
    made = {"kind": "profile", "version": "0.1.0", "git_revision": "", "backend": "cpu",
            "device": "made up by make_profile.py", "variant": "avx512", "threads": 2, "precision": "single",
            "every": 1, "seconds": 0.3, "by_size": [row("adjusted", size, 1024) for size in sizes],
            "by_chains": [row("adjusted", 1000, count) for count in chains],
            "by_integrator": [row(name, 1000, 1024) for name in integrators]}
    for timing in made["by_size"]:
        timing["exponent"] = 1.0
    for timing in made["by_chains"]:
        timing["exponent"] = 0.0
    return made


def write(made, path):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(made, file, indent=1)


if __name__ == "__main__":
    write(profile(), sys.argv[1])
