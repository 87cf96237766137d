"""The Hub, by a stand-in server: search, fetching, publishing, and their errors."""

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
from raising import raises

import ode_appearance as oa
from ode_appearance.checkpoints import hub
from ode_appearance.checkpoints.checkpoint import FILES, MAX_CONFIG_BYTES
from ode_appearance.checkpoints.hub.fetching import MAX_BYTES
from ode_appearance.cli.main import main
from ode_appearance.errors import CheckpointError, HubError


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def stand_in(cache, monkeypatch):
    """The stand-in; all requests to the Hub go to it."""
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


def error_code(name, act=hub.fetch, **options) -> str:
    """The code of the HubError that `act` raises."""
    with raises(HubError) as caught:
        act(name, **options)
    assert str(caught.value).endswith(".")
    return caught.value.code


# Search


def test_search_by_tag(stand_in, folder):
    stand_in.add("someone/little_texture", folder)
    stand_in.add("other/rusty_texture", folder)
    stand_in.add("someone/language_model", folder).tags = ["text-generation"]
    stand_in.add("someone/hidden_texture", folder, private=True)
    found = oa.list_hub()
    assert [entry.repo for entry in found] == ["someone/little_texture", "other/rusty_texture"]
    assert found[0] == hub.HubMaterial("someone/little_texture", "someone", "2026-01-31", 3, 14, "mit")
    assert [entry.repo for entry in hub.list_hub("RUST")] == ["other/rusty_texture"]
    assert hub.list_hub("moss") == []
    assert len(hub.list_hub(limit=1)) == 1


@pytest.mark.parametrize("answer", [b"<html>Please log in</html>", b'{"error": "no"}', b"[3]", b'[{"tags": []}]'])
def test_search_rejects_an_answer_that_is_no_list(stand_in, answer):
    stand_in.listing = answer
    assert error_code("", hub.list_hub) == "unexpected-answer"


# Fetch


def test_fetch_of_revisions(stand_in, folder, plain):
    repository = stand_in.add("someone/little_texture", folder)
    repository.commit({path.name: path.read_bytes() for path in folder.iterdir()}, "v1")
    latest = repository.commit({**{path.name: path.read_bytes() for path in plain.iterdir()}, "secrets.bin": b"much"})
    assert oa.load("someone/little_texture").config == PLAIN
    assert oa.load("someone/little_texture@v1").config == RGB
    assert oa.load(f"someone/little_texture@{latest}").config == PLAIN
    fetched = hub.fetch("someone/little_texture")
    assert {path.name for path in fetched.iterdir()} == {path.name for path in plain.iterdir()}
    assert not [request for request in stand_in.requests if "secrets" in request]


@pytest.mark.parametrize("how", ["offline", "unreachable", "in trouble", "asked too often"])
def test_fetched_materials_load_without_the_hub(stand_in, folder, monkeypatch, how):
    from huggingface_hub import constants

    branches = stand_in.add("someone/little_texture", folder).branches
    branches["refs/pr/1"] = branches["main"]
    first = [hub.fetch(f"someone/little_texture{at}") for at in ("", "@refs/pr/1")]
    match how:
        case "offline":
            monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
        case "unreachable":
            stand_in.close()
        case _:
            stand_in.trouble = 503 if how == "in trouble" else 429
    began = time.monotonic()
    assert [hub.fetch(f"someone/little_texture{at}") for at in ("", "@refs/pr/1")] == first
    assert oa.load("someone/little_texture").config == RGB
    assert error_code("someone/other") == "not-cached"
    assert error_code("someone/little_texture@v1") == "not-cached"
    assert time.monotonic() - began < 5


