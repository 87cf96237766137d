#!/usr/bin/env bash
# huggingface_hub deletes the wrong cached repository when two of them hold the same commit.
#
# Expected: `hf cache rm model/old-team/net` deletes that repository from the cache and no other. And
#   HFCacheInfo.delete_revisions(hash) deletes the commit from every cached repository that holds it.
# Happens: both pick one repository that holds the commit hash, and not by name: which one varies from run to run, with the
#   order of a frozenset. `hf cache rm` names one repository in its report and deletes the folder of the other.
# Who meets it: the cache folder is named after the requested name, so a repository that was renamed and one whose name was
#   written in another letter case are in the cache twice with the same commits
#   (github.com/unslothai/unsloth/issues/2592); so is a repository that was pushed to a second name with its git history.
# Instead: select the repository first, dataclasses.replace(info, repos=frozenset([repo])).delete_revisions(hash), and check
#   the `repos` and `snapshots` of the returned strategy before execute().
# Source: huggingface_hub/utils/_cache_manager.py, HFCacheInfo.delete_revisions: its docstring says that hashes are unique
#   across repositories; the loop over the frozenset `self.repos` removes each hash from `hashes_to_delete` at the first
#   match. huggingface_hub/cli/cache.py, `hf cache rm`: the names are resolved to repositories, and then only the hashes
#   are given to delete_revisions.
#
# Output (2026-11-30, Python 3.11, Linux x86-64):
#   huggingface_hub 2.4.0
#   delete_revisions(commit) picked, in 16 runs: {'models--new-team--net': 9, 'models--old-team--net': 7}
#   hf cache rm model/old-team/net deleted, in 16 runs: {'models--new-team--net': 8, 'models--old-team--net': 8}
#   with one repository selected first, delete_revisions picks that one
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/home" HF_HUB_OFFLINE=1 NO_COLOR=1
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check huggingface_hub==2.4.0
cat > program.py <<'PROGRAM'
import collections
import dataclasses
import os
import shutil
import subprocess
import sys
from pathlib import Path

import huggingface_hub

COMMIT = "a" * 40
FOLDERS = {"models--old-team--net", "models--new-team--net"}


def cache():
    """A cache with one commit of a renamed repository under both of its names; every file belongs to this script."""
    shutil.rmtree("cache", ignore_errors=True)
    for folder in FOLDERS:
        repo = Path("cache") / folder
        (repo / "blobs").mkdir(parents=True)
        (repo / "refs").mkdir()
        (repo / "snapshots" / COMMIT).mkdir(parents=True)
        (repo / "blobs" / ("b" * 40)).write_text("{}")
        (repo / "refs" / "main").write_text(COMMIT)
        os.symlink(f"../../blobs/{'b' * 40}", repo / "snapshots" / COMMIT / "config.json")
    return huggingface_hub.scan_cache_dir("cache")


if sys.argv[1:] == ["api"]:
    print(*(path.name for path in cache().delete_revisions(COMMIT).repos))
    sys.exit()

print("huggingface_hub", huggingface_hub.__version__)
by_api, by_command = collections.Counter(), collections.Counter()
for seed in range(16):
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    chosen = subprocess.run([sys.executable, __file__, "api"], env=environment, capture_output=True, text=True, check=True)
    cache()
    command = [str(Path(sys.executable).parent / "hf"), "cache", "rm", "model/old-team/net", "--cache-dir", "cache", "--yes"]
    report = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "model/old-team/net (entire repo)" in report.stdout + report.stderr
    deleted = FOLDERS - {path.name for path in Path("cache").iterdir()}
    assert len(deleted) == 1
    by_api[chosen.stdout.strip()] += 1
    by_command.update(deleted)
print("delete_revisions(commit) picked, in 16 runs:", dict(by_api))
print("hf cache rm model/old-team/net deleted, in 16 runs:", dict(by_command))

info = cache()
for repo in info.repos:
    strategy = dataclasses.replace(info, repos=frozenset([repo])).delete_revisions(COMMIT)
    assert [path.name for path in strategy.repos] == [repo.repo_path.name]
print("with one repository selected first, delete_revisions picks that one")
if set(by_api) != FOLDERS:
    sys.exit("The behaviour changed: delete_revisions no longer picks one of the two repositories by chance.")
if set(by_command) != FOLDERS:
    sys.exit("The behaviour changed: `hf cache rm NAME` no longer deletes a folder of another name.")
PROGRAM
venv/bin/python program.py
