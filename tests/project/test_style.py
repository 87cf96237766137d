"""The code keeps to the rules of pyproject.toml."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_ruff_finds_nothing():
    code = [path for path in ("ode_appearance", "tests", "examples", "app.py") if (ROOT / path).exists()]
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise", *code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
