"""Yardsticks and measurements: `python -m benchmarks` prints every ratio beside its target.

Everything runs on one thread. The libraries read these variables when they are loaded, so they are set here,
before any module of this package imports NumPy.
"""

import os

for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{_library}_NUM_THREADS"] = "1"
