"""The command of a job on the Hub, for a plain Python image."""

import importlib.metadata
import shlex

from ..package_source import REQUIREMENTS
from .run_repository import SOURCE

IMAGE = "python:3.12"
# JAX for the newest CUDA version that the driver supports, or for the CPU.
_CUDA = (
    "driver=$(nvidia-smi --query-gpu=driver_version --format=csv,noheader 2>/dev/null | head -n 1 | cut -d. -f1); "
    "if [ \"${driver:-0}\" -ge 580 ]; then jax='jax[cuda13]'; elif [ \"${driver:-0}\" -ge 525 ]; then jax='jax[cuda12]'; "
    "else jax=; fi"
)


def job_command(repository: str, revision: str, slug: str, minutes: float) -> list[str]:
    """The command that trains a task of a repository at a commit; it reads the access token from $HF_TOKEN.

    Args:
        minutes: minimum minutes between uploads of the run.
    """
    hub = f"huggingface_hub=={importlib.metadata.version('huggingface_hub')}"
    name, commit = shlex.quote(repository), shlex.quote(revision)
    steps = [
        'cd "$(mktemp -d)"',
        f"pip install --quiet {hub}",
        f"hf download {name} {SOURCE} --repo-type dataset --revision {commit} --local-dir . --quiet",
        f"python -m zipfile -e {SOURCE} .",
        f"{{ {_CUDA}; }}",
        f"pip install --quiet -r {REQUIREMENTS} $jax",
        f"exec python -m ode_appearance.executors.hf_jobs.hub_task {name} {commit} {shlex.quote(slug)} {minutes:g}",
    ]
    return ["sh", "-c", " && ".join(steps)]
