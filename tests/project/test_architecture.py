"""Imports flow one way, and what only some need is not loaded for all."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run_python(*arguments: str) -> subprocess.CompletedProcess:
    """A Python of its own, of which nothing is loaded yet, that finds this package."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_imports_keep_to_the_contracts():
    """The layers of pyproject.toml's [tool.importlinter]."""
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = run_python("-c", code)
    assert done.returncode == 0 and "0 broken" in done.stdout, done.stdout + done.stderr


def test_importing_the_library_loads_no_application():
    done = run_python("-c", "import sys, ode_appearance; print(*sys.modules)")
    assert done.returncode == 0, done.stderr
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert {"jax", "equinox", "ode_appearance"} <= loaded
    assert not loaded & {"gradio", "optax", "imageio", "huggingface_hub", "tqdm", "tensorboardX", "torch", "diffrax"}
