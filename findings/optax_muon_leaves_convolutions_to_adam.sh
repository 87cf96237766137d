#!/usr/bin/env bash
# optax.contrib.muon trains convolution kernels with Adam, at Muon's learning rate, without a word.
#
# Expected: Muon orthogonalises convolution kernels, as Jordan's reference implementation does by flattening them to matrices;
#   a network of convolutions trained with optax.contrib.muon(0.02) is trained with Muon.
# Happens: by default only leaves of exactly two axes are orthogonalised. Every other leaf goes to AdamW, and its learning
#   rate defaults to Muon's: the first step moves each weight of a kernel by 1.5 times the learning rate. A rate of 0.02 is usual
#   for Muon; for Adam, 0.001 or less is. Nothing warns.
# Instead: pass muon_weight_dimension_numbers with the axes of each kernel, MuonDimensionNumbers(reduction_axis=(0, 1, 2),
#   output_axis=3) for HWIO and (1, 2, 3), 0 for OIHW (Equinox), None for the leaves that are left to Adam; and pass
#   adam_learning_rate. Only this tree decides then, so that a 2-D leaf, such as an embedding, can be left to Adam by None.
# Source: optax/contrib/_muon.py, muon: `'muon' if x.ndim == 2 else 'adam'`, and `adam_learning_rate = learning_rate` when it
#   is None. Docstring: "Muon is currently only defined for 2D parameters". github.com/KellerJordan/Muon flattens 4-D kernels.
#
# Output (2026-11-30, Python 3.11, Linux x86-64):
#   optax 0.2.8 default: conv_hwio singular values' ratio 2.79, step / learning rate 1.473 to 1.474
#   optax 0.2.8 default: conv_oihw singular values' ratio 2.77, step / learning rate 1.473 to 1.474
#   optax 0.2.8 default: dense singular values' ratio 1.53, step / learning rate 0.000 to 0.271
#   optax 0.2.8 with axes: conv_hwio singular values' ratio 1.53, step / learning rate 0.000 to 0.258
#   optax 0.2.8 with axes: conv_oihw singular values' ratio 1.53, step / learning rate 0.000 to 0.267
#   optax 0.2.8 with axes: dense singular values' ratio 1.53, step / learning rate 0.000 to 0.271
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check jax==0.10.2 jaxlib==0.10.2 optax==0.2.8 numpy==2.4.6
JAX_PLATFORMS=cpu venv/bin/python - <<'PROGRAM'
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.contrib import MuonDimensionNumbers, muon

RATE = 0.02
params = {"dense": jnp.zeros((144, 32)), "conv_hwio": jnp.zeros((3, 3, 16, 32)), "conv_oihw": jnp.zeros((32, 16, 3, 3))}
keys = dict(zip(params, jax.random.split(jax.random.key(0), len(params))))
gradient = {name: jax.random.normal(keys[name], leaf.shape) for name, leaf in params.items()}


def spread(name, update):
    """Largest over smallest singular value of the update as a matrix: near 1 if it was orthogonalised."""
    matrix = np.asarray(update)
    matrix = matrix.reshape(len(matrix), -1) if name == "conv_oihw" else matrix.reshape(-1, matrix.shape[-1])
    values = np.linalg.svd(matrix, compute_uv=False)
    return values.max() / values.min()


def first_step(title, **settings):
    optimiser = muon(RATE, **settings)
    update, _ = optimiser.update(gradient, optimiser.init(params), params)
    seen = {}
    for name, leaf in update.items():
        step = np.abs(np.asarray(leaf)) / RATE
        seen[name] = spread(name, leaf), step.min(), step.max()
        print(f"optax {optax.__version__} {title}: {name} singular values' ratio {seen[name][0]:.2f}, "
              f"step / learning rate {seen[name][1]:.3f} to {seen[name][2]:.3f}")  # fmt: skip
    return seen


default = first_step("default")
axes = {"dense": MuonDimensionNumbers(), "conv_hwio": MuonDimensionNumbers((0, 1, 2), 3), "conv_oihw": MuonDimensionNumbers((1, 2, 3), 0)}
told = first_step("with axes", muon_weight_dimension_numbers=axes)
for name in ("conv_hwio", "conv_oihw"):
    ratio, least, most = default[name]
    # Adam's first step is the sign of the gradient times one constant.
    if ratio < 1.8 or most - least > 0.01:
        sys.exit("The behaviour changed: by default muon no longer leaves convolution kernels to Adam.")
if max(told[name][0] for name in axes) > 1.8 or default["dense"][0] > 1.8:
    sys.exit("The behaviour changed: muon no longer orthogonalises matrices, or kernels whose axes it was told.")
PROGRAM
