#!/usr/bin/env bash
# pytest.approx of a JAX array works without a tolerance and raises NotImplementedError with one such as abs=1e-6.
#
# Expected: pytest.approx(jax_array, abs=1e-6) works like pytest.approx(jax_array) and like the same call with a NumPy array.
# Happens: pytest 9.2 looks for Decimal values in the expected array if a tolerance is a float that is not exactly
#   the decimal written (1e-6 is not, 0.5 is). It asks for the array's `flat`, which JAX arrays have as a property that raises
#   NotImplementedError, so that hasattr and getattr with a default do not help. A 0-d array, such as a loss, raises too.
#   The error comes from the test's own line, also when the two values agree.
# Instead: pytest.approx(numpy.asarray(expected), abs=1e-6), float(expected) for a scalar, or numpy.testing.assert_allclose.
# Source: _pytest/approx.py, _contains_decimal: `getattr(expected, "flat", expected)`, called by
#   _warn_on_inexact_decimal_tolerance; not in pytest 9.1.1. jax/_src/numpy/array_methods.py, _notimplemented_flat.
#
# Output (2026-11-30, Python 3.11, Linux x86-64):
#   pytest 9.1.1 jax 0.10.2 {'vector': True, 'vector, abs=0.5': True, 'NumPy vector, abs=1e-6': True, 'vector, abs=1e-6': True, 'vector, rel=1e-3': True, 'scalar, abs=1e-6': True}
#   pytest 9.2.0 jax 0.10.2 {'vector': True, 'vector, abs=0.5': True, 'NumPy vector, abs=1e-6': True, 'vector, abs=1e-6': 'NotImplementedError', 'vector, rel=1e-3': 'NotImplementedError', 'scalar, abs=1e-6': 'NotImplementedError'}
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
for version in 9.1.1 9.2.0; do
    venv/bin/python -m pip install --quiet --disable-pip-version-check "pytest==$version" jax==0.10.2 jaxlib==0.10.2 numpy==2.4.6
    JAX_PLATFORMS=cpu venv/bin/python - <<'PROGRAM'
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

vector, scalar = jnp.array([1.0, 2.0]), jnp.float32(1.0)
CASES = {
    "vector": (vector, {}),
    "vector, abs=0.5": (vector, {"abs": 0.5}),
    "NumPy vector, abs=1e-6": (np.asarray(vector), {"abs": 1e-6}),
    "vector, abs=1e-6": (vector, {"abs": 1e-6}),
    "vector, rel=1e-3": (vector, {"rel": 1e-3}),
    "scalar, abs=1e-6": (scalar, {"abs": 1e-6}),
}
found = {}
for name, (expected, tolerance) in CASES.items():
    try:
        found[name] = bool(np.asarray(expected) == pytest.approx(expected, **tolerance))
    except NotImplementedError:
        found[name] = "NotImplementedError"
print("pytest", pytest.__version__, "jax", jax.__version__, found)
raising = [name for name, result in found.items() if result == "NotImplementedError"]
new = pytest.__version__ == "9.2.0"
if raising != (["vector, abs=1e-6", "vector, rel=1e-3", "scalar, abs=1e-6"] if new else []):
    sys.exit("The behaviour changed: other calls of pytest.approx raise NotImplementedError than described.")
PROGRAM
done
