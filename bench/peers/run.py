#!/usr/bin/env python3
"""RidgeFlow beside NumPy, JAX, PyTorch and Numba: the same scheme on the same problem on the same cores.

    python3 bench/peers/run.py build/bench/bench/bench_throughput
    python3 bench/peers/run.py build/gpu-carry/bench/bench_throughput --device gpu

Each peer runs in a process of its own, held to as many cores as it may have threads. A pair is the peer for about
--seconds, then RidgeFlow for 0.3 s on the same cores, the core's clock measured after either; a row is the median of
--pairs pairs and its ratio the median of the pairs' ratios; the last column is the ratio of rates per second of
processor time, which leaves out what other programs took. The moments of all that was timed are compared with the
exact averages first (problem.py): a row that fails has no timing. Peers that are not installed say so.
"""

import argparse
import datetime
import importlib
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = ("numpy", "numba", "jax", "torch")
NAMES = {"numpy": "NumPy", "numba": "Numba", "jax": "JAX", "torch": "PyTorch"}
VARIANTS = {  # name, devices, threads at most: here too, since a peer that is not installed cannot say
    "numpy": (("sfc64", "cpu", 1), ("pcg64", "cpu", 1)),
    "numba": (("sfc64", "cpu", None), ("pcg64", "cpu", None)),
    "jax": (("threefry", "cpu gpu", None), ("rbg", "cpu gpu", None)),
    "torch": (("eager", "cpu gpu", None), ("compile", "cpu gpu", None)),
}
CHAINS = {"cpu": [64, 1024], "gpu": [16896]}


# The peer's side ----------------------------------------------------------------------------------------------------


