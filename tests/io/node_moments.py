#!/usr/bin/env python3
"""Moments of groups of chains: derived numbers with errors, and parts of a run merged to its digits.

Usage: node_moments.py PROGRAM DOCUMENT [MPIEXEC]

The jackknife is the code of DOCUMENT (docs/derived-numbers.md); the merge is written from its words.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import xarray as xr

MODES = 120
SUMS = ('x', 'xx', 'v', 'vv', 'xv', 'within', 'half_x', 'half_xx', 'half_within', 'batch_within', 'chains', 'draws', 'halves',
        'half_draws', 'accepted', 'size', 'size_sq', 'size_v', 'size_vv', 'size_xv')


def main(program, document, mpiexec=''):
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        check_document(program, document)
        check_merge(program)
        check_choice(program)
        if mpiexec:
            check_ranks(program, mpiexec)


def compare(program, out, *flags, before=()):
    words = [*before, program, 'compare', '--seed', '11', '--backend', 'cpu', '--force', '--out', out, *flags]
    for flag, value in (('--samples', str(MODES)), ('--u', '0.5'), ('--theory', 'gp,exact')):
        words += [] if flag in flags else [flag, value]
    return subprocess.run(words, capture_output=True, text=True)


def sampled(program, out, *flags, before=()):
    done = compare(program, out, *flags, before=before)
    assert done.returncode == 0, done.stderr
    return done


def group(path, name='node_moments'):
    with xr.open_dataset(path, group=name) as data:
        return data.load()


def check_document(program, document):
    """The document's code gives what the draws themselves give; groups at the ends are shorter than the others."""
    sampled(program, 'run.nc', '--chains', '90', '--first-chain', '3', '--steps', '40', '--keep', '40')
    code = re.search(r'```python\n(.*?)```', Path(document).read_text(), re.DOTALL).group(1)
    names = {}
    exec(compile(code, document, 'exec'), names)
    nodes = names['nodes']
    assert 16 <= nodes.sizes['node'] <= 64 and len(set(nodes.length.values)) > 1, nodes.length.values

    draws = group('run.nc', 'posterior')['d'].astype(float)
    of_chain = 0.5 * (draws.sel(mode=slice(1, 100))**2).sum('mode').mean('draw').values
    of_node = [of_chain[first - 3:first - 3 + length].mean() for first, length in chain_ranges(nodes)]
    share = nodes.length.values / 90
    value = of_chain.mean()
    np.testing.assert_allclose(names['loss'], value, rtol=1e-6)
    error = np.sqrt(np.mean((of_node - value)**2 * share / (1 - share)))
    np.testing.assert_allclose(names['error'], error, rtol=1e-4)
    # planted: errors of modes as if they were independent are others
    moments, all_nodes = group('run.nc', 'moments'), nodes.sel(mode=slice(1, 100))
    one_by_one = [names['jackknife'](all_nodes.sel(mode=[k]), lambda mean, square: 0.5 * square.sum('mode'))[1]
                  for k in all_nodes.mode.values]
    assert abs(np.sqrt(np.sum(np.square(one_by_one))) / error - 1) > 0.02

    loss, error = names['jackknife'](nodes, lambda mean, square: 0.5 * square.sum('mode'))
    stats = group('run.nc', 'sample_stats')
    np.testing.assert_allclose(loss, stats['loss'], rtol=1e-5)
    assert 0.5 < error / float(stats['mcse_loss']) < 2, (error, float(stats['mcse_loss']))
    mean, error = names['jackknife'](nodes, lambda mean, square: mean.sel(mode=2))
    np.testing.assert_allclose(mean, moments['mean'].sel(mode=2), rtol=1e-12)


def chain_ranges(nodes):
    return list(zip(nodes.first_chain.values.astype(int), nodes.length.values.astype(int)))


# --- The merge


def close_superchain(node, length, superchain):
    """Adds to a node of just one superchain what this superchain is."""
    if length == superchain:
        n = node['chains']
        mean = node['x'] / n
        between = (node['xx'] / n - mean * mean) * n / (n - 1) if n > 1 else 0.0
        node.update(superchains=1.0, super_x=mean, super_xx=mean * mean, super_within=between + node['within'] / n)
    return node


