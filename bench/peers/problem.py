"""The standard run and what its samples must average to. Python's own library alone: shared by all peers.

Notation as in docs/theory.md: stiffness a_k = k^(1 + alpha), target y_k = k^(-(1 + beta) / 2), ridge r = P / kappa,
U = P u, size R = sum_k d_k^2. With ridge rho a mode has variance c_k = 1 / (a_k + rho) and mean m_k = a_k y_k c_k.
"""

import cmath
import math
from dataclasses import dataclass

STANDARD_KAPPA = 1000 / 10**2.4


@dataclass
class Problem:
    """A posterior, an integrator and its tables, in double precision; lists run over the modes."""

    integrator: str
    a: list  # stiffness
    y: list  # target
    ridge: float  # r
    quartic: float  # U
    hartree_ridge: float  # rho*
    hartree_size: float  # R*
    step: float  # h
    decay: list  # A
    drift: list  # B
    noise: list  # N
    center: list  # m*: modes are summed as d - m*
    spread: list  # standard deviation of the Hartree Gaussian, where chains start

    @property
    def modes(self):
        return len(self.a)

    @property
    def metropolis(self):
        return self.integrator == "adjusted"


def gaussian(a, y, rho):
    """Variances, means and size at a ridge, which may be complex."""
    c = [1 / (ak + rho) for ak in a]
    m = [ak * yk * ck for ak, yk, ck in zip(a, y, c)]
    return c, m, sum(ck + mk * mk for ck, mk in zip(c, m))


def hartree_ridge(a, y, r, u):
    """The root of rho = r + (U/2) R(rho) by Newton; R falls and is convex, so the way up from r is monotone."""
    rho = r
    for _ in range(100):
        c, m, size = gaussian(a, y, rho)
        slope = -sum(ck * ck + 2 * mk * mk * ck for ck, mk in zip(c, m))
        change = (r + 0.5 * u * size - rho) / (1 - 0.5 * u * slope)
        rho += change
        if abs(change) <= 1e-15 * rho:
            break
    return rho


def standard(integrator="adjusted", modes=1000, alpha=0.2, beta=0.3, kappa=STANDARD_KAPPA, u=0.05):
    """The standard run with the default step of the integrator."""
    a = [k ** (1 + alpha) for k in range(1, modes + 1)]
    y = [k ** (-(1 + beta) / 2) for k in range(1, modes + 1)]
    r, quartic = modes / kappa, modes * u
    rho = hartree_ridge(a, y, r, quartic)
    c, m, size = gaussian(a, y, rho)
    if integrator == "adjusted":
        h = 7 / (min(a) + rho)
        decay = [math.exp(-(ak + rho) * h) for ak in a]
        decay = [x if x >= 2.0**-100 else 0.0 for x in decay]  # denormal ones would cost speed
        drift = [(1 - x) * mk for x, mk in zip(decay, m)]
        noise = [math.sqrt(ck * (1 - x * x)) for x, ck in zip(decay, c)]
    elif integrator == "euler":
        h = 0.25 / (max(a) + rho)
        decay = [1 - h * (ak + r) for ak in a]  # the step subtracts (h U / 2) R from it
        drift = [h * ak * yk for ak, yk in zip(a, y)]
        noise = [math.sqrt(2 * h)] * modes
    else:
        raise ValueError(f"integrator {integrator}: adjusted or euler")
    return Problem(integrator, a, y, r, quartic, rho, size, h, decay, drift, noise, m, [math.sqrt(x) for x in c])


@dataclass
class Targets:
    """Stationary averages, and the relative error that they may have themselves."""

    mean: list
    variance: list
    size: float  # mean of R
    size_variance: float  # nan where not known
    memory: list  # correlation of a mode over one step, for error bars
    slack: float


def targets(problem):
    return exact(problem) if problem.metropolis else euler_targets(problem)


