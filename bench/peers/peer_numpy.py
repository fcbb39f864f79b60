"""NumPy: whole arrays in place, float32, one thread."""

import numpy as np

from problem import moments

VARIANTS = {"sfc64": "SFC64, ziggurat", "pcg64": "PCG64, ziggurat"}


def version():
    return np.__version__


class Peer:
    def setup(self, problem, chains, threads, device="cpu", variant="sfc64"):
        f = np.float32
        self.problem, self.chains = problem, chains
        self.rng = np.random.Generator((np.random.SFC64 if variant == "sfc64" else np.random.PCG64)(1))
        self.A, self.B, self.N, self.center = (
            np.array(x, f) for x in (problem.decay, problem.drift, problem.noise, problem.center)
        )
        shape = (chains, problem.modes)
        self.xi, self.next = np.empty(shape, f), np.empty(shape, f)
        self.d = self.rng.standard_normal(shape, f)
        self.d *= np.array(problem.spread, f)
        self.d += self.center
        self.R = np.einsum("ij,ij->i", self.d, self.d)
        self.restart()

    def restart(self):
        """Forgets what was measured."""
        modes = self.problem.modes
        self.draws, self.accepted = 0, 0
        self.sum, self.squares = np.zeros(modes), np.zeros(modes)
        self.size, self.size_square = np.zeros(self.chains), np.zeros(self.chains)

    def advance(self, steps):
        p, rng, xi = self.problem, self.rng, self.xi
        for _ in range(steps):
            d, new = self.d, self.next
            rng.standard_normal(dtype=np.float32, out=xi)
            if p.metropolis:
                np.multiply(d, self.A, out=new)
            else:
                np.subtract(self.A, (np.float32(0.5 * p.step * p.quartic) * self.R)[:, None], out=new)
                new *= d
            new += self.B
            xi *= self.N
            new += xi
            R = np.einsum("ij,ij->i", new, new)
            if p.metropolis:
                x, x0 = R - np.float32(p.hartree_size), self.R - np.float32(p.hartree_size)
                refused = rng.standard_exponential(self.chains, np.float32) < np.float32(p.quartic / 8) * (
                    x * x - x0 * x0
                )
                new[refused] = d[refused]  # a few rows: copying the accepted ones would be all of them
                R[refused] = self.R[refused]
                self.accepted += self.chains - np.count_nonzero(refused)
            self.d, self.next, self.R = new, d, R
            x = np.subtract(new, self.center, out=xi)
            self.sum += x.sum(axis=0)
            self.squares += np.einsum("ij,ij->j", x, x)
            size = R - np.float32(p.hartree_size)
            self.size += size
            self.size_square += size * size
        self.draws += steps

    def moments(self):
        sums = self.sum, self.squares, self.size, self.size_square
        return moments(self.problem, self.chains, self.draws, self.accepted, sums)