def merged(files):
    """Sums over all chains of the nodes of all \\p files."""
    parts = [group(path) for path in files]
    nodes = {}
    for part in parts:
        for i, place in enumerate(chain_ranges(part)):
            nodes[place] = {name: part[name].values[i] for name in SUMS}
    superchain = 2**int(np.log2(max(1, sum(length for _, length in nodes) // 16)))
    supers = dict(superchains=0.0, super_x=0.0, super_xx=0.0, super_within=0.0)
    nodes = {place: close_superchain({**supers, **node}, place[1], superchain) for place, node in nodes.items()}
    while True:
        pairs = [(first, length) for first, length in nodes
                 if first % (2 * length) == 0 and (first + length, length) in nodes]
        if not pairs:
            break
        for first, length in pairs:
            left, right = nodes.pop((first, length)), nodes.pop((first + length, length))
            both = {name: left[name] + right[name] for name in left}
            nodes[first, 2 * length] = close_superchain(both, 2 * length, superchain)
    total = {name: 0.0 for name in next(iter(nodes.values()))}
    for place in sorted(nodes):
        total = {name: total[name] + nodes[place][name] for name in total}
    return total, parts[0]


def estimate(n, x, xx, v, vv, xv):
    mean, second = x / n, v / n
    error_squared = np.maximum(0.0, (xx / n - mean * mean) * n / (n - 1)) / n
    influence_mean = second - 2 * mean * mean
    influence_square = (vv - 4 * mean * xv + 4 * mean * mean * xx) / n
    influence = np.maximum(0.0, (influence_square - influence_mean * influence_mean) * n / (n - 1))
    return mean, np.sqrt(error_squared), second - mean * mean + error_squared, np.sqrt(influence / n)


def summary_of(s, like):
    n, h, c = s['chains'], s['halves'], s['superchains']
    mean, mcse_mean, variance, mcse_variance = estimate(n, *(s[name] for name in ('x', 'xx', 'v', 'vv', 'xv')))
    within, half, draws = s['half_within'] / h, s['half_x'] / h, s['half_draws'] / h
    between = (s['half_xx'] / h - half * half) * h / (h - 1)
    of_super = s['super_x'] / c
    between_super = np.maximum(0.0, (s['super_xx'] / c - of_super * of_super) * c / (c - 1))
    size = estimate(n, *(s[name] for name in ('size', 'size_sq', 'size_v', 'size_vv', 'size_xv')))
    return {
        'moments': {
            'mean': like['centre'].values + mean, 'mcse_mean': mcse_mean, 'variance': variance, 'mcse_variance': mcse_variance,
            'r_hat': np.sqrt(((draws - 1) / draws * within + between) / within),
            'nested_r_hat': np.sqrt(1 + between_super / (s['super_within'] / c)),
            'ess_mean': variance / (mcse_mean * mcse_mean),
            'ess_sd': 2.0 * (variance / mcse_variance) * (variance / mcse_variance),
            'tau_int': 0.5 * s['batch_within'] / (n * (float(like['batches']) - 1)) / variance},
        'sample_stats': {
            'mean_size': float(like['centre_size']) + size[0], 'mcse_mean_size': size[1], 'variance_size': size[2],
            'mcse_variance_size': size[3], 'draws': s['draws'], 'superchains': c,
            'acceptance': s['accepted'] / (n * float(like['passes']))}}


def check_merge(program):
    """Two parts of a run, and the run itself, which has other superchains than they have."""
    same = ('--steps', '400', '--burn-in', '3', '--step', '0.02', '--integrator', 'adjusted')
    sampled(program, 'one.nc', *same, '--chains', '100', '--first-chain', '3')
    sampled(program, 'other.nc', *same, '--chains', '64', '--first-chain', '103')
    sampled(program, 'whole.nc', *same, '--chains', '164', '--first-chain', '3')
    total, like = merged(['one.nc', 'other.nc'])
    of_whole, _ = merged(['whole.nc'])
    for name in total:
        np.testing.assert_array_equal(total[name], of_whole[name], err_msg=name)
    assert like['batches'] >= 2
    for name, numbers in summary_of(total, like).items():
        whole = group('whole.nc', name)
        for variable, value in numbers.items():
            assert np.all(np.isfinite(value)), variable
            np.testing.assert_array_equal(value, whole[variable], err_msg=variable)
    assert float(group('one.nc', 'sample_stats')['chains_per_superchain']) == 4
    assert float(group('whole.nc', 'sample_stats')['chains_per_superchain']) == 8


def check_choice(program):
    """A sweep has nodes where they are asked for, a single system unless they are refused, other files never."""
    few = ('--samples', '8', '--steps', '8', '--chains', '64')
    sampled(program, 'sweep.nc', *few, '--u', '0.2,0.5', '--burn-in', '5')
    assert not has_nodes('sweep.nc')
    sampled(program, 'sweep.nc', *few, '--u', '0.2,0.5', '--burn-in', '5', '--node-moments')
    sampled(program, 'alone.nc', *few, '--first-chain', '64', '--burn-in', '5')
    assert has_nodes('alone.nc')
    np.testing.assert_array_equal(group('sweep.nc')['x'].sel(u=0.5), group('alone.nc')['x'])
    sampled(program, 'without.nc', *few, '--set', 'observe.node_moments=false')
    assert not has_nodes('without.nc')
    sampled(program, 'plain.csv', *few)
    refused = compare(program, 'plain.csv', *few, '--node-moments')
    assert refused.returncode == 2 and '.nc file' in refused.stderr, refused.stderr
    large = ('--samples', '300000', '--chains', '64', '--draws', '64', '--theory', 'gp', '--dry-run')
    said = sampled(program, 'large.nc', *large).stdout
    assert 'left out of the result: --node-moments' in said.replace('\n  ', ' '), said
    said = sampled(program, 'large.nc', *large, '--node-moments').stdout
    assert 'left out' not in said and 'for what is observed' in said, said


def has_nodes(path):
    import netCDF4
    with netCDF4.Dataset(path) as file:
        return 'node_moments' in file.groups


def check_ranks(program, mpiexec):
    """However the chains are shared out."""
    os.environ.update(OMPI_ALLOW_RUN_AS_ROOT='1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM='1', OMPI_MCA_rmaps_base_oversubscribe='1',
                      ASAN_OPTIONS='detect_leaks=0')
    flags = ('--steps', '20', '--chains', '200', '--first-chain', '5')
    sampled(program, 'one_process.nc', *flags)
    sampled(program, 'ranks.nc', *flags, before=(mpiexec, '-n', '3'))
    one, ranks = group('one_process.nc'), group('ranks.nc')
    assert one.identical(ranks), (one, ranks)


if __name__ == '__main__':
    main(*sys.argv[1:])
    print('ok')
