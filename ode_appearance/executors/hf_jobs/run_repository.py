"""The private data set repository on the Hub for tasks and runs.

source.zip       this package and its requirements.txt
tasks/NAME.zip   a task, see executors/task_file.py
runs/NAME.zip    the last save of its run, see executors/run_archive.py
"""

import tempfile
from pathlib import Path

from ...checkpoints.hub.fetching import TIMEOUT
from ...checkpoints.hub.hub_errors import to_hub_error
from ...errors import HubError

SOURCE = "source.zip"
_OWN = ("tasks/", "runs/", SOURCE)


def task_path(slug: str) -> str:
    """Path of a task in the repository."""
    return f"tasks/{slug}.zip"


def run_path(slug: str) -> str:
    """Path of a run in the repository."""
    return f"runs/{slug}.zip"


class RunRepository:
    """A repository `user/name`. All methods raise HubError, whose message never has the access token."""

    def __init__(self, name: str, token: str):
        import huggingface_hub

        self.name, self._token = name, token
        self.api = huggingface_hub.HfApi(token=token)

    def ask(self, act, *arguments, about: str = "", **options):
        """Call huggingface_hub; its exceptions become HubErrors about the repository, or `about`."""
        try:
            return act(*arguments, **options)
        except Exception as error:  # of huggingface_hub, its HTTP library, and hf_xet
            problem = to_hub_error(error, about or self.name, token=self._token)
        # Raise outside the handler: the original exception has a request with the token in its header.
        raise problem

    def prepare(self) -> None:
        """Create the repository if missing; check that it is private and has no other files."""
        if not self.ask(self.api.repo_exists, self.name, repo_type="dataset"):
            self.ask(self.api.create_repo, self.name, repo_type="dataset", private=True, exist_ok=True)
        info = self.ask(self.api.dataset_info, self.name, expand=["private", "siblings"], timeout=TIMEOUT)
        if info.private is False:
            raise HubError(f"{self.name} is public: choose a private data set repository, or a name that does not exist yet.")
        files = [sibling.rfilename for sibling in info.siblings or ()]
        unknown = [name for name in files if not name.startswith((*_OWN, ".gitattributes", "README.md"))]
        if unknown:
            raise HubError(f"{self.name} has other files ({', '.join(sorted(unknown)[:3])}): choose another name.")

    def head(self) -> tuple[str, set[str]]:
        """The last commit and its files."""
        info = self.ask(self.api.dataset_info, self.name, expand=["sha", "siblings"], timeout=TIMEOUT)
        return str(info.sha), {sibling.rfilename for sibling in info.siblings or ()}

    def fetch(self, path: str, revision: str | None = None) -> bytes:
        """A file at a commit, by default the last one."""
        with tempfile.TemporaryDirectory() as scratch:
            fetch = self.api.hf_hub_download
            found = self.ask(fetch, self.name, path, repo_type="dataset", revision=revision, local_dir=scratch)
            return Path(found).read_bytes()

    def put(self, files: dict[str, bytes], message: str) -> str:
        """Upload files in one commit; returns its hash. Unchanged files are not sent again."""
        from huggingface_hub import CommitOperationAdd

        operations = [CommitOperationAdd(path, content) for path, content in files.items()]
        made = self.ask(self.api.create_commit, self.name, operations, commit_message=message, repo_type="dataset")
        return made.oid
