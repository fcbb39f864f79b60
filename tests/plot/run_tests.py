#!/usr/bin/env python3
"""Runs every test_*.py of this folder: the pictures of each kind of file.

    python3 run_tests.py [--program PATH] [--failing-calls PATH] [flags of unittest, as -v or -k PATTERN]

With the program, what it writes is drawn as well; with the library of tests/faults, calls of the system fail. Exit status 77 where a library is missing.
"""
import argparse
import os
import sys
import unittest

try:
    import matplotlib  # noqa: F401
    import netCDF4  # noqa: F401
    import numpy  # noqa: F401
    import xarray  # noqa: F401
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import support  # noqa: E402

if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--program")
    parser.add_argument("--failing-calls")
    options, others = parser.parse_known_args()
    support.ProgramCase.program = options.program
    support.FAILING_CALLS = options.failing_calls
    unittest.main(module=None, argv=[sys.argv[0], "discover", "-s", HERE, *others])
