#!/usr/bin/env python3
"""A result with kept draws is an InferenceData of ArviZ: it opens, and its summary agrees with the run's own moments.

Usage: result_opens_in_arviz.py PROGRAM
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import arviz
import numpy as np


def main(program):
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / 'kept.nc'
        subprocess.run([program, 'compare', '--samples', '6', '--draws', '64000', '--chains', '64', '--seed', '1',
                        '--backend', 'cpu', '--keep', '1000', '--out', result], check=True, capture_output=True)
        data = arviz.from_netcdf(str(result))
        assert {'posterior', 'sample_stats', 'constant_data'} <= set(data.groups()), data.groups()
        assert data.posterior['d'].dims == ('chain', 'draw', 'mode')
        assert dict(data.posterior.sizes) == {'chain': 64, 'draw': 1000, 'mode': 6}
        summary = arviz.summary(data, var_names=['d'], round_to='none')
        # every draw was kept: the same mean and spread, but for the rounding of single-precision sums
        np.testing.assert_allclose(summary['mean'], data.moments['mean'], rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(summary['sd'], data.moments['sd'], rtol=1e-4)
        assert (np.abs(summary['r_hat'] - 1) < 0.01).all()
        assert np.isfinite(data.sample_stats['R']).all()


if __name__ == '__main__':
    main(sys.argv[1])
    print('ok')
