#!/usr/bin/env python3
"""A result opens in xarray, group by group, says its units, and holds the numbers of the CSV.

Usage: result_opens_in_xarray.py PROGRAM
"""
import csv
import json
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import netCDF4
import numpy as np
import xarray as xr

SEED = 2**64 - 1
MODES = 40
THEORIES = ['wilson', 'exact', 'gp']
GROUPS = {
    'constant_data': {'k', 'a', 'y', 'rg_r', 'rg_U', 'samples', 'kappa', 'u', 'w', 'r', 'U', 'W', 'rho_star', 'R_star'},
    'prediction': {'mean', 'variance', 'loss', 'largest_deviation_of_exact_mean', 'largest_deviation_of_exact_mean_mode',
                   'largest_deviation_of_exact_variance', 'largest_deviation_of_exact_variance_mode'},
    'sample_stats': {'significand_bits', 'acceptance', 'step', 'chains', 'draws', 'burn_in', 'mean_size', 'mcse_mean_size',
                     'variance_size', 'mcse_variance_size', 'loss', 'mcse_loss', 'chain', 'acceptance_rate'},
    'moments': {'mean', 'mcse_mean', 'sd', 'variance', 'mcse_variance', 'r_hat', 'ess_mean', 'ess_sd', 'tau_int'},
    'node_moments': {'first_chain', 'length', 'chains', 'x', 'xx', 'v', 'centre', 'passes'},
    'comparison': {'z_mean', 'z_variance', 'chi2_mean', 'p_mean', 'chi2_variance', 'p_variance', 'modes_compared_mean',
                   'modes_compared_variance'},
    'timing': {'start', 'sample', 'collect', 'mode_updates', 'updates_per_second'},
}


def main(program):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        result, table = folder / 'run.nc', folder / 'run.csv'
        run = [program, 'compare', '--samples', str(MODES), '--draws', '20000', '--chains', '64', '--seed', str(SEED),
               '--theory', ','.join(THEORIES), '--backend', 'cpu']
        subprocess.run([*run, '--out', result], check=True, capture_output=True)
        subprocess.run([*run, '--out', table], check=True, capture_output=True)
        check_groups(result)
        check_attributes(result)
        check_values(result, table)
        check_repeats(program, result, table, folder)
        check_observations(program, folder)
        check_sweep(program, folder)
        check_appending(result)
        check_partial(program, folder)


