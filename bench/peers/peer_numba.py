"""Numba: compiled loops, chain by chain through all steps so that a chain stays in the nearest cache; float32.

Each thread has a generator of its own, and shares of chains run as Python threads without the interpreter's lock
(Numba's own prange takes no generators). Numba inlines NumPy's ziggurat, which makes it several times faster than
NumPy's call; its own np.random.standard_normal (Mersenne Twister, polar method) is ten times slower.
"""

from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np

from problem import moments

VARIANTS = {"sfc64": "SFC64, ziggurat", "pcg64": "PCG64, ziggurat"}


def version():
    return numba.__version__


class Peer:
    def setup(self, problem, chains, threads, device="cpu", variant="sfc64"):
        f = np.float32
        self.problem, self.chains = problem, chains
        self.pool = ThreadPoolExecutor(threads)
        kind = np.random.SFC64 if variant == "sfc64" else np.random.PCG64
        self.rngs = tuple(np.random.Generator(kind(s)) for s in np.random.SeedSequence(1).spawn(threads))
        self.tables = tuple(np.array(x, f) for x in (problem.decay, problem.drift, problem.noise, problem.center))
        center, spread = self.tables[3], np.array(problem.spread, f)
        self.d = center + spread * self.rngs[0].standard_normal((chains, problem.modes), f)
        self.R = (self.d**2).sum(axis=1)
        p = problem
        self.scalars = tuple(f(x) for x in (p.hartree_size, p.quartic / 8, 0.5 * p.step * p.quartic))
        self.restart()

    def restart(self):
        threads, modes = len(self.rngs), self.problem.modes
        self.draws, self.accepted = 0, np.zeros(threads, np.int64)
        self.sum, self.squares = np.zeros((threads, modes)), np.zeros((threads, modes))
        self.size, self.size_square = np.zeros(self.chains), np.zeros(self.chains)

    def advance(self, steps):
        arguments = (self.d, self.R, self.tables, self.scalars, self.problem.metropolis, steps)
        sums = (self.sum, self.squares, self.size, self.size_square, self.accepted)
        parts = range(len(self.rngs))
        list(self.pool.map(lambda i: advance_part(i, len(parts), self.rngs[i], arguments, sums), parts))
        self.draws += steps

    def moments(self):
        sums = self.sum.sum(axis=0), self.squares.sum(axis=0), self.size, self.size_square
        return moments(self.problem, self.chains, self.draws, self.accepted.sum(), sums)


@numba.njit(fastmath=True, nogil=True)
def advance_part(part, parts, rng, arguments, sums):
    d, R, (A, B, N, center), (hartree_size, eighth, half_quartic_step), metropolis, steps = arguments
    total, squares, size, size_square, accepted = sums
    chains, modes = d.shape
    xi, new = np.empty(modes, np.float32), np.empty(modes, np.float32)
    recent, recent_squares = np.zeros(modes, np.float32), np.zeros(modes, np.float32)
    for chain in range(part * chains // parts, (part + 1) * chains // parts):
        row, old = d[chain], R[chain]
        for step in range(steps):
            for k in range(modes):
                xi[k] = rng.standard_normal()
            fresh = np.float32(0)
            if metropolis:
                for k in range(modes):
                    new[k] = A[k] * row[k] + B[k] + N[k] * xi[k]
                    fresh += new[k] * new[k]
                x, x0 = fresh - hartree_size, old - hartree_size
                accept = rng.standard_exponential() >= eighth * (x * x - x0 * x0)
                accepted[part] += accept
            else:
                pull = half_quartic_step * old
                for k in range(modes):
                    new[k] = (A[k] - pull) * row[k] + B[k] + N[k] * xi[k]
                    fresh += new[k] * new[k]
                accept = True
            if accept:
                old = fresh
                for k in range(modes):
                    row[k] = new[k]
                    x = new[k] - center[k]
                    recent[k] += x
                    recent_squares[k] += x * x
            else:
                for k in range(modes):
                    x = row[k] - center[k]
                    recent[k] += x
                    recent_squares[k] += x * x
            x = old - hartree_size
            size[chain] += x
            size_square[chain] += x * x
        R[chain] = old
        for k in range(modes):
            total[part, k] += recent[k]
            squares[part, k] += recent_squares[k]
            recent[k] = recent_squares[k] = 0
