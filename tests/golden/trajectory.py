#!/usr/bin/env python3
"""The trajectory of docs/trajectory.md, written again in another language from that document alone.

Prints tests/data/golden_chains.csv: every number that single chains of the golden trajectories hold at the
end. The test run.Golden.ChainsOfAnotherProgram compares them with the executors' to the bit.

    tests/golden/trajectory.py > tests/data/golden_chains.csv
    tests/golden/trajectory.py --check tests/data/golden_chains.csv

Plain Python on purpose: it shares no code, no compiler and no library with what it checks.
"""

import math
import struct
import sys

MASK = 0xFFFFFFFF


# --- arithmetic: binary32, round to nearest even -----------------------------------------------------------


def f32(x):
    """The nearest binary32. Right for + - * / sqrt of binary32 numbers done in binary64 (2*24 + 2 <= 53)."""
    return struct.unpack("<f", struct.pack("<f", x))[0]


def bits(x):
    return struct.unpack("<I", struct.pack("<f", x))[0]


def of_bits(w):
    return struct.unpack("<f", struct.pack("<I", w & MASK))[0]


def fma(a, b, c):
    """a b + c with one rounding: the exact sum, rounded to odd in binary64, then to nearest in binary32."""
    p = a * b  # exact
    s = p + c
    t = s - p
    error = (p - (s - t)) + (c - t)
    if error != 0.0:
        pattern = struct.unpack("<q", struct.pack("<d", s))[0]
        if pattern & 1 == 0:
            toward = math.inf if error > 0 else -math.inf
            s = math.nextafter(s, toward)
    return f32(s)


def toward_zero(w):
    """Unsigned word to binary32, rounded toward zero."""
    shift = max(0, w.bit_length() - 24)
    return float((w >> shift) << shift)


# --- noise ---------------------------------------------------------------------------------------------------


def philox(counter, key):
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p0 = 0xD2511F53 * c0
        p1 = 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & MASK, (p0 >> 32) ^ c3 ^ k1, p0 & MASK
        k0 = (k0 + 0x9E3779B9) & MASK
        k1 = (k1 + 0xBB67AE85) & MASK
    return c0, c1, c2, c3


STEP, OPENING, ACCEPTANCE, INITIAL = range(4)


def words(key, chain, step, block, stream):
    return philox((chain, step & MASK, block, stream | ((step >> 32) << 8) & MASK), key)


LOG2 = [float.fromhex(c) for c in (
    "-0x1.01b6d6p-3", "0x1.a87d08p-3", "-0x1.b9c91ap-3", "0x1.e95be8p-3", "-0x1.26d384p-2", "0x1.715c4ep-2",
    "-0x1.ec73d6p-2", "0x1.715470p-1", "-0x1.715476p+0")]
SINE = [float.fromhex(c) for c in ("-0x1.aa89dcp-9", "0x1.cd8ea4p-5", "-0x1.d3ba3ep-2", "0x1.1c5832p+0")]
COSINE = [float.fromhex(c) for c in ("-0x1.d8df08p-7", "0x1.6f4004p-3", "-0x1.bea562p-1", "0x1.6a09e6p-1")]


def horner(coefficients, x):
    q = coefficients[0]
    for c in coefficients[1:]:
        q = fma(q, x, c)
    return q


def negative_log2(w):
    u = fma(toward_zero(w), 2.0**-32, 2.0**-33)
    exponent = (bits(u) - 0x3F3504F3) & MASK & 0xFF800000
    t = f32(of_bits(bits(u) - exponent) - 1.0)
    signed = exponent - (1 << 32) if exponent & 0x80000000 else exponent
    return fma(t, horner(LOG2, t), f32(f32(float(signed)) * -(2.0**-23)))


def circle(w):
    x = f32(of_bits(((w >> 7) & 0x007FFFFE) | 0x3F800001) - 1.5)
    x2 = f32(x * x)
    s = f32(horner(SINE, x2) * x)
    c = horner(COSINE, x2)
    first = f32(c - s)
    second = f32(c + s)
    return (-first if w & 0x80000000 else first), (-second if w & 0x40000000 else second)


def normals(four):
    xi = []
    for radius_word, angle_word in (four[0:2], four[2:4]):
        radius = f32(math.sqrt(negative_log2(radius_word)))
        xi += [f32(radius * p) for p in circle(angle_word)]
    return xi


# --- tables of the golden cases --------------------------------------------------------------------------------

