"""A run that is killed, wherever it stands, and resumed comes to the weights of a run that was left alone."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import jax
import numpy as np
import pytest

import ode_appearance as oa

ROOT = Path(__file__).parents[2]
EXEMPLAR = ROOT / "examples" / "RGB_dynamic_textures" / "lichen_spreading.webp"
OPTIONS = (
    "--kind rgb --preset quick --features patch --dim 8 --dim-mults 1 --no-attention --state-size 32 --exemplar-size 32 "
    "--iterations 400 --save-every 0.3 --evaluate-every 50 --evaluation-frames 2 --preview-every 100"
).split()


def start(out: Path, *more: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "ode_appearance", "train", str(EXEMPLAR), "--out", str(out), *OPTIONS, *more]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "JAX_COMPILATION_CACHE_DIR": ""}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def leaves(folder: Path):
    return jax.tree.leaves(oa.load(folder / "material").vector_field)


@pytest.mark.nightly
def test_killed_at_ten_random_moments(tmp_path):
    whole = start(tmp_path / "whole")
    assert whole.wait(900) == 0, whole.stderr.read().decode()
    killed, moments = tmp_path / "killed", random.Random(0)
    saves, kills = set(), 0
    while kills < 10:
        run = start(killed, *(["--resume"] if (killed / "run.json").exists() else []))
        # Half of the kills fall anywhere from the start on, the others while it iterates and saves.
        state = killed / "state.eqx"
        before = state.stat().st_mtime_ns if state.exists() else 0
        if kills % 2:
            while run.poll() is None and (state.stat().st_mtime_ns if state.exists() else 0) == before:
                time.sleep(0.01)
            time.sleep(moments.uniform(0, 1.5))
        else:
            time.sleep(moments.uniform(1, 20))
        if run.poll() is not None:
            assert run.returncode == 0, run.stderr.read().decode()
            break
        run.send_signal(signal.SIGKILL)
        run.wait()
        kills += 1
        if (killed / "material").exists():
            oa.load(killed / "material")  # a reader never sees half a checkpoint
        saves.add(state.stat().st_mtime_ns if state.exists() else 0)
    last = start(killed, "--resume")
    assert last.wait(900) == 0, last.stderr.read().decode()
    assert kills == 10 and len(saves) > 3, (kills, saves)
    for ours, theirs in zip(leaves(killed), leaves(tmp_path / "whole"), strict=True):
        np.testing.assert_array_equal(ours, theirs)
