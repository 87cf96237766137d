"""Materials of the Hub that are on this machine: what is not asked for again, which commit it is, and who may have it."""

import contextlib
import time

import pytest
from hub_stand_in import TOKEN, HubStandIn, only_this
from materials import PLAIN, RGB, little_material

import ode_appearance as oa
from ode_appearance.checkpoints import hub
from ode_appearance.errors import HubError

NAME = "someone/little_texture"


@pytest.fixture
def there(tmp_path, monkeypatch):
    """The stand-in, with a material at two commits: `v1`, and what came after it."""
    with contextlib.closing(HubStandIn()) as stand_in:
        only_this(monkeypatch, tmp_path / "cache", stand_in.endpoint)
        repository = stand_in.add(NAME, oa.save(little_material(RGB), tmp_path / "little", preview=b"RIFF"))
        repository.branches["v1"] = repository.branches["main"]
        update(repository, tmp_path)
        yield stand_in


@pytest.fixture
def branches(there):
    return there.repositories[NAME].branches


def update(repository, tmp_path):
    plain = oa.save(little_material(PLAIN), tmp_path / "plain", preview=b"RIFF")
    return repository.commit({path.name: path.read_bytes() for path in plain.iterdir()})


def refused(name, **options):
    with pytest.raises(HubError) as caught:
        hub.fetch(name, **options)
    return str(caught.value)


@pytest.mark.parametrize("how", ["answers", "silent", "gone"])
def test_a_commit_is_asked_for_once(there, branches, how):
    """Whatever the Hub is about since then: what a commit stands for does not change."""
    assert oa.load(f"{NAME}@{branches['v1']}").config == RGB
    there.requests.clear()
    there.delivery.silent = ".*" if how == "silent" else ""
    if how == "gone":
        there.close()
    began = time.monotonic()
    assert oa.load(f"{NAME}@{branches['v1']}").config == RGB
    assert there.requests == [] and time.monotonic() - began < 4


def test_a_branch_is_asked_for_and_its_commit_is_not_fetched_twice(there, branches):
    first = hub.fetch(f"{NAME}@{branches['main']}")
    there.requests.clear()
    assert hub.fetch(NAME) == first and there.requests == [f"GET /api/models/{NAME}"]


def test_the_folder_names_the_commit(there, branches, tmp_path):
    branches["refs/pr/1"] = branches["v1"]
    for revision, commit in branches.items():
        assert hub.fetch(f"{NAME}@{revision}").name == hub.fetch(f"{NAME}@{commit}").name == commit
    before = hub.fetch(NAME).name
    after = there.repositories[NAME].commit({"README.md": b"news"})
    assert hub.fetch(NAME).name == after != before


@pytest.mark.parametrize("revision", ["", "@main", "@v1", "@refs/pr/1", "@COMMIT"])
def test_nothing_is_asked_offline(there, branches, monkeypatch, revision):
    from huggingface_hub import constants

    branches["refs/pr/1"] = branches["v1"]
    name = NAME + revision.replace("COMMIT", branches["v1"])
    folder = hub.fetch(name)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    there.requests.clear()
    assert hub.fetch(name) == folder
    for missing in (f"{NAME}@v2", f"{NAME}@{'0' * 40}", "someone/other"):
        assert refused(missing).startswith(f"The Hub is not asked while HF_HUB_OFFLINE is set. {missing} is not in")
    assert there.requests == []


@pytest.mark.parametrize("lost", ["model.eqx", "config.json"])
def test_a_commit_of_which_something_is_missing_is_asked_for(there, branches, lost):
    (hub.fetch(f"{NAME}@v1") / lost).unlink()
    there.delivery.busy = ".*"
    assert "is not in this machine's cache" in refused(f"{NAME}@v1") and "is not in" in refused(f"{NAME}@{branches['v1']}")
    there.delivery.busy = ""
    assert oa.load(f"{NAME}@{branches['v1']}").config == RGB


def test_notes_that_are_no_text(there, branches, tmp_path):
    folder = hub.fetch(NAME)
    (folder.parent.parent / "refs" / "main").write_bytes(b"\xff\xfe\x00")
    there.trouble = 503
    assert "not in this machine's cache" in refused(NAME)
    there.trouble = None
    assert hub.fetch(NAME) == folder


@pytest.mark.parametrize("answer", ["main", "../../../elsewhere", None])
def test_an_answer_that_is_no_commit(there, monkeypatch, answer):
    from huggingface_hub import HfApi

    told = HfApi.model_info
    monkeypatch.setattr(HfApi, "model_info", lambda *given, **how: vars(info := told(*given, **how)).update(sha=answer) or info)
    assert "does not say which commit" in refused(NAME)
    assert not [request for request in there.requests if "resolve" in request]


# For strangers


def test_strangers_are_not_shown_what_was_fetched_with_a_login(there, tmp_path):
    there.add("someone/hidden", tmp_path / "little", private=True)
    private, public = hub.fetch("someone/hidden", token=TOKEN), hub.fetch(NAME, token=False)
    there.trouble = 503
    assert hub.fetched() == hub.fetched("TEXT") == [NAME] and hub.fetched("moss") == []
    assert hub.fetch("someone/hidden", token=TOKEN) == private and hub.fetch(NAME, token=False) == public
    assert "not in this machine's cache" in refused("someone/hidden", token=False)
    assert "not in this machine's cache" in refused(f"someone/hidden@{private.name}", token=False)


def test_what_was_public_once_does_not_open_what_came_later(there, branches, tmp_path):
    """Each commit is for strangers if one has had it, not if one has had another of the same repository."""
    public = hub.fetch(NAME, token=False)
    there.repositories[NAME].private = True
    later = update(there.repositories[NAME], tmp_path)
    assert hub.fetch(NAME, token=TOKEN).name == later != public.name
    assert "no repository" in refused(f"{NAME}@{later}", token=False)
    there.trouble = 503
    for name in (NAME, f"{NAME}@{later}"):
        assert "not in this machine's cache" in refused(name, token=False)
    assert hub.fetch(f"{NAME}@{public.name}", token=False) == public


def test_what_became_public_is_for_strangers(there):
    there.repositories[NAME].private = True
    folder = hub.fetch(NAME, token=TOKEN)
    assert "no repository" in refused(f"{NAME}@{folder.name}", token=False) and hub.fetched() == []
    there.repositories[NAME].private = False
    assert hub.fetch(f"{NAME}@{folder.name}", token=False) == folder and hub.fetched() == [NAME]
    there.requests.clear()
    assert hub.fetch(f"{NAME}@{folder.name}", token=False) == folder and there.requests == []
