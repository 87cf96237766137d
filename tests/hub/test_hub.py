"""The Hub, by a stand-in of it: what is found, fetched and published, and what is said where that is not possible."""

import dataclasses
import logging
import shutil
import socket
import time
import traceback
from pathlib import Path

import jax
import numpy as np
import pytest
from hub_stand_in import READ_ONLY, TOKEN, HubStandIn, only_this
from materials import PLAIN, RGB, little_material

import ode_appearance as oa
from ode_appearance.checkpoints import hub
from ode_appearance.checkpoints.checkpoint import FILES, MAX_CONFIG_BYTES
from ode_appearance.checkpoints.hub.fetching import MOST_BYTES
from ode_appearance.cli.main import main
from ode_appearance.errors import CheckpointError, HubError


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def there(cache, monkeypatch):
    """The stand-in; whatever asks the Hub asks it."""
    stand_in = HubStandIn()
    only_this(monkeypatch, cache, stand_in.endpoint)
    yield stand_in
    stand_in.close()


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Checkpoints of two materials."""
    root = tmp_path_factory.mktemp("saved")
    return {config.name: oa.save(little_material(config), root / config.name, preview=b"RIFF") for config in (RGB, PLAIN)}


@pytest.fixture
def folder(saved, tmp_path):
    return Path(shutil.copytree(saved["little_texture"], tmp_path / "little_texture"))


@pytest.fixture
def plain(saved):
    return saved["plain_texture"]


def refused(name, act=hub.fetch, **options):
    with pytest.raises(HubError) as caught:
        act(name, **options)
    sentence = str(caught.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


# Search


def test_materials_are_found_by_their_tag(there, folder):
    there.add("someone/little_texture", folder)
    there.add("other/rusty_texture", folder)
    there.add("someone/language_model", folder).tags = ["text-generation"]
    there.add("someone/hidden_texture", folder, private=True)
    found = oa.list_hub()
    assert [entry.repo for entry in found] == ["someone/little_texture", "other/rusty_texture"]
    assert found[0] == hub.Found("someone/little_texture", "someone", "2026-01-31", 3, 14, "mit")
    assert [entry.repo for entry in hub.list_hub("RUST")] == ["other/rusty_texture"]
    assert hub.list_hub("moss") == []
    assert len(hub.list_hub(limit=1)) == 1


@pytest.mark.parametrize("answer", [b"<html>Please log in</html>", b'{"error": "no"}', b"[3]", b'[{"tags": []}]'])
def test_an_answer_that_is_no_list(there, answer):
    there.listing = answer
    assert "not a list of repositories" in refused("", hub.list_hub)


# Fetch


def test_a_repository_at_a_revision(there, folder, plain):
    repository = there.add("someone/little_texture", folder)
    repository.commit({path.name: path.read_bytes() for path in folder.iterdir()}, "v1")
    latest = repository.commit({**{path.name: path.read_bytes() for path in plain.iterdir()}, "secrets.bin": b"much"})
    assert oa.load("someone/little_texture").config == PLAIN
    assert oa.load("someone/little_texture@v1").config == RGB
    assert oa.load(f"someone/little_texture@{latest}").config == PLAIN
    fetched = hub.fetch("someone/little_texture")
    assert {path.name for path in fetched.iterdir()} == {path.name for path in plain.iterdir()}
    assert not [request for request in there.requests if "secrets" in request]


@pytest.mark.parametrize("how", ["offline", "unreachable", "in trouble", "asked too often"])
def test_what_was_fetched_is_there_without_the_hub(there, folder, monkeypatch, how):
    from huggingface_hub import constants

    branches = there.add("someone/little_texture", folder).branches
    branches["refs/pr/1"] = branches["main"]
    first = [hub.fetch(f"someone/little_texture{at}") for at in ("", "@refs/pr/1")]
    match how:
        case "offline":
            monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
        case "unreachable":
            there.close()
        case _:
            there.trouble = 503 if how == "in trouble" else 429
    began = time.monotonic()
    assert [hub.fetch(f"someone/little_texture{at}") for at in ("", "@refs/pr/1")] == first
    assert oa.load("someone/little_texture").config == RGB
    assert "someone/other is not in this machine's cache" in refused("someone/other")
    assert "@v1 is not in" in refused("someone/little_texture@v1")
    assert time.monotonic() - began < 5


def test_a_hub_that_does_not_answer(cache, monkeypatch):
    with socket.socket() as silent:  # takes the connection, and says nothing
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        only_this(monkeypatch, cache, f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setattr("ode_appearance.checkpoints.hub.searching.TIMEOUT", 0.3)
        monkeypatch.setattr("ode_appearance.checkpoints.hub.fetching.TIMEOUT", 0.3)
        began = time.monotonic()
        assert "cannot be reached" in refused("", hub.list_hub)
        assert "cannot be reached" in refused("someone/little_texture")
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("name", ["nothing", "a/b/c", "someone/..", "some one/it", "someone/it@", "someone/it@a..b",
                                  "someone/it@/etc", "-/-", "a" * 200 + "/b", "https://huggingface.co/someone/it"])  # fmt: skip
def test_what_is_no_name_is_not_asked_for(there, name):
    assert "write user/repo" in refused(name)
    assert there.requests == []


def test_what_cannot_be_fetched_is_told(there, folder):
    there.add("someone/hidden", folder, private=True)
    there.add("someone/gated", folder, gated=True)
    there.repositories["someone/empty"] = type(there.repositories["someone/gated"])()
    there.repositories["someone/empty"].commit({"README.md": b"words"})
    assert "no repository someone/nothing" in refused("someone/nothing")
    assert "no repository someone/hidden" in refused("someone/hidden")
    assert "no revision v9" in refused("someone/gated@v9")
    assert "gated" in refused("someone/gated")
    assert "it has no config.json" in refused("someone/empty")
    assert "not accepted" in refused("someone/gated", token="hf_wrong")
    assert oa.load(hub.fetch("someone/hidden", token=TOKEN)).config == RGB


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_size_is_refused_before_a_byte_is_fetched(there, cache, folder, name):
    for optional in ("keyframes.bin", "start.npy"):
        (folder / optional).write_bytes(b"few")
    there.add("someone/huge", folder, claimed={name: MOST_BYTES[name] + 1})
    assert f"its {name} has" in refused("someone/huge")
    assert not [request for request in there.requests if "resolve" in request] and not list(cache.rglob(name))
    assert MOST_BYTES["config.json"] == MAX_CONFIG_BYTES


# Publish


def test_what_is_published_loads_again(there, folder):
    material = oa.load(folder)
    (folder / "notes.txt").write_text("mine")
    address = hub.publish(folder, "someone/texture", token=TOKEN, private=True)
    assert address == f"{there.endpoint}/someone/texture"
    repository = there.repositories["someone/texture"]
    files = set(repository.commits[repository.branches["main"]])
    assert repository.private and files == {".gitattributes", *(path.name for path in folder.iterdir())} - {"notes.txt"}
    again = oa.load(hub.fetch("someone/texture", token=TOKEN))
    assert again.config == material.config
    for one, other in zip(jax.tree.leaves(material), jax.tree.leaves(again), strict=True):
        np.testing.assert_array_equal(one, other)
    card = repository.commits[repository.branches["main"]]["README.md"].decode()
    assert all(part in card for part in ("- ode-appearance", "library_name: ode-appearance", "license: mit", "credit: A test."))
    assert 'oa.load("someone/texture")' in card


def test_a_branch_and_a_second_time(there, folder, plain):
    hub.publish(folder, "someone/texture", token=TOKEN)
    before = there.repositories["someone/texture"].branches["main"]
    assert hub.publish(plain, "someone/texture", token=TOKEN, revision="plain").endswith("/someone/texture/tree/plain")
    assert there.repositories["someone/texture"].branches["main"] == before
    assert oa.load("someone/texture@plain").config == PLAIN and oa.load("someone/texture").config == RGB
    hub.publish(plain, "someone/texture", token=TOKEN)
    assert oa.load("someone/texture").config == PLAIN


def test_a_licence_that_the_hub_does_not_know(there, tmp_path):
    own = dataclasses.replace(RGB, exemplar=dataclasses.replace(RGB.exemplar, license="Ask me"))
    folder = oa.save(little_material(own), tmp_path / "own", preview=b"")
    hub.publish(folder, "someone/own", token=TOKEN)
    repository = there.repositories["someone/own"]
    card = repository.commits[repository.branches["main"]]["README.md"].decode()
    assert "license: other\nlicense_name: Ask me\n" in card


def test_what_cannot_be_published_is_told(there, folder, plain):
    there.add("someone/model", folder).tags = ["text-generation"]
    there.add("someone/public", folder)
    publishing = {"repo": "someone/texture", "token": TOKEN}
    assert "holds something else (README.md" in refused(folder, hub.publish, **{**publishing, "repo": "someone/model"})
    assert "public" in refused(folder, hub.publish, **{**publishing, "repo": "someone/public", "private": True})
    assert "write user/repo" in refused(folder, hub.publish, **{**publishing, "repo": "texture"})
    assert "write permission" in refused(folder, hub.publish, **{**publishing, "token": READ_ONLY})
    assert "needs an access token" in refused(folder, hub.publish, repo="someone/texture")
    assert "does not accept" in refused(folder, hub.publish, **{**publishing, "token": "hf_wrong"})
    there.trouble = 429
    assert "too often" in refused(folder, hub.publish, **publishing)
    there.trouble = None
    (folder / "model.eqx").write_bytes(b"no weights")
    with pytest.raises(CheckpointError, match=r"model\.eqx"):
        hub.publish(folder, **publishing)
    assert set(there.repositories) == {"someone/model", "someone/public"}
    there.close()
    assert "cannot be reached" in refused(plain, hub.publish, **publishing)


@pytest.mark.parametrize(
    ("token", "trouble"),
    [(token, None) for token in (TOKEN, "hf_wrongSecret", "hf_secret\nSecret: 1", "hf_söcret", READ_ONLY)]
    + [(TOKEN, trouble) for trouble in (400, 500, "gone")],
)
def test_the_token_is_not_repeated(there, folder, caplog, capfd, token, trouble, monkeypatch):
    """Neither in what is logged nor in what is raised, with all that it was raised from."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("hub_stand_in._Handler.refuse", lambda self, status, code, message: self.send(
        {"error": f"{message} {self.token}"}, status, **({"X_Error_Code": code} if code else {})))  # fmt: skip
    if trouble == "gone":
        there.close()
    else:
        there.trouble = trouble
    told = ""
    try:
        hub.publish(folder, "someone/texture", token=token)
    except HubError as error:
        told = "".join(traceback.format_exception(error))
        chain = error
        while chain is not None:
            told += repr(chain)
            chain = chain.__cause__ or chain.__context__
    said = capfd.readouterr()
    everything = told + caplog.text + said.out + said.err
    assert token not in everything and token.partition("\n")[0] not in everything and repr(token)[1:-1] not in everything
    assert (told == "") == (token == TOKEN and trouble is None)


# On the command line


def test_the_verbs(there, folder, capsys, monkeypatch):
    assert main(["search"]) == 0 and capsys.readouterr().out == ""
    assert main(["publish", str(folder), "someone/texture"]) == 1
    assert "access token" in capsys.readouterr().err
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert main(["publish", str(folder), "someone/texture"]) == 0
    assert capsys.readouterr().out == f"{there.endpoint}/someone/texture\n"
    assert main(["search", "text"]) == 0
    assert capsys.readouterr().out.split()[:3] == ["someone/texture", "mit", "2026-01-31"]
    assert main(["info", "someone/texture"]) == 0
    assert "little_texture" in capsys.readouterr().out