SCALE = 1.17741002251547469101
CASES = {  # integrator, modes, first chain, chains, burn-in, every, draws, seed; sextic_ in the name: with W, mobile_: any mobility
    "adjusted_1": ("adjusted", 1, 0, 5, 0, 1, 40, 1),
    "adjusted_31": ("adjusted", 31, 7, 37, 7, 3, 70, 0x0123456789ABCDEF),
    "euler_3": ("euler", 3, 0, 16, 7, 1, 130, 3),
    "euler_130": ("euler", 130, 1000001, 9, 0, 3, 20, 4),
    "hartree_4": ("hartree", 4, 3, 20, 7, 1, 66, 5),
    "hartree_5": ("hartree", 5, 0, 8, 7, 3, 300, 6),
    "perfect_5": ("perfect", 5, 0, 33, 0, 1, 200, 8),
    "perfect_130": ("perfect", 130, 2**32 - 21, 21, 7, 3, 12, 2**64 - 1),
    "strang_3": ("strang", 3, 0, 16, 0, 3, 129, 9),
    "strang_31": ("strang", 31, 12345, 19, 7, 1, 65, 10),
    "adjusted_sextic_5": ("adjusted", 5, 0, 17, 7, 1, 66, 12),
    "euler_sextic_5": ("euler", 5, 0, 9, 7, 1, 20, 13),
    "hartree_sextic_5": ("hartree", 5, 3, 17, 7, 3, 20, 14),
    "perfect_sextic_5": ("perfect", 5, 0, 17, 0, 1, 66, 15),
    "strang_sextic_5": ("strang", 5, 0, 17, 7, 1, 20, 16),
    "mala_5": ("mala", 5, 2, 17, 7, 1, 66, 17),
    "mala_31": ("mala", 31, 0, 9, 0, 3, 12, 18),
    "mala_sextic_5": ("mala", 5, 0, 17, 7, 1, 20, 19),
    "euler_mobile_31": ("euler", 31, 5, 19, 7, 1, 12, 20),
    "hartree_mobile_5": ("hartree", 5, 0, 17, 7, 3, 20, 21),
    "hartree_mobile_31": ("hartree", 31, 0, 9, 0, 1, 12, 22),
    "strang_mobile_5": ("strang", 5, 0, 17, 0, 1, 20, 23),
    "euler_mobile_sextic_5": ("euler", 5, 0, 9, 7, 1, 20, 24),
    "hartree_mobile_sextic_5": ("hartree", 5, 0, 9, 7, 1, 20, 25),
    "strang_mobile_sextic_5": ("strang", 5, 0, 9, 7, 3, 20, 26),
}


LOG2E = 1.44269504088896340736
SCALE2 = SCALE * SCALE
MALA_STEP = 0.5


class Tables:
    def __init__(self, integrator, modes, sextic, mobile):
        halfway = integrator == "hartree" or (integrator == "strang" and mobile)
        self.weight = []
        self.step = [[], []]  # [set][mode] (decay, drift, noise)
        self.start = []
        self.centre = []
        mean_size = 0.0
        variance_size = 0.0
        for k in range(modes):
            fall = 1.0 / (1.0 + 0.0625 * k)
            sign = -1.0 if k % 3 == 1 else 1.0
            half = 0.0 if k % 6 == 5 else 1.0 - 1.0 / float(2 << (k % 5))
            mean = sign * (1.0 + k % 7) * 0.0625 * fall
            amplitude = (129.0 + (37 * k) % 127) * 2.0**-9 * fall
            variance = amplitude * amplitude / (1.0 - half * half)
            still = (0.0, f32(mean), f32(math.sqrt(variance)))
            if integrator == "mala":
                self.weight.append(f32(SCALE2 / variance))
                self.step[0].append((f32(1.0 - MALA_STEP), f32(MALA_STEP * mean),
                                     f32(math.sqrt(2.0 * MALA_STEP * variance))))
            elif mobile:
                self.weight.append(f32(1.0 + 0.25 * (k % 4)))
            for which, decay in enumerate((half * half if halfway else half, half)):
                noise = math.sqrt(variance * (1.0 - decay * decay))
                row = (f32(decay), f32((1.0 - decay) * mean), f32(-noise if which == 1 else noise))
                if integrator != "mala":
                    self.step[which].append(still if integrator == "perfect" else row)
            self.start.append(still)
            self.centre.append(f32(mean))
            c = amplitude * amplitude / ((1.0 - half * half) * SCALE2)
            mean_size += c + mean * mean
            variance_size += 2.0 * c * c + 4.0 * c * mean * mean
        self.half_quartic_step = f32(0.125 / mean_size)
        self.hartree_size = f32(mean_size)
        self.size_decay = 0.8125
        self.acceptance_scale = f32(0.75 / variance_size)
        self.sextic_step = f32(0.0625 / (mean_size * mean_size)) if sextic else 0.0
        self.sextic_decay = 0.875 if sextic else 1.0
        self.cubic_acceptance = f32(0.25 / (variance_size * mean_size)) if sextic else 0.0
        if integrator == "mala":
            u = 6.0 / (variance_size * LOG2E)
            w = 12.0 / (variance_size * mean_size * LOG2E) if sextic else 0.0
            self.B = f32((0.125 * u + 0.0625 * w * mean_size) * LOG2E)
            self.H = f32(0.5 * u + 0.25 * w * mean_size)
            self.beta = f32((0.25 * u + 0.125 * w * mean_size) / SCALE2)
            self.V = f32(0.5 / (MALA_STEP * SCALE2))
            self.D = f32(2.0 * SCALE2)
            self.gamma = f32(0.25 * MALA_STEP * LOG2E)
            self.T = f32(0.125 * w)
            self.tau = f32(0.0625 * w / SCALE2)


