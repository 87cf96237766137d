"""Jobs on the Hugging Face Hub: their settings, listing and start."""

import dataclasses
import hashlib
import inspect
import re
from typing import Any

from ...errors import ConfigError
from .job_command import IMAGE, job_command
from .run_repository import RunRepository

ACTIVE_STAGES = ("SCHEDULING", "RUNNING")
UPLOAD_MINUTES = 15.0


@dataclasses.dataclass(frozen=True)
class Jobs:
    """Settings of jobs.

    Attributes:
        flavor: the Hub's name of the hardware.
        timeout: maximum duration, such as `6h` or `90m`.
        image: Docker image with Python and pip.
        upload_minutes: minimum minutes between uploads (default: 15, more for more than 30 jobs).
    """

    flavor: str = "cpu-upgrade"
    timeout: str = "12h"
    image: str = IMAGE
    upload_minutes: float | None = None

    def __post_init__(self):
        if not re.fullmatch(r"\d{1,6}(\.\d{1,3})?[smhd]", self.timeout):
            raise ConfigError(f"--timeout has to be a number followed by s, m, h or d, such as 6h, not {self.timeout[:50]!r}.")
        if self.upload_minutes is not None and not 0 <= self.upload_minutes <= 1e5:
            raise ConfigError(f"--upload-minutes has to be from 0 to 100000, not {self.upload_minutes:g}.")


class HubJobs:
    """The jobs for the tasks of a repository. Both methods raise HubError."""

    def __init__(self, repository: RunRepository, jobs: Jobs, token: str):
        self._repository, self._jobs, self._token = repository, jobs, token
        self._namespace, self._label = repository.name.split("/")

    def latest(self) -> dict:
        """The latest job (huggingface_hub.JobInfo) of each slug."""
        listing = self._repository.api.list_jobs
        # Versions of huggingface_hub without this parameter list all jobs.
        labelled = "labels" in inspect.signature(listing).parameters
        options: Any = {"labels": {"ode-appearance": self._label}} if labelled else {}
        found = self._ask(lambda: list(listing(namespace=self._namespace, **options)))
        ours = [job for job in found if (job.labels or {}).get("ode-appearance") == self._label and job.created_at]
        return {job.labels.get("exemplar"): job for job in sorted(ours, key=lambda job: job.created_at)}

    def start(self, slug: str, commit: str, count: int) -> str:
        """Start one of `count` jobs, for the task of a slug at a commit; returns its URL."""
        # The Hub accepts about 128 commits per hour.
        minutes = max(UPLOAD_MINUTES, count / 2) if self._jobs.upload_minutes is None else self._jobs.upload_minutes
        made = self._ask(
            self._repository.api.run_job,
            image=self._jobs.image,
            command=job_command(self._repository.name, commit, slug, minutes),
            env={"HF_HUB_DISABLE_PROGRESS_BARS": "1", "PYTHONUNBUFFERED": "1"},
            secrets={"HF_TOKEN": self._token},
            flavor=self._jobs.flavor,
            timeout=self._jobs.timeout,
            labels={"ode-appearance": self._label, "exemplar": slug, "name": f"ode-appearance-{slug}"},
            namespace=self._namespace,
        )
        return made.url

    def _ask(self, act, **options):
        return self._repository.ask(act, about=f"the jobs of {self._namespace}", **options)


def slug_of(name: str) -> str:
    """A name valid as a label and in a path on the Hub, unique for each exemplar."""
    slug = re.sub(r"[^A-Za-z0-9_-]", "-", name)[:40]
    return slug if slug == name else f"{slug}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
