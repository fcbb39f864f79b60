"""PyTorch, float32: eager tensors in place, or the step through torch.compile.

The normals are drawn outside of the compiled step: on a CPU randn inside it is ten times slower.
"""

import torch

from problem import moments

VARIANTS = {"eager": "eager, in place", "compile": "torch.compile of the step, normals drawn outside"}


def version():
    return torch.__version__


def generator(device, variant):
    kind = "MT19937, Box-Muller" if device == "cpu" else "Philox4x32-10, Box-Muller (cuRAND)"
    return f"{kind}; {VARIANTS[variant]}"


class Peer:
    def setup(self, problem, chains, threads, device="cpu", variant="eager"):
        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
        self.problem, self.chains, self.variant = problem, chains, variant
        self.device = torch.device("cuda" if device == "gpu" else "cpu")
        self.rng = torch.Generator(self.device)
        self.rng.manual_seed(1)
        self.A, self.B, self.N, self.center, spread = (
            torch.tensor(x, dtype=torch.float32, device=self.device)
            for x in (problem.decay, problem.drift, problem.noise, problem.center, problem.spread)
        )
        shape = (chains, problem.modes)
        self.xi = torch.empty(shape, device=self.device).normal_(generator=self.rng)
        self.threshold = torch.empty(chains, device=self.device)
        self.d = self.center + spread * self.xi
        self.next = torch.empty_like(self.d)
        self.R = (self.d * self.d).sum(1)
        self.compiled = torch.compile(whole_step) if variant == "compile" else None
        self.restart()

    def restart(self):
        modes, zero = self.problem.modes, torch.zeros((), dtype=torch.int64, device=self.device)
        self.draws, self.accepted = 0, zero
        self.sum, self.squares = (torch.zeros(modes, dtype=torch.float64, device=self.device) for _ in "ab")
        self.size, self.size_square = (
            torch.zeros(self.chains, dtype=torch.float64, device=self.device) for _ in "ab"
        )

    def advance(self, steps):
        for _ in range(steps):
            self.xi.normal_(generator=self.rng)
            if self.problem.metropolis:
                self.threshold.exponential_(generator=self.rng)
            if self.compiled:
                p = self.problem
                self.d, self.R, self.sum, self.squares, self.size, self.size_square, self.accepted = self.compiled(
                    (self.d, self.R, self.sum, self.squares, self.size, self.size_square, self.accepted),
                    (self.A, self.B, self.N, self.center),
                    self.xi,
                    self.threshold,
                    p.metropolis,
                    p.hartree_size,
                    p.quartic / 8,
                    0.5 * p.step * p.quartic,
                )
            else:
                self.step_in_place()
        if self.device.type == "cuda":
            torch.cuda.synchronize()
        self.draws += steps

    def step_in_place(self):
        p, d, new, xi = self.problem, self.d, self.next, self.xi
        if p.metropolis:
            torch.addcmul(self.B, d, self.A, out=new)
        else:
            torch.sub(self.A, (0.5 * p.step * p.quartic * self.R)[:, None], out=new)
            new.mul_(d).add_(self.B)
        new.addcmul_(xi, self.N)
        R = torch.linalg.vecdot(new, new)
        if p.metropolis:
            x, x0 = R - p.hartree_size, self.R - p.hartree_size
            refused = self.threshold < p.quartic / 8 * (x * x - x0 * x0)
            if self.device.type == "cpu":
                rows = refused.nonzero()[:, 0]  # a few: copying the accepted ones would be all of them
                new[rows] = d[rows]
            else:
                torch.where(refused[:, None], d, new, out=new)  # no wait for the device
            R = torch.where(refused, self.R, R)
            self.accepted += self.chains - refused.sum()
        self.d, self.next, self.R = new, d, R
        x = torch.sub(new, self.center, out=xi)
        self.sum += x.sum(0)
        self.squares += x.square_().sum(0)
        size = R - p.hartree_size
        self.size += size
        self.size_square += size * size

    def moments(self):
        sums = [x.cpu().numpy() for x in (self.sum, self.squares, self.size, self.size_square)]
        return moments(self.problem, self.chains, self.draws, self.accepted, sums)


def whole_step(state, tables, xi, threshold, metropolis, hartree_size, eighth, half_quartic_step):
    d, R, total, squares, size, size_square, accepted = state
    A, B, N, center = tables
    if metropolis:
        new = A * d + B + N * xi
        R_new = (new * new).sum(1)
        x, x0 = R_new - hartree_size, R - hartree_size
        accept = threshold >= eighth * (x * x - x0 * x0)
        new = torch.where(accept[:, None], new, d)
        R_new = torch.where(accept, R_new, R)
        accepted = accepted + accept.sum()
    else:
        new = (A - (half_quartic_step * R)[:, None]) * d + B + N * xi
        R_new = (new * new).sum(1)
    x, x_size = new - center, R_new - hartree_size
    return (
        new,
        R_new,
        total + x.sum(0),
        squares + (x * x).sum(0),
        size + x_size,
        size_square + x_size * x_size,
        accepted,
    )