# --- one chain ---------------------------------------------------------------------------------------------------


def tree_size(d):
    """R: blocks of four, then the strided binary tree."""
    padded = d + [0.0] * (-len(d) % 4)
    sums = []
    for b in range(0, len(padded), 4):
        total = f32(padded[b] * padded[b])
        for x in padded[b + 1:b + 4]:
            total = fma(x, x, total)
        sums.append(total)
    return tree(sums)


def tree_sum(modes, add):
    """Another sum over the modes: add(k, sum) grows it by mode k."""
    sums = []
    for b in range(0, modes, 4):
        total = 0.0
        for k in range(b, min(b + 4, modes)):
            total = add(k, total)
        sums.append(total)
    return tree(sums)


def tree(sums):
    width = 1
    while width < len(sums):
        width *= 2
    sums += [0.0] * (width - len(sums))
    while width > 1:
        width //= 2
        sums = [f32(sums[b] + sums[b + width]) for b in range(width)]
    return sums[0]


def schedule(burn_in, every, draws):
    """(step, measured) of every pass."""
    for step in range(1, burn_in + every * draws + 1):
        yield step, step > burn_in and (step - burn_in) % every == 0


class Chain:
    def __init__(self, case, chain):
        (self.integrator, self.modes, _, _, self.burn_in, self.every, self.draws, seed) = CASES[case]
        self.chain = chain
        self.key = (seed & MASK, seed >> 32)
        self.mobile = "mobile" in case
        self.halfway = self.integrator == "hartree" or (self.integrator == "strang" and self.mobile)
        self.tables = Tables(self.integrator, self.modes, "sextic" in case, self.mobile)
        M = self.modes
        self.d = [fma(noise, xi, drift) for (_, drift, noise), xi in zip(self.tables.start, self.noise(0, INITIAL))]
        self.size = tree_size(self.d)
        self.end, self.end_size = self.d, self.size
        if self.halfway:
            self.d = [fma(noise, xi, fma(decay, d, drift)) for (decay, drift, noise), d, xi in
                      zip(self.tables.step[1], self.d, self.noise(0, OPENING))]
            self.size = tree_size(self.d)
        self.recent_sum, self.recent_square = [0.0] * M, [0.0] * M
        self.sum, self.square = [0.0] * M, [0.0] * M
        self.first_sum, self.first_square = [0.0] * M, [0.0] * M
        self.batch_origin, self.batch_square = [0.0] * M, [0.0] * M
        self.size_sum = self.size_square = 0.0
        self.accepted = self.measured = self.first_measured = self.batch_measured = 0

    def noise(self, step, stream):
        xi = []
        for block in range((self.modes + 3) // 4):
            xi += normals(words(self.key, self.chain, step, block, stream))
        return xi[:self.modes]

    def run(self):
        draw = 0
        for step, measured in schedule(self.burn_in, self.every, self.draws):
            accepted = self.do_pass(step)
            if measured:
                draw += 1
                self.measure(draw, accepted)
        return self

    def do_pass(self, step):
        t = self.tables
        table = t.step[0]
        xi = self.noise(step, STEP)
        name, was = self.integrator, self.size
        if name == "mala":
            return self.mala_pass(table, xi, step)
        if self.mobile:
            new, end = self.mobile_proposal(t, xi)
        elif name == "euler":
            g = f32(fma(t.sextic_step, was, t.half_quartic_step) * was)
            new = [fma(n, x, fma(f32(a - g), d, b)) for (a, b, n), d, x in zip(table, self.d, xi)]
        elif name == "strang":
            f = self.half_flow(was)
            new = [fma(n, x, fma(a, f32(d * f), b)) for (a, b, n), d, x in zip(table, self.d, xi)]
        elif name == "hartree":
            f = self.hartree_flow(was)
            new, end = ([fma(n, x, fma(a, f32(d * f), b)) for (a, b, n), d, x in zip(which, self.d, xi)]
                        for which in t.step)
        elif name == "adjusted":
            new = [fma(n, x, fma(a, d, b)) for (a, b, n), d, x in zip(table, self.d, xi)]
        else:
            new = [fma(n, x, b) for (_, b, n), x in zip(table, xi)]
        size = tree_size(new)

        accepted = True
        if name in ("adjusted", "perfect"):
            quad = step >> 2
            word = words(self.key, self.chain, quad, 0, ACCEPTANCE)[step & 3]
            now = f32(size - t.hartree_size)
            if name == "adjusted":
                before = f32(was - t.hartree_size)
                excess = f32(t.acceptance_scale * fma(now, now, -f32(before * before)))
                if t.cubic_acceptance != 0.0:
                    cubes = fma(f32(now * now), now, -f32(f32(before * before) * before))
                    excess = fma(t.cubic_acceptance, cubes, excess)
            else:
                excess = f32(fma(t.cubic_acceptance, now, t.acceptance_scale) * f32(now * now))
            accepted = excess <= negative_log2(word)
        elif name == "strang" and not self.mobile:
            f = self.half_flow(size)
            new = [f32(d * f) for d in new]
            size = f32(f32(size * f) * f)
        if accepted:
            self.d, self.size = new, size
            self.accepted += 1
        self.end, self.end_size = (end, tree_size(end)) if self.halfway else (self.d, self.size)
        return accepted

    def mobile_proposal(self, t, xi):
        R, g, s = self.size, t.half_quartic_step, t.sextic_step
        if self.integrator == "euler":
            G = f32(fma(s, R, g) * R)
            return [fma(n, x, fma(fma(-w, G, a), d, b))
                    for (a, b, n), w, d, x in zip(t.step[0], t.weight, self.d, xi)], None
        off, both = (f32(R - t.hartree_size), f32(R + t.hartree_size)) if self.integrator == "hartree" else (R, R)
        S = tree_sum(self.modes, lambda k, total: fma(f32(t.weight[k] * self.d[k]), self.d[k], total))
        q = fma(f32(s + s), R, g)
        theta = f32(f32(fma(s, both, g) * off) / fma(f32(q + q), S, 2.0))
        made = []
        for which in t.step:
            row = []
            for (a, b, n), w, d, x in zip(which, t.weight, self.d, xi):
                half = f32(w * theta)
                even, odd = fma(half, half, 3.0), f32(half * 3.0)
                row.append(fma(n, x, fma(a, f32(d * f32(f32(even - odd) / f32(even + odd))), b)))
            made.append(row)
        return made

    def mala_pass(self, table, xi, step):
        t, was, d = self.tables, self.size, self.d
        x = f32(was - t.hartree_size)
        G = f32(fma(t.tau, x, t.beta) * x)
        new = [fma(n, e, fma(fma(-f32(n * n), G, a), v, b)) for (a, b, n), v, e in zip(table, d, xi)]
        size = tree_size(new)
        delta = f32(t.D * G)
        noise = [n for _, _, n in table]

        def second(k, total):
            moved, x, xn = f32(new[k] - d[k]), f32(d[k] - t.centre[k]), f32(new[k] - t.centre[k])
            total = fma(f32(t.weight[k] * moved), f32(xn + x), total)
            along = fma(f32(f32(t.V * f32(noise[k] * noise[k])) * d[k]), delta, f32(x + x))
            return fma(-f32(delta * d[k]), along, total)

        def fourth(k, total):
            kicked = f32(noise[k] * new[k])
            return fma(kicked, kicked, total)

        def first(k, total):
            moved = f32(new[k] - d[k])
            return fma(moved, moved, total)

        S1 = tree_sum(self.modes, first)
        S2 = tree_sum(self.modes, second)
        S3 = tree_sum(self.modes, lambda k, total: fma(f32(new[k] - t.centre[k]), new[k], total))
        S4 = tree_sum(self.modes, fourth)
        xn = f32(size - t.hartree_size)
        delta = f32(fma(t.T, xn, t.H) * xn)
        gradients = fma(delta, fma(delta, f32(t.V * S4), f32(S3 + S3)), S2)
        change = f32(size - was)
        excess = fma(t.gamma, gradients, -f32(t.B * f32(change * S1)))
        if t.cubic_acceptance != 0.0:
            Z = f32(change * fma(f32(1.5 * S1), f32(xn + x), f32(f32(change * change) * 0.5)))
            excess = fma(-t.cubic_acceptance, Z, excess)
        word = words(self.key, self.chain, step >> 2, 0, ACCEPTANCE)[step & 3]
        accepted = excess <= negative_log2(word)
        if accepted:
            self.d, self.size = new, size
            self.accepted += 1
        self.end, self.end_size = self.d, self.size
        return accepted

    def half_flow(self, size):
        t = self.tables
        if t.sextic_step == 0.0:
            return f32(1.0 / f32(math.sqrt(fma(t.half_quartic_step, size, 1.0))))
        first = f32(math.sqrt(fma(f32(t.sextic_step * size), size, 1.0)))
        between = f32(size / first)
        middle = fma(t.half_quartic_step, between, 1.0)
        after = f32(between / middle)
        last = f32(math.sqrt(fma(f32(t.sextic_step * after), after, 1.0)))
        return f32(1.0 / f32(math.sqrt(f32(f32(first * middle) * last))))

    def hartree_flow(self, size):
        t = self.tables

        def quartic(r):
            return f32(t.hartree_size / fma(f32(t.hartree_size - r), t.size_decay, r))

        def sextic(r):
            target, square = f32(t.hartree_size * t.hartree_size), f32(r * r)
            return f32(math.sqrt(f32(target / fma(f32(target - square), t.sextic_decay, square))))

        if t.sextic_step == 0.0:
            return f32(math.sqrt(quartic(size)))
        first = sextic(size)
        between = f32(size * first)
        middle = quartic(between)
        last = sextic(f32(between * middle))
        return f32(math.sqrt(f32(f32(first * middle) * last)))

    def measure(self, draw, accepted):
        counted = accepted or self.integrator != "perfect"
        for k in range(self.modes):
            x = f32(self.end[k] - self.tables.centre[k]) if counted else 0.0
            self.recent_sum[k] = f32(self.recent_sum[k] + x)
            self.recent_square[k] = fma(x, x, self.recent_square[k])
        if counted:
            x = self.end_size - self.tables.hartree_size
            self.size_sum += x
            self.size_square += x * x
            self.measured += 1
        length, half = 0, self.draws // 2
        if self.draws >= 128:
            length = 64 * max(1, self.draws // 1024)
            half = length * ((self.draws + length) // (2 * length))
        if draw % 64 == 0 or draw == half or draw == self.draws:
            for k in range(self.modes):
                self.sum[k] += self.recent_sum[k]
                self.square[k] += self.recent_square[k]
                self.recent_sum[k] = self.recent_square[k] = 0.0
            if length and draw % length == 0:
                inside = self.measured - self.batch_measured
                per_draw = 1.0 / inside if inside else 0.0
                for k in range(self.modes):
                    batch = self.sum[k] - self.batch_origin[k]
                    self.batch_square[k] += batch * batch * per_draw
                    self.batch_origin[k] = self.sum[k]
                self.batch_measured = self.measured
            if draw == half:
                self.first_sum, self.first_square = self.sum, self.square
                self.sum, self.square = [0.0] * self.modes, [0.0] * self.modes
                self.batch_origin = [0.0] * self.modes
                self.first_measured, self.measured, self.batch_measured = self.measured, 0, 0

    def rows(self):
        arrays = vars(self) | {"d": self.end, "carried": self.d, "size": self.end_size, "carried_size": self.size}
        carried = ("carried",) if self.halfway else ()
        for name in ("d", *carried, "recent_sum", "recent_square", "sum", "square", "first_sum", "first_square",
                     "batch_origin", "batch_square"):
            for k, value in enumerate(arrays[name]):
                yield name, k, value
        carried = ("carried_size",) if self.halfway else ()
        for name in ("size", *carried, "size_sum", "size_square", "accepted", "measured", "first_measured",
                     "batch_measured"):
            yield name, 0, float(arrays[name])


def lines():
    yield "case,chain,array,mode,value"
    for case, (_, modes, first, chains, *_) in CASES.items():
        for chain in sorted({first, first + chains - 1}) if modes < 10 else [first + chains - 1]:
            for name, k, value in Chain(case, chain).run().rows():
                yield f"{case},{chain},{name},{k},{value.hex()}"


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--check":
        with open(sys.argv[2], encoding="utf-8") as file:
            recorded = file.read().splitlines()
        sys.exit(0 if recorded == list(lines()) else f"{sys.argv[2]} is not what this program gives")
    print("\n".join(lines()))


if __name__ == "__main__":
    main()