def check_partial(program, folder):
    """A run that a signal stopped: its file has the draws there were, of one system and of a sweep."""
    for name, more in (('part.nc', []), ('part_sweep.nc', ['--u', '0.1,0.4', '--kappa', '3,5'])):
        result = folder / name
        run = subprocess.Popen([program, 'compare', '--samples', '12', '--draws', '1e13', '--chains', '64', '--threads', '1',
                                '--backend', 'cpu', '--out', result, *more], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
        while 'from the system' not in run.stderr.readline():
            pass
        time.sleep(0.7)  # burn-in is over then
        run.send_signal(signal.SIGTERM)
        run.communicate()
        assert run.returncode == 143, run.returncode
        assert xr.open_dataset(result).attrs['partial'] == 1
        stats = xr.open_dataset(result, group='sample_stats')
        assert (stats.draws_per_chain_done > 0).all() and (stats.draws_per_chain_done < stats.draws_per_chain).all()
        assert (stats.draws == 64 * stats.draws_per_chain_done).all()
        assert np.isfinite(xr.open_dataset(result, group='moments').mcse_variance).all()


def check_groups(result):
    with netCDF4.Dataset(result) as file:
        assert set(file.groups) == set(GROUPS), set(file.groups)
        for group in file.groups.values():
            assert not any(d.isunlimited() for d in group.dimensions.values())
            for name, variable in group.variables.items():
                for attribute in ('units', 'long_name'):
                    assert getattr(variable, attribute, ''), f'{group.name}/{name} has no {attribute}'
                if variable.dtype == np.float64:
                    assert np.isnan(variable._FillValue), f'{group.name}/{name} is not filled with NaN'
    for name, variables in GROUPS.items():
        data = xr.open_dataset(result, group=name)
        assert variables <= set(data.variables), (name, variables - set(data.variables))
        if 'mode' in data.dims:
            assert data['mode'].dtype.kind == 'i' and (data['mode'] == np.arange(1, MODES + 1)).all()
        if 'theory' in data.dims:
            assert list(data['theory'].values) == THEORIES, data['theory'].values
            assert np.isfinite(data.sel(theory='exact').to_array().sum())
        for variable in data.values():
            assert variable.dtype.kind not in 'mM', f'{name}/{variable.name} was taken for a time'
    timing = xr.open_dataset(result, group='timing')
    assert timing['sample'].units == 's' and timing['updates_per_second'].units == 's-1'


def check_appending(result):
    """A result can be annotated: further groups, variables and attributes, and what was there stays as it was."""
    before = xr.open_dataset(result, group='moments').load()
    before.close()
    with netCDF4.Dataset(result, 'a') as file:
        file.note = 'annotated'
        file['moments'].createVariable('weight', 'f8', ('mode',))[:] = 0.5
        file.createGroup('mine').createDimension('bin', 3)
    with netCDF4.Dataset(result) as file:
        assert list(file.groups)[-1] == 'mine' and file.ncattrs()[-1] == 'note', file
        assert (file['moments/weight'][:] == 0.5).all()
    after = xr.open_dataset(result, group='moments').load()
    after.close()
    assert before.identical(after.drop_vars('weight'))


def check_attributes(result):
    root = xr.open_dataset(result)
    assert int(root.attrs['seed']) == SEED and root.attrs['seed_decimal'] == str(SEED)
    assert root.attrs['inference_library'] == 'ridgeflow'
    for name in ('inference_library_version', 'version', 'git_revision', 'device', 'precision', 'math', 'created_at', 'run_file'):
        assert root.attrs[name], name
    np.datetime64(root.attrs['created_at'].rstrip('Z'))


def check_values(result, table):
    with open(table) as file:
        rows = list(csv.DictReader(file))
    column = lambda name: np.array([float(row[name]) for row in rows])
    moments = xr.open_dataset(result, group='moments')
    for ours, theirs in {'mean': 'measured_mean', 'mcse_mean': 'measured_mean_mcse', 'variance': 'measured_var',
                         'mcse_variance': 'measured_var_mcse', 'ess_mean': 'ess_mean', 'ess_sd': 'ess_sd', 'r_hat': 'r_hat',
                         'tau_int': 'tau_int'}.items():
        np.testing.assert_array_equal(moments[ours], column(theirs), err_msg=ours)
    np.testing.assert_allclose(moments['sd']**2, moments['variance'], rtol=1e-14)
    prediction = xr.open_dataset(result, group='prediction')
    constant = xr.open_dataset(result, group='constant_data')
    comparison = xr.open_dataset(result, group='comparison')
    np.testing.assert_array_equal(constant['a'], column('a'))
    np.testing.assert_array_equal(constant['y'], column('y'))
    stats = xr.open_dataset(result, group='sample_stats')
    assert float(stats['loss']) == float(stats['mean_size']) / 2
    assert float(stats['mcse_loss']) == float(stats['mcse_mean_size']) / 2
    for theory in THEORIES:
        squares = prediction['mean']**2 + prediction['variance']
        np.testing.assert_allclose(prediction['loss'], squares.sum('mode') / 2, rtol=1e-12)
        for quantity in ('mean', 'variance'):
            name = f'largest_deviation_of_exact_{quantity}'
            found = [float(prediction[each].sel(theory=theory)) for each in (name, f'{name}_mode')]
            if theory == 'exact':
                assert np.isnan(found).all(), found
                continue
            exact, ours = (prediction[quantity].sel(theory=each).values for each in ('exact', theory))
            off = np.abs(exact / ours - 1)
            assert 0 < found[0] == off.max() and found[1] == np.argmax(off) + 1, (theory, quantity, found)
        for ours, theirs, error in (('mean', 'mean', 'mcse_mean'), ('variance', 'var', 'mcse_variance')):
            predicted = prediction[ours].sel(theory=theory)
            np.testing.assert_array_equal(predicted, column(f'{theory}_{theirs}'))
            z = (moments[ours] - predicted) / moments[error]
            # of variances it is corrected for the skewness of a variance, which is small with these draws
            close = dict(rtol=1e-9, atol=1e-12) if ours == 'mean' else dict(rtol=0.1, atol=0.1)
            np.testing.assert_allclose(comparison[f'z_{ours}'].sel(theory=theory), z, **close)
            assert comparison[f'modes_compared_{ours}'].sel(theory=theory) == np.count_nonzero(np.isfinite(z))


def check_repeats(program, result, table, folder):
    """The run file in a result repeats it bit by bit."""
    again = folder / 'again.toml'
    again.write_text(xr.open_dataset(result).attrs['run_file'])
    subprocess.run([program, 'compare', again, '--out', folder / 'again.csv'], check=True, capture_output=True)
    assert (folder / 'again.csv').read_text() == table.read_text()


def check_observations(program, folder):
    """What was asked for beyond two moments is there, in the same chains and with the numbers of the JSON."""
    result, table = folder / 'observed.nc', folder / 'observed.json'
    run = [program, 'compare', '--samples', '8', '--draws', '6400', '--chains', '64', '--first-chain', '5', '--seed', '1',
           '--backend', 'cpu', '--cumulants', '--pairs', '1:2,3:8', '--keep', '10', '--integrator', 'perfect', '--u', '2']
    done = subprocess.run([*run, '--out', result], check=True, capture_output=True, text=True)
    assert 'keeping 10 draws of each of 64 chains, one in 10: 25' in done.stderr, done.stderr
    subprocess.run([*run[:-6], *run[-4:], '--out', table], check=True, capture_output=True)
    said = json.loads(table.read_text())['beyond_two_moments']
    with netCDF4.Dataset(result) as file:
        for group in file.groups.values():
            for name, variable in group.variables.items():
                assert variable.units and variable.long_name, f'{group.name}/{name}'
                if variable.dtype in (np.float32, np.float64):
                    assert np.isnan(variable._FillValue), f'{group.name}/{name} is not filled with NaN'

    posterior = xr.open_dataset(result, group='posterior')
    stats = xr.open_dataset(result, group='sample_stats')
    assert posterior['d'].dims == ('chain', 'draw', 'mode') and posterior['d'].dtype == np.float32
    diagnostics = xr.open_dataset(result, group='diagnostics')
    for name in ('r_hat', 'ess_bulk', 'ess_tail', 'mcse_sd', 'tau_int', 'tau_int_error'):
        assert diagnostics[name].dims == ('mode',) and np.isfinite(diagnostics[name]).all(), name
    moments = xr.open_dataset(result, group='moments')
    np.testing.assert_allclose(moments['mcse_sd'], moments['mcse_variance'] / (2 * moments['sd']), rtol=1e-12)
    assert list(posterior['chain']) == list(stats['chain']) == list(range(5, 69))
    assert list(posterior['draw']) == list(stats['draw']) == list(range(10, 101, 10))
    np.testing.assert_allclose((posterior['d'].astype(float)**2).sum('mode'), stats['R'], rtol=1e-5)
    assert stats['acceptance_rate'].dims == ('chain',)
    np.testing.assert_allclose(stats['acceptance_rate'].mean(), stats['acceptance'], rtol=1e-12)

    cumulants = xr.open_dataset(result, group='cumulants')
    for name in ('kappa3', 'kappa4', 'skewness', 'excess_kurtosis'):
        np.testing.assert_array_equal(cumulants[name], said['cumulants'][name]['value'], err_msg=name)
        np.testing.assert_array_equal(cumulants['mcse_' + name], said['cumulants'][name]['mcse'], err_msg=name)
    z = (cumulants['kappa4'] - cumulants['exact_kappa4']) / cumulants['mcse_kappa4']
    np.testing.assert_allclose(cumulants['z_kappa4'], z, rtol=1e-12)
    size = xr.open_dataset(result, group='size_distribution')
    np.testing.assert_array_equal(size['count'], said['size_distribution']['counts'])
    assert float(size['count'].sum() + size['below'] + size['above']) == float(size['draws'])
    np.testing.assert_allclose((size['density'] * (size['R_high'] - size['R_low'])).sum(), 1, rtol=1e-2)
    pairs = xr.open_dataset(result, group='pair_covariance')
    assert list(pairs['pair'].values) == ['1:2', '3:8'] == said['pair_covariance']['pairs']
    np.testing.assert_array_equal(pairs['covariance'], said['pair_covariance']['covariance']['value'])

    repeated = folder / 'repeated.toml'
    repeated.write_text(xr.open_dataset(result).attrs['run_file'])
    subprocess.run([program, 'compare', repeated, '--out', folder / 'repeated.nc'], check=True, capture_output=True)
    np.testing.assert_array_equal(xr.open_dataset(folder / 'repeated.nc', group='posterior')['d'], posterior['d'])



def check_sweep(program, folder):
    """A sweep is one file whose variables have the axes as labelled dimensions, each system what it is alone."""
    sweep, alone = folder / 'sweep.nc', folder / 'alone.nc'
    run = [program, 'compare', '--kappa', '3', '--draws', '6400', '--chains', '64', '--seed', '9', '--backend', 'cpu',
           '--cumulants', '--burn-in', '5']
    subprocess.run([*run, '--samples', '8,20', '--u', '0.1,0.4,0.9', '--out', sweep], check=True, capture_output=True)
    subprocess.run([*run, '--samples', '8', '--u', '0.9', '--first-chain', '128', '--out', alone], check=True,
                   capture_output=True)
    with netCDF4.Dataset(sweep) as file:
        assert file.kind == 'sweep' and file.axes == 'samples u', file.ncattrs()
        assert 'samples = [8, 20]' in file.run_file and 'kappa = 3' in file.run_file
    for group in ('moments', 'prediction', 'comparison', 'cumulants', 'constant_data'):
        grid = xr.open_dataset(sweep, group=group)
        one = xr.open_dataset(alone, group=group)
        system = grid.sel(samples=8, u=0.9)
        assert grid['samples'].dtype.kind == 'i' and (grid['u'] == [0.1, 0.4, 0.9]).all()
        for name in one.data_vars:
            if name in ('samples', 'u'):
                continue  # the axes themselves
            values = system[name]
            if 'mode' in values.dims:
                assert np.isnan(values.isel(mode=slice(8, None))).all(), (group, name)
                values = values.isel(mode=slice(0, 8))
            assert np.array_equal(values, one[name], equal_nan=True), (group, name)

if __name__ == '__main__':
    main(sys.argv[1])
    print('ok')
