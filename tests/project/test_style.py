"""The code passes Ruff's linter and formatter with the rules of pyproject.toml."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = ("ode_appearance", "benchmarks", "tests", "examples", "app.py")


@pytest.mark.parametrize("options", [("check", "--output-format", "concise"), ("format", "--check")], ids=["lint", "format"])
def test_ruff_finds_nothing(options):
    command = [sys.executable, "-m", "ruff", *options, "--no-cache", *CODE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
