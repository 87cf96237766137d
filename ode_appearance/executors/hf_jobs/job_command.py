"""The command of a job on the Hub: a plain Python image becomes one that trains."""

import importlib.metadata
import shlex

from ..package_source import REQUIREMENTS
from .run_repository import SOURCE

IMAGE = "python:3.12"
# The wheels of JAX for the newest CUDA that the machine's driver takes, or none.
_CUDA = (
    "driver=$(nvidia-smi --query-gpu=driver_version --format=csv,noheader 2>/dev/null | head -n 1 | cut -d. -f1); "
    "if [ \"${driver:-0}\" -ge 580 ]; then jax='jax[cuda13]'; elif [ \"${driver:-0}\" -ge 525 ]; then jax='jax[cuda12]'; "
    "else jax=; fi"
)


def job_command(repository: str, revision: str, slug: str, minutes: float) -> list[str]:
    """What a job executes to train a task of a repository at a commit, uploading its run every so many minutes.

    It takes the access token from $HF_TOKEN.
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
