"""The program of a job on the Hub: trains a task of the repository and uploads its run there.

Usage: `python -m ode_appearance.executors.hf_jobs.hub_task REPOSITORY COMMIT SLUG MINUTES`, with the access token in
$HF_TOKEN.
"""

import random
import sys
import tempfile
import time
from pathlib import Path

from ...errors import AppearanceError, HubError
from ...runtime import device
from ...runtime.signals import Interruption
from ...training.job import perform
from ..run_archive import pack, unpack
from ..task_file import read_task
from .run_repository import RunRepository, run_path, task_path

FINAL_UPLOAD_ATTEMPTS = 10
"""Attempts of the last upload; the pauses between them add up to half an hour."""


def main(arguments: list[str]) -> int:
    """Train, and upload at least MINUTES apart and at the end.

    Returns:
        Exit status: 0 after the last upload; 1, with a message on standard error, otherwise.
    """
    import huggingface_hub

    name, revision, slug, minutes = arguments
    device.configure()
    try:
        repository = RunRepository(name, huggingface_hub.get_token() or "")
        _train(repository, revision, slug, 60 * float(minutes), Interruption())
    except AppearanceError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _train(repository, revision, slug, every, stop):
    task = read_task(repository.fetch(task_path(slug), revision))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        # The newest run, not that of the commit, since the Hub may restart a job.
        resume = run_path(slug) in repository.head()[1]
        if resume:
            unpack(repository.fetch(run_path(slug)), folder)
        uploaded, printed = time.monotonic(), -float("inf")
        for progress in perform(task, folder, resume=resume, stop=stop):
            now = time.monotonic()
            if now - printed > 60 or progress.notable:
                printed = now
                print(f"{progress.iteration} of {progress.iterations}, loss {progress.loss:.3f}: {progress.status}", flush=True)
            if progress.status == "running" and progress.material is not None and now - uploaded > every:
                uploaded = now
                _upload(repository, slug, folder, progress.iteration)
        _final_upload(repository, slug, folder)


def _upload(repository, slug, folder, iteration):
    """Upload the run; after a failure, the next upload has it."""
    try:
        repository.put({run_path(slug): pack(folder)}, f"{slug}: {iteration} iterations")
    except HubError as error:
        print(f"Not uploaded: {error}", file=sys.stderr, flush=True)


def _final_upload(repository, slug, folder):
    for attempt in range(FINAL_UPLOAD_ATTEMPTS):
        try:
            repository.put({run_path(slug): pack(folder)}, f"{slug}: the end")
            return
        except HubError as error:
            if attempt == FINAL_UPLOAD_ATTEMPTS - 1:
                raise
            print(f"Not uploaded yet: {error}", file=sys.stderr, flush=True)
            time.sleep(min(600, 2**attempt * 5) * random.uniform(0.7, 1.3))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
