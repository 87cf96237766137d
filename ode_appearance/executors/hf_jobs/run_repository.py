"""The private data set repository on the Hub that trainings and their runs go through.

source.zip       this package, and what it requires
tasks/NAME.zip   a training, see executors/task_file.py
runs/NAME.zip    its run's folder as it was saved last, see executors/run_archive.py
"""

import tempfile
from pathlib import Path

from ...checkpoints.hub.fetching import TIMEOUT
from ...checkpoints.hub.hub_errors import to_hub_error
from ...errors import HubError

SOURCE = "source.zip"
_OWN = ("tasks/", "runs/", SOURCE)


def task_path(slug: str) -> str:
    """Where a training lies in the repository."""
    return f"tasks/{slug}.zip"


def run_path(slug: str) -> str:
    """Where its run lies."""
    return f"runs/{slug}.zip"


class RunRepository:
    """A repository `user/name` seen with an access token, which appears in no error. All methods raise HubError."""

    def __init__(self, name: str, token: str):
        import huggingface_hub

        self.name, self._token = name, token
        self.api = huggingface_hub.HfApi(token=token)

    def ask(self, act, *arguments, about: str = "", **options):
        """Do something with huggingface_hub; what it raises becomes a sentence about the repository, or another thing."""
        try:
            return act(*arguments, **options)
        except Exception as error:  # huggingface_hub's own, those of the HTTP library under it, and of hf_xet
            problem = to_hub_error(error, about or self.name, token=self._token)
        # Raised here, so that it does not bring along a request that has the token in its head.
        raise problem

    def prepare(self) -> None:
        """Make sure that it is there and private, and holds nothing else."""
        if not self.ask(self.api.repo_exists, self.name, repo_type="dataset"):
            self.ask(self.api.create_repo, self.name, repo_type="dataset", private=True, exist_ok=True)
        info = self.ask(self.api.dataset_info, self.name, expand=["private", "siblings"], timeout=TIMEOUT)
        if info.private is False:
            raise HubError(f"{self.name} is public: name a private data set repository, or one that is not there yet.")
        files = [sibling.rfilename for sibling in info.siblings or ()]
        others = [name for name in files if not name.startswith((*_OWN, ".gitattributes", "README.md"))]
        if others:
            raise HubError(f"{self.name} holds something else ({', '.join(sorted(others)[:3])}): choose another name.")

    def head(self) -> tuple[str, set[str]]:
        """The last commit of it, and the files in that."""
        info = self.ask(self.api.dataset_info, self.name, expand=["sha", "siblings"], timeout=TIMEOUT)
        return str(info.sha), {sibling.rfilename for sibling in info.siblings or ()}

    def fetch(self, path: str, revision: str | None = None) -> bytes:
        """A file of it, as of a commit or the last one."""
        with tempfile.TemporaryDirectory() as scratch:
            fetch = self.api.hf_hub_download
            found = self.ask(fetch, self.name, path, repo_type="dataset", revision=revision, local_dir=scratch)
            return Path(found).read_bytes()

    def put(self, files: dict[str, bytes], message: str) -> str:
        """Upload files in one commit; its name. Files that are there already are not sent again."""
        from huggingface_hub import CommitOperationAdd

        operations = [CommitOperationAdd(path, content) for path, content in files.items()]
        made = self.ask(self.api.create_commit, self.name, operations, commit_message=message, repo_type="dataset")
        return made.oid