def worker(settings):
    """Serves one peer over standard input and output, a JSON object a line; what the peer prints goes to stderr."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def reply(**what):
        print(json.dumps(what), file=replies, flush=True)

    if settings["device"] == "cpu":
        os.sched_setaffinity(0, settings["cores"])
    sys.path.insert(0, str(HERE))
    import problem as problems

    try:
        module = importlib.import_module("peer_" + settings["peer"])
    except ImportError as error:
        return reply(missing=str(error).splitlines()[0])
    try:
        problem = problems.standard(settings["integrator"])
        peer = module.Peer()
        peer.setup(problem, settings["chains"], len(settings["cores"]), settings["device"], settings["variant"])
    except Exception as error:  # no such device, for one
        return reply(unusable=(str(error) or repr(error)).splitlines()[0][:200])
    generator = getattr(module, "generator", lambda device, variant: module.VARIANTS[variant])
    reply(version=module.version(), generator=generator(settings["device"], settings["variant"]))
    for line in sys.stdin:
        order = json.loads(line)
        if "advance" in order:
            cpu, wall = time.process_time(), time.perf_counter()
            peer.advance(order["advance"])
            reply(seconds=time.perf_counter() - wall, cpu_seconds=time.process_time() - cpu)
        elif "restart" in order:
            peer.restart()
            reply()
        else:
            moments = peer.moments()
            ok, rows = problems.check(problem, moments)
            reply(ok=ok, rows=rows, acceptance=moments["acceptance"], draws=moments["draws"] * moments["chains"])


class Worker:
    def __init__(self, settings):
        threads = str(len(settings["cores"]))
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
        environment = dict(os.environ, **{name: threads for name in names})
        environment["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"
        if settings["device"] == "cpu":
            many = "true" if len(settings["cores"]) > 1 else "false"
            flags = f"--xla_cpu_multi_thread_eigen={many} intra_op_parallelism_threads={threads}"
            environment.update(XLA_FLAGS=flags, JAX_PLATFORMS="cpu")
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--worker", json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if not os.environ.get("PEERS_DEBUG") else None,
            env=environment,
            text=True,
        )
        self.hello = self.read()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the peer ended: " + (self.process.stderr.read()[-2000:] if self.process.stderr else ""))
        return json.loads(line)

    def ask(self, **order):
        print(json.dumps(order), file=self.process.stdin, flush=True)
        return self.read()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


# Ours ---------------------------------------------------------------------------------------------------------------


def hold_to(cores):
    return lambda: os.sched_setaffinity(0, cores)


def our_rate(program, device, integrator, modes, chains, cores):
    backend = "cuda" if device == "gpu" else "cpu"
    case = f"--case={backend},{integrator},{modes},{chains},{len(cores)}"
    out = subprocess.run(
        [program, case, "--benchmark_format=json"],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=hold_to(cores) if device == "cpu" else None,
    ).stdout
    found = json.loads(out)["benchmarks"][0]
    return {
        "rate": found["updates/s"],
        "clock": found.get("GHz", 0) * 1e9,
        "share": min(1.0, found["cpu_time"] / found["real_time"]),
        "label": found["label"],
    }


def clock(program, cores):
    out = subprocess.run([program, "--clock"], check=True, stdout=subprocess.PIPE, preexec_fn=hold_to(cores[:1])).stdout
    return float(out)


# Both ---------------------------------------------------------------------------------------------------------------


def compare(arguments, settings):
    """One row of the table."""
    row = {key: settings[key] for key in ("peer", "variant", "integrator", "chains", "device")}
    row["threads"] = len(settings["cores"])
    try:
        peer = Worker(settings)
    except RuntimeError as error:
        return row | {"status": str(error)}
    if "missing" in peer.hello:
        peer.close()
        return row | {"status": "not installed", "why": peer.hello["missing"]}
    if "unusable" in peer.hello:
        peer.close()
        return row | {"status": "unusable", "why": peer.hello["unusable"]}
    row |= peer.hello
    modes, chains, cores, program = 1000, settings["chains"], settings["cores"], arguments.program
    try:
        steps = 8
        while True:  # as many steps a call as last --seconds; compiled by the first call with their number
            peer.ask(advance=steps)
            seconds = peer.ask(advance=steps)["seconds"]
            if seconds > 0.5 * arguments.seconds:
                break
            steps = max(2 * steps, int(0.9 * steps * arguments.seconds / max(seconds, 1e-4)))
        burn_in = 0 if settings["integrator"] == "adjusted" else 400  # the start is Hartree's, not Euler's
        for _ in range(-(-burn_in // steps)):
            peer.ask(advance=steps)
        peer.ask(restart=True)
        pairs = []
        for _ in range(arguments.pairs):
            took = peer.ask(advance=steps)
            pair = {"peer_rate": steps * chains * modes / took["seconds"]}
            pair["peer_share"] = took["cpu_seconds"] / took["seconds"] / len(cores)
            pair["peer_clock"] = clock(program, cores) if settings["device"] == "cpu" else 0
            ours = our_rate(program, settings["device"], settings["integrator"], modes, chains, cores)
            row["ours_label"] = ours.pop("label")
            pair |= {"ours_" + key: value for key, value in ours.items()}
            pair["ratio"] = pair["ours_rate"] / pair["peer_rate"]
            pair["ratio_of_cpu_time"] = pair["ratio"] * pair["peer_share"] / pair["ours_share"]
            pairs.append(pair)
        gate = peer.ask(moments=True)
    except RuntimeError as error:
        return row | {"status": str(error)}
    peer.close()
    row |= {"gate": gate, "steps_per_call": steps}
    if not gate["ok"]:
        return row | {"status": "moments disagree with the exact ones"}
    row |= {"status": "ok", "pairs": pairs}
    for key in ("peer_rate", "ours_rate", "ratio", "peer_clock", "ours_clock"):
        row[key] = statistics.median(pair[key] for pair in pairs)
    if settings["device"] == "cpu":  # without the time that other programs took
        row["ratio_of_cpu_time"] = statistics.median(pair["ratio_of_cpu_time"] for pair in pairs)
    row["ratio_range"] = [min(pair["ratio"] for pair in pairs), max(pair["ratio"] for pair in pairs)]
    return row


def table(rows):
    heads = ("peer", "generator", "integrator", "chains", "threads", "peer /s", "RidgeFlow /s", "ratio [min, max]", "of CPU time")
    lines = [heads, tuple("---" for _ in heads)]
    for row in rows:
        name = f"{row['name']} {row.get('version', '')}".strip()
        start = (name, row.get("generator", ""), row["integrator"], str(row["chains"]), str(row["threads"]))
        if row["status"] == "ok":
            low, high = row["ratio_range"]
            net = f"{row['ratio_of_cpu_time']:.1f}" if "ratio_of_cpu_time" in row else ""
            rates = (f"{row['peer_rate']:.3g}", f"{row['ours_rate']:.3g}")
            figures = (*rates, f"{row['ratio']:.1f} [{low:.1f}, {high:.1f}]", net)
        else:
            figures = (row["status"].splitlines()[0], "", "", "")
        lines.append(start + figures)
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def device_name(device):
    if device == "gpu":
        query = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        return subprocess.run(query, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[0].strip()
    with open("/proc/cpuinfo") as file:
        lines = dict(line.split(":", 1) for line in file.read().split("\n\n")[0].splitlines() if ":" in line)
    facts = {key.strip(): value.strip() for key, value in lines.items()}
    return f"{facts['model name']} family {facts['cpu family']}" if "cpu family" in facts else platform.machine()


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--worker":
        return worker(json.loads(sys.argv[2]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="path of bench_throughput")
    parser.add_argument("--device", choices=("cpu", "gpu"), default="cpu")
    parser.add_argument("--peers", default=",".join(PEERS), help="any of %(default)s")
    parser.add_argument("--integrators", default="adjusted,euler")
    parser.add_argument("--chains", type=lambda text: [int(n) for n in text.split(",")])
    parser.add_argument("--threads", type=int, default=1, help="of either side; more than one: without NumPy")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="of the peer in each pair (default %(default)s)")
    parser.add_argument("--variants", help="names of variants to keep, as in VARIANTS of the peers; all if not given")
    parser.add_argument("--out", default="bench/results", help="folder of the JSON (default %(default)s)")
    arguments = parser.parse_args()
    if not os.access(arguments.program, os.X_OK):
        parser.error(f"{arguments.program}: no such program; build the target bench_throughput")

    device, threads, rows = device_name(arguments.device), arguments.threads, []
    cores = sorted(os.sched_getaffinity(0))[:threads]
    if len(cores) < threads:
        parser.error(f"--threads {threads}: there are {len(cores)} cores")
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    suffix = "" if arguments.device == "gpu" else f".threads-{threads}"
    path = out / f"{device.replace(' ', '-').replace('/', '-')}{suffix}.peers.json"

    def write():
        result = {
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "device": device,
            "host": {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
            "load_average": os.getloadavg(),
            "ours": next((row["ours_label"] for row in rows if "ours_label" in row), None),
            "unit": "mode updates per second, statistics every step, P = M = 1000, state in single precision",
            "rows": rows,
        }
        path.write_text(json.dumps(result, indent=1) + "\n")

    absent = set()
    for integrator in arguments.integrators.split(","):
        for chains in arguments.chains or CHAINS[arguments.device]:
            for peer in arguments.peers.split(","):
                for variant, devices, most in VARIANTS[peer]:
                    if arguments.device not in devices.split() or threads > (most or threads) or peer in absent:
                        continue
                    if arguments.variants and variant not in arguments.variants.split(","):
                        continue
                    settings = {
                        "peer": peer,
                        "variant": variant,
                        "integrator": integrator,
                        "chains": chains,
                        "device": arguments.device,
                        "cores": cores,
                    }
                    row = {"name": NAMES[peer]} | compare(arguments, settings)
                    rows.append(row)
                    print(table([row]).splitlines()[-1], file=sys.stderr, flush=True)
                    if row["status"] in ("not installed", "unusable"):
                        print("  " + row["why"], file=sys.stderr)
                        absent.add(peer)
                    write()
    print(table(rows))
    print(f"written: {path}")
    return 0 if all(row["status"] in ("ok", "not installed", "unusable") for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
