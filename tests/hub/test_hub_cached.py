"""The Hub's cache: what needs no request, which commit it is, and who may read it."""

import contextlib
import time

import pytest
from hub_stand_in import TOKEN, HubStandIn, only_this
from materials import PLAIN, RGB, little_material
from raising import raises

import ode_appearance as oa
from ode_appearance.checkpoints import hub
from ode_appearance.errors import HubError

NAME = "someone/little_texture"


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """The stand-in, with a material at two commits: `v1` and a later one."""
    with contextlib.closing(HubStandIn()) as stand_in:
        only_this(monkeypatch, tmp_path / "cache", stand_in.endpoint)
        repository = stand_in.add(NAME, oa.save(little_material(RGB), tmp_path / "little", preview=b"RIFF"))
        repository.branches["v1"] = repository.branches["main"]
        update(repository, tmp_path)
        yield stand_in


@pytest.fixture
def branches(stand_in):
    return stand_in.repositories[NAME].branches


def update(repository, tmp_path):
    plain = oa.save(little_material(PLAIN), tmp_path / "plain", preview=b"RIFF")
    return repository.commit({path.name: path.read_bytes() for path in plain.iterdir()})


def error_code(name, **options) -> str:
    """The code of the HubError that fetching raises."""
    with raises(HubError) as caught:
        hub.fetch(name, **options)
    return caught.value.code


@pytest.mark.parametrize("how", ["answers", "silent", "gone"])
def test_cached_commit_needs_no_request(stand_in, branches, how):
    """Whatever the Hub's state: the content of a commit never changes."""
    assert oa.load(f"{NAME}@{branches['v1']}").config == RGB
    stand_in.requests.clear()
    stand_in.delivery.silent = ".*" if how == "silent" else ""
    if how == "gone":
        stand_in.close()
    began = time.monotonic()
    assert oa.load(f"{NAME}@{branches['v1']}").config == RGB
    assert stand_in.requests == [] and time.monotonic() - began < 4


def test_branch_is_looked_up_and_its_commit_not_fetched_again(stand_in, branches):
    first = hub.fetch(f"{NAME}@{branches['main']}")
    stand_in.requests.clear()
    assert hub.fetch(NAME) == first and stand_in.requests == [f"GET /api/models/{NAME}"]


def test_folder_is_named_by_the_commit(stand_in, branches, tmp_path):
    branches["refs/pr/1"] = branches["v1"]
    for revision, commit in branches.items():
        assert hub.fetch(f"{NAME}@{revision}").name == hub.fetch(f"{NAME}@{commit}").name == commit
    before = hub.fetch(NAME).name
    after = stand_in.repositories[NAME].commit({"README.md": b"news"})
    assert hub.fetch(NAME).name == after != before


@pytest.mark.parametrize("revision", ["", "@main", "@v1", "@refs/pr/1", "@COMMIT"])
def test_no_request_offline(stand_in, branches, monkeypatch, revision):
    from huggingface_hub import constants

    branches["refs/pr/1"] = branches["v1"]
    name = NAME + revision.replace("COMMIT", branches["v1"])
    folder = hub.fetch(name)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    stand_in.requests.clear()
    assert hub.fetch(name) == folder
    for missing in (f"{NAME}@v2", f"{NAME}@{'0' * 40}", "someone/other"):
        assert error_code(missing) == "not-cached"
    assert stand_in.requests == []


@pytest.mark.parametrize("lost", ["model.eqx", "config.json"])
def test_incomplete_commit_is_fetched_again(stand_in, branches, lost):
    (hub.fetch(f"{NAME}@v1") / lost).unlink()
    stand_in.delivery.busy = ".*"
    assert error_code(f"{NAME}@v1") == error_code(f"{NAME}@{branches['v1']}") == "not-cached"
    stand_in.delivery.busy = ""
    assert oa.load(f"{NAME}@{branches['v1']}").config == RGB


def test_damaged_ref(stand_in, branches, tmp_path):
    folder = hub.fetch(NAME)
    (folder.parent.parent / "refs" / "main").write_bytes(b"\xff\xfe\x00")
    stand_in.trouble = 503
    assert error_code(NAME) == "not-cached"
    stand_in.trouble = None
    assert hub.fetch(NAME) == folder


@pytest.mark.parametrize("answer", ["main", "../../../elsewhere", None])
def test_answer_without_a_commit(stand_in, monkeypatch, answer):
    from huggingface_hub import HfApi

    told = HfApi.model_info
    monkeypatch.setattr(HfApi, "model_info", lambda *given, **how: vars(info := told(*given, **how)).update(sha=answer) or info)
    assert error_code(NAME) == "unexpected-answer"
    assert not [request for request in stand_in.requests if "resolve" in request]


# Access without a token


def test_public_access_excludes_commits_fetched_with_a_login(stand_in, tmp_path):
    stand_in.add("someone/hidden", tmp_path / "little", private=True)
    private, public = hub.fetch("someone/hidden", token=TOKEN), hub.fetch(NAME, token=False)
    stand_in.trouble = 503
    assert hub.fetched() == hub.fetched("TEXT") == [NAME] and hub.fetched("moss") == []
    assert hub.fetch("someone/hidden", token=TOKEN) == private and hub.fetch(NAME, token=False) == public
    assert error_code("someone/hidden", token=False) == "not-cached"
    assert error_code(f"someone/hidden@{private.name}", token=False) == "not-cached"


def test_public_access_is_per_commit(stand_in, branches, tmp_path):
    """A commit is public if it was read without a token, not if another one of its repository was."""
    public = hub.fetch(NAME, token=False)
    stand_in.repositories[NAME].private = True
    later = update(stand_in.repositories[NAME], tmp_path)
    assert hub.fetch(NAME, token=TOKEN).name == later != public.name
    assert error_code(f"{NAME}@{later}", token=False) == "no-repository"
    stand_in.trouble = 503
    for name in (NAME, f"{NAME}@{later}"):
        assert error_code(name, token=False) == "not-cached"
    assert hub.fetch(f"{NAME}@{public.name}", token=False) == public


def test_repository_that_becomes_public(stand_in):
    stand_in.repositories[NAME].private = True
    folder = hub.fetch(NAME, token=TOKEN)
    assert error_code(f"{NAME}@{folder.name}", token=False) == "no-repository" and hub.fetched() == []
    stand_in.repositories[NAME].private = False
    assert hub.fetch(f"{NAME}@{folder.name}", token=False) == folder and hub.fetched() == [NAME]
    stand_in.requests.clear()
    assert hub.fetch(f"{NAME}@{folder.name}", token=False) == folder and stand_in.requests == []
