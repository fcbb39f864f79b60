"""JAX: one jitted scan over the steps, float32, its state donated; jax.random.normal with either generator."""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from problem import moments

VARIANTS = {
    "threefry": "threefry2x32, inverse error function",
    "rbg": "rbg (XLA's Philox), inverse error function",
}


def version():
    return jax.__version__


class Peer:
    def setup(self, problem, chains, threads, device="cpu", variant="threefry"):
        self.problem, self.chains = problem, chains
        self.device = jax.devices(device)[0]
        with jax.default_device(self.device):
            self.key = jax.random.key(1, impl={"rbg": "rbg", "threefry": "threefry2x32"}[variant])
            self.key, key = jax.random.split(self.key)
            center, spread = jnp.float32(problem.center), jnp.float32(problem.spread)
            d = center + spread * jax.random.normal(key, (chains, problem.modes))
            self.state = (d, jnp.sum(d * d, axis=1))
        self.run = jax.jit(functools.partial(scan, problem), static_argnums=2, donate_argnums=0)
        self.restart()

    def restart(self):
        modes = self.problem.modes
        self.draws, self.accepted = 0, 0
        self.sum, self.squares = np.zeros(modes), np.zeros(modes)
        self.size, self.size_square = np.zeros(self.chains), np.zeros(self.chains)

    def advance(self, steps):
        with jax.default_device(self.device):
            self.key, key = jax.random.split(self.key)
            self.state, sums = self.run(self.state, key, steps)
        total, squares, size, size_square, accepted = (np.asarray(x, np.float64) for x in sums)
        self.sum += total
        self.squares += squares
        self.size += size
        self.size_square += size_square
        self.accepted += int(accepted)
        self.draws += steps

    def moments(self):
        sums = self.sum, self.squares, self.size, self.size_square
        return moments(self.problem, self.chains, self.draws, self.accepted, sums)


def scan(problem, state, key, steps):
    A, B, N, center = (jnp.float32(x) for x in (problem.decay, problem.drift, problem.noise, problem.center))
    chains, modes = state[0].shape

    def step(carry, key):
        (d, R), (total, squares, size, size_square, accepted) = carry
        normal_key, accept_key = jax.random.split(key)
        xi = jax.random.normal(normal_key, d.shape)
        if problem.metropolis:
            new = A * d + B + N * xi
            R_new = jnp.sum(new * new, axis=1)
            x, x0 = R_new - problem.hartree_size, R - problem.hartree_size
            accept = jnp.log(jax.random.uniform(accept_key, (chains,))) < -(problem.quartic / 8) * (x * x - x0 * x0)
            new = jnp.where(accept[:, None], new, d)
            R_new = jnp.where(accept, R_new, R)
            accepted += jnp.sum(accept)
        else:
            new = (A - (0.5 * problem.step * problem.quartic * R)[:, None]) * d + B + N * xi
            R_new = jnp.sum(new * new, axis=1)
        x, x_size = new - center, R_new - problem.hartree_size
        sums = (
            total + jnp.sum(x, axis=0),
            squares + jnp.sum(x * x, axis=0),
            size + x_size,
            size_square + x_size * x_size,
            accepted,
        )
        return ((new, R_new), sums), None

    zero, none = jnp.zeros(modes), jnp.zeros(chains)
    start = (state, (zero, zero, none, none, jnp.int32(0)))
    (state, sums), _ = jax.lax.scan(step, start, jax.random.split(key, steps))
    return state, sums