def exact(problem, points=257, widths=16.0):
    """The posterior as a one-dimensional average over Gaussians with ridge rho* + it: see docs/theory.md."""
    a, y, rho, u = problem.a, problem.y, problem.hartree_ridge, problem.quartic
    c0, _, _ = gaussian(a, y, rho)
    wide = 1 / u + sum(0.5 * c * c + (ak * yk) ** 2 * c**3 for ak, yk, c in zip(a, y, c0))
    modes = len(a)
    total, mean, second, size, size2 = 0j, [0j] * modes, [0j] * modes, 0j, 0j
    for i in range(points):
        it = 1j * widths * (2 * i / (points - 1) - 1) / math.sqrt(wide)
        log_weight = ((rho + it - problem.ridge) ** 2 - (rho - problem.ridge) ** 2) / (2 * u)
        for ak, yk, ck in zip(a, y, c0):
            log_weight -= 0.5 * cmath.log(1 + ck * it) + 0.5 * ak * ak * yk * yk * ck * it / (ak + rho + it)
        weight = cmath.exp(log_weight)
        c, m, around = gaussian(a, y, rho + it)
        total += weight
        size += weight * around
        size2 += weight * (around * around + sum(2 * ck * ck + 4 * mk * mk * ck for ck, mk in zip(c, m)))
        for k in range(modes):
            mean[k] += weight * m[k]
            second[k] += weight * (c[k] + m[k] * m[k])
    mean = [(x / total).real for x in mean]
    variance = [(x / total).real - mk * mk for x, mk in zip(second, mean)]
    size = (size / total).real
    memory = [0.1] * modes  # refused proposals and the slowest decay; generous
    return Targets(mean, variance, size, (size2 / total).real - size * size, memory, 1e-5)


def euler_targets(problem):
    """The Hartree Gaussian of Euler's own stationary law: variance c / (1 - (a + rho) h / 2), rho from its own R.

    Good to 0.2 % of the exact one here; Euler itself is off by up to 14 %.
    """
    a, y, h, rho = problem.a, problem.y, problem.step, problem.hartree_ridge
    for _ in range(200):
        c, mean, _ = gaussian(a, y, rho)
        variance = [ck / (1 - 0.5 * h * (ak + rho)) for ak, ck in zip(a, c)]
        size = sum(v + m * m for v, m in zip(variance, mean))
        rho += 0.5 * (problem.ridge + 0.5 * problem.quartic * size - rho)
    memory = [1 - h * (ak + rho) for ak in a]
    return Targets(mean, variance, size, math.nan, memory, 5e-3)


def moments(problem, chains, draws, accepted, sums):
    """What check() takes, from sums as arrays: over chains and steps, of d - m* and its square, by mode; over steps, of
    R - R* and its square, by chain."""
    n = draws * chains
    total, squares, size, size_square = sums
    shift = total / n
    return {
        "draws": draws,
        "chains": chains,
        "acceptance": int(accepted) / n if problem.metropolis else 1.0,
        "mean": (shift + problem.center).tolist(),
        "variance": (squares / n - shift**2).tolist(),
        "size": (problem.hartree_size + size / draws).tolist(),
        "size_square": (size_square / draws).tolist(),
    }


def check(problem, moments, at=(1, 10, 100, 500, 1000), sigmas=4.5):
    """Compares moments with the targets. Returns (ok, list of (name, found, expected, tolerance)).

    `moments` holds draws (measured steps), chains, mean and variance by mode (over chains and steps), and
    size and size_square by chain: averages over steps of R and of (R - R*)^2.
    """
    aim = targets(problem)
    rows = []

    def compare(name, found, expected, error):
        rows.append((name, found, expected, sigmas * error + aim.slack * abs(expected)))

    def error_of_mean(values):
        center = sum(values) / len(values)
        return center, math.sqrt(sum((v - center) ** 2 for v in values) / len(values) / (len(values) - 1))

    compare("R", *_inserted(error_of_mean(moments["size"]), aim.size))
    if not math.isnan(aim.size_variance):
        shift = aim.size - problem.hartree_size
        compare("(R-R*)^2", *_inserted(error_of_mean(moments["size_square"]), aim.size_variance + shift * shift))
    for k in at:
        if k > problem.modes:
            continue
        j = k - 1
        memory = max(0.0, aim.memory[j])
        chains, draws = moments["chains"], moments["draws"]
        independent = chains * max(1.0, draws * (1 - memory) / (1 + memory))
        compare(f"mean {k}", moments["mean"][j], aim.mean[j], math.sqrt(aim.variance[j] / independent))
        squares = chains * max(1.0, draws * (1 - memory * memory) / (1 + memory * memory))
        compare(f"variance {k}", moments["variance"][j], aim.variance[j], aim.variance[j] * math.sqrt(2 / squares))
    return all(abs(found - expected) <= allowed for _, found, expected, allowed in rows), rows


def _inserted(pair, expected):
    return pair[0], expected, pair[1]
