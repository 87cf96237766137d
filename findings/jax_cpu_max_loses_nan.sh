#!/usr/bin/env bash
# On a CPU, jax.numpy.max and min of 4,096 values or more lose a NaN since jax 0.10: the result is finite, or -inf.
#
# Expected: jax.numpy.max is documented as the JAX implementation of numpy.max, which propagates NaN. So the maximum of an
#   array is a test for NaN in it, and `jnp.max(jnp.abs(x)) < limit` is false for a state that has blown up.
# Happens: float32, CPU, jax 0.10.2 (jax 0.12.0.1 with Python 3.13 is the same): up to 4,095 values the result is NaN; from
#   4,096 on the NaN is dropped, and where the NaN is the last value of such an array the result is -inf, although every
#   other value is 1. min drops it likewise. float16 is right, and so is jax 0.9.2. A short test array does not show it.
# Instead: test with jnp.isfinite(x).all() or jnp.all(jnp.abs(x) < limit), which are right at every size.
# Source: found by bisecting sizes. The reduction is compiled by XLA's CPU backend; openxla/xla issue 21461 reports an
#   earlier case of NaN lost by its maximum. numpy.max's documentation, "Notes": "NaN values are propagated".
#
# Output (2026-11-30, Python 3.11, Linux x86-64 with AVX-512):
#   jax 0.9.2 4095 values: max nan min nan
#   jax 0.9.2 4096 values: max nan min nan
#   jax 0.9.2 4096 values, the last a NaN: numpy nan jax nan isfinite False
#   jax 0.10.2 4095 values: max nan min nan
#   jax 0.10.2 4096 values: max 1.0 min 1.0
#   jax 0.10.2 4096 values, the last a NaN: numpy nan jax -inf isfinite False
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
for version in 0.9.2 0.10.2; do
    venv/bin/python -m pip install --quiet --disable-pip-version-check "jax==$version" "jaxlib==$version" numpy==2.4.6
    JAX_PLATFORMS=cpu venv/bin/python - <<'PROGRAM'
import sys

import jax
import jax.numpy as jnp
import numpy as np


def ones_and_nan(count, place):
    values = np.ones(count, np.float32)
    values[place] = np.nan
    return values


def extremes(count):
    values = jnp.asarray(ones_and_nan(count, 100))
    found = float(jnp.max(values)), float(jnp.min(values))
    print("jax", jax.__version__, count, "values: max", found[0], "min", found[1])
    return np.isnan(found).all()


short, long = extremes(4095), extremes(4096)
last = ones_and_nan(4096, -1)
found = float(jnp.max(last))
print(
    "jax", jax.__version__, "4096 values, the last a NaN: numpy", np.max(last), "jax", found,
    "isfinite", bool(jnp.isfinite(last).all()),
)
if not short or jnp.isfinite(last).all():
    sys.exit("The behaviour changed: a NaN among 4,095 values is lost as well.")
if jax.__version__ == "0.9.2" and not (long and np.isnan(found)):
    sys.exit("The behaviour changed: jax 0.9.2 loses the NaN, too.")
if jax.__version__ == "0.10.2" and (long or found != -np.inf):
    sys.exit("The behaviour changed: jax 0.10.2 propagates the NaN.")
PROGRAM
done