def test_silent_hub(cache, monkeypatch):
    with socket.socket() as silent:  # takes the connection, and says nothing
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        only_this(monkeypatch, cache, f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setattr("ode_appearance.checkpoints.hub.searching.TIMEOUT", 0.3)
        monkeypatch.setattr("ode_appearance.checkpoints.hub.fetching.TIMEOUT", 0.3)
        began = time.monotonic()
        assert error_code("", hub.list_hub) == "unreachable"
        assert error_code("someone/little_texture") == "not-cached"
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("name", ["nothing", "a/b/c", "someone/..", "some one/it", "someone/it@", "someone/it@a..b",
                                  "someone/it@/etc", "-/-", "a" * 200 + "/b", "https://huggingface.co/someone/it"])  # fmt: skip
def test_invalid_names_cause_no_request(stand_in, name):
    assert error_code(name) == "invalid-name"
    assert stand_in.requests == []


def test_fetch_errors(stand_in, folder):
    stand_in.add("someone/hidden", folder, private=True)
    stand_in.add("someone/gated", folder, gated=True)
    stand_in.repositories["someone/empty"] = type(stand_in.repositories["someone/gated"])()
    stand_in.repositories["someone/empty"].commit({"README.md": b"words"})
    assert error_code("someone/nothing") == "no-repository"
    assert error_code("someone/hidden") == "no-repository"
    assert error_code("someone/gated@v9") == "no-revision"
    assert error_code("someone/gated") == "gated"
    assert error_code("someone/empty") == "no-material"
    assert error_code("someone/gated", token="hf_wrong") == "unauthorized"
    assert oa.load(hub.fetch("someone/hidden", token=TOKEN)).config == RGB


@pytest.mark.parametrize("name", FILES)
def test_oversized_files_are_refused_before_download(stand_in, cache, folder, name):
    for optional in ("keyframes.bin", "start.npy"):
        (folder / optional).write_bytes(b"few")
    stand_in.add("someone/huge", folder, claimed={name: MAX_BYTES[name] + 1})
    assert error_code("someone/huge") == "too-large"
    assert not [request for request in stand_in.requests if "resolve" in request] and not list(cache.rglob(name))
    assert MAX_BYTES["config.json"] == MAX_CONFIG_BYTES


# Publish


def test_published_material_loads(stand_in, folder):
    material = oa.load(folder)
    (folder / "notes.txt").write_text("mine")
    address = hub.publish(folder, "someone/texture", token=TOKEN, private=True)
    assert address == f"{stand_in.endpoint}/someone/texture"
    repository = stand_in.repositories["someone/texture"]
    files = set(repository.commits[repository.branches["main"]])
    assert repository.private and files == {".gitattributes", *(path.name for path in folder.iterdir())} - {"notes.txt"}
    again = oa.load(hub.fetch("someone/texture", token=TOKEN))
    assert again.config == material.config
    for one, other in zip(jax.tree.leaves(material), jax.tree.leaves(again), strict=True):
        np.testing.assert_array_equal(one, other)
    card = repository.commits[repository.branches["main"]]["README.md"].decode()
    assert all(part in card for part in ("- ode-appearance", "library_name: ode-appearance", "license: mit", "credit: A test."))
    assert 'oa.load("someone/texture")' in card


def test_publish_to_a_branch_and_again(stand_in, folder, plain):
    hub.publish(folder, "someone/texture", token=TOKEN)
    before = stand_in.repositories["someone/texture"].branches["main"]
    assert hub.publish(plain, "someone/texture", token=TOKEN, revision="plain").endswith("/someone/texture/tree/plain")
    assert stand_in.repositories["someone/texture"].branches["main"] == before
    assert oa.load("someone/texture@plain").config == PLAIN and oa.load("someone/texture").config == RGB
    hub.publish(plain, "someone/texture", token=TOKEN)
    assert oa.load("someone/texture").config == PLAIN


def test_unknown_licence(stand_in, tmp_path):
    own = dataclasses.replace(RGB, exemplar=dataclasses.replace(RGB.exemplar, license="Ask me"))
    folder = oa.save(little_material(own), tmp_path / "own", preview=b"")
    hub.publish(folder, "someone/own", token=TOKEN)
    repository = stand_in.repositories["someone/own"]
    card = repository.commits[repository.branches["main"]]["README.md"].decode()
    assert "license: other\nlicense_name: Ask me\n" in card


def test_publish_errors(stand_in, folder, plain):
    stand_in.add("someone/model", folder).tags = ["text-generation"]
    stand_in.add("someone/public", folder)
    publishing = {"repo": "someone/texture", "token": TOKEN}
    assert error_code(folder, hub.publish, **{**publishing, "repo": "someone/model"}) == "name-taken"
    assert error_code(folder, hub.publish, **{**publishing, "repo": "someone/public", "private": True}) == "public"
    assert error_code(folder, hub.publish, **{**publishing, "repo": "texture"}) == "invalid-name"
    assert error_code(folder, hub.publish, **{**publishing, "token": READ_ONLY}) == "no-write-permission"
    assert error_code(folder, hub.publish, repo="someone/texture") == "no-token"
    assert error_code(folder, hub.publish, **{**publishing, "token": "hf_wrong"}) == "token-rejected"
    stand_in.trouble = 429
    assert error_code(folder, hub.publish, **publishing) == "rate-limited"
    stand_in.trouble = None
    (folder / "model.eqx").write_bytes(b"no weights")
    with pytest.raises(CheckpointError, match=r"model\.eqx"):
        hub.publish(folder, **publishing)
    assert set(stand_in.repositories) == {"someone/model", "someone/public"}
    stand_in.close()
    assert error_code(plain, hub.publish, **publishing) == "unreachable"


@pytest.mark.parametrize(
    ("token", "trouble"),
    [(token, None) for token in (TOKEN, "hf_wrongSecret", "hf_secret\nSecret: 1", "hf_söcret", READ_ONLY)]
    + [(TOKEN, trouble) for trouble in (400, 500, "gone")],
)
def test_token_is_not_repeated(stand_in, folder, caplog, capfd, token, trouble, monkeypatch):
    """Neither in logs nor in the error and its chain."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("hub_stand_in._Handler.refuse", lambda self, status, code, message: self.send(
        {"error": f"{message} {self.token}"}, status, **({"X_Error_Code": code} if code else {})))  # fmt: skip
    if trouble == "gone":
        stand_in.close()
    else:
        stand_in.trouble = trouble
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


def test_cli(stand_in, folder, capsys, monkeypatch):
    assert main(["search"]) == 0 and capsys.readouterr().out == ""
    assert main(["publish", str(folder), "someone/texture"]) == 1
    assert "access token" in capsys.readouterr().err
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert main(["publish", str(folder), "someone/texture"]) == 0
    assert capsys.readouterr().out == f"{stand_in.endpoint}/someone/texture\n"
    assert main(["search", "text"]) == 0
    assert capsys.readouterr().out.split()[:3] == ["someone/texture", "mit", "2026-01-31"]
    assert main(["info", "someone/texture"]) == 0
    assert "little_texture" in capsys.readouterr().out
