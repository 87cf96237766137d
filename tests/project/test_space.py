"""The README's first lines are what a Hugging Face Space is set up by."""

import os
import subprocess
import sys
from pathlib import Path

from huggingface_hub import SpaceCard, SpaceHardware
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]


def test_the_front_matter_describes_this_app():
    card = SpaceCard.load(ROOT / "README.md").data
    assert card.title == "ODE Appearance" and card.sdk == "gradio" and (ROOT / card.app_file).is_file()
    requirements = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and not line.startswith("#")]
    (gradio,) = [each for each in map(Requirement, requirements) if each.name == "gradio"]
    assert gradio.specifier.contains(card.sdk_version)
    assert card.python_version == "3.11" and len(card.short_description) <= 60
    assert card.suggested_hardware in {hardware.value for hardware in SpaceHardware}
    assert card.license == "mit" and "ode-appearance" not in card.tags, "which tells materials"


def test_a_gpus_memory_is_not_taken_in_advance():
    """The variable is set before jax is imported."""
    watch = (
        "import builtins, os, runpy\n"
        "load = builtins.__import__\n"
        "def watched(name, *rest):\n"
        "    if name == 'jax':\n"
        "        print(os.environ['XLA_PYTHON_CLIENT_PREALLOCATE'], flush=True)\n"
        "        os._exit(0)\n"
        "    return load(name, *rest)\n"
        "builtins.__import__ = watched\n"
        "runpy.run_path('app.py')\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "XLA_PYTHON_CLIENT_PREALLOCATE"}
    done = subprocess.run([sys.executable, "-c", watch], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["false"], done.stderr
