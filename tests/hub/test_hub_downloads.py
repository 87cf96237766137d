"""Downloads from the Hub over real networks: redirected, interrupted, slow, or never answered."""

import contextlib
import time

import jax
import numpy as np
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
    """The stand-in with a material; it gets all requests, with a timeout of one second."""
    folder = oa.save(little_material(RGB), tmp_path / "little_texture", preview=b"RIFF")
    monkeypatch.setattr("ode_appearance.checkpoints.hub.fetching.TIMEOUT", 1.0)
    with contextlib.closing(HubStandIn()) as stand_in:
        only_this(monkeypatch, tmp_path / "cache", stand_in.endpoint)
        stand_in.add(NAME, folder)
        yield stand_in


@pytest.fixture
def sent(stand_in):
    """The files on the Hub."""
    repository = stand_in.repositories[NAME]
    return repository.commits[repository.branches["main"]]


def is_complete(folder, sent):
    """The files byte for byte, no leftovers in the cache, and the saved weights."""
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == sent
    assert not list(folder.parent.parent.rglob("*.incomplete"))
    for one, other in zip(jax.tree.leaves(little_material(RGB)), jax.tree.leaves(oa.load(folder)), strict=True):
        np.testing.assert_array_equal(one, other)
    return True


def error_code(**options) -> str:
    """The code of the HubError that fetching raises."""
    with raises(HubError) as caught:
        hub.fetch(NAME, **options)
    assert str(caught.value).endswith(".")
    return caught.value.code


def requests_to(stand_in, method, part):
    return [request for request in stand_in.requests if request.startswith(method) and part in request]


def test_redirect_to_another_host(stand_in, sent):
    stand_in.delivery.redirects = stand_in.repositories[NAME].private = True
    assert is_complete(hub.fetch(NAME, token=TOKEN), sent), "the other host refuses what comes with a token"
    assert len(requests_to(stand_in, "GET", "/cdn/")) == 1 and not requests_to(stand_in, "GET", "model.eqx")
    assert len(requests_to(stand_in, "GET", "/resolve/")) == len(sent) - 1


@pytest.mark.parametrize("redirects", [False, True])
@pytest.mark.parametrize("ranges", [True, False])
def test_interrupted_download_resumes(stand_in, sent, monkeypatch, redirects, ranges):
    """At the last chunk on disk where the server supports ranges, else from the start."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 1000)
    stand_in.delivery.redirects, stand_in.delivery.ranges = redirects, ranges
    stand_in.delivery.breaks = [3500, 1200 if ranges else 4200]
    assert is_complete(hub.fetch(NAME), sent)
    assert stand_in.ranges == ["bytes=3000-", "bytes=4000-"] and stand_in.delivery.breaks == []


def test_early_interruption_restarts_the_download(stand_in, sent):
    stand_in.delivery.breaks = [700]
    assert is_complete(hub.fetch(NAME), sent) and stand_in.ranges == [] and stand_in.delivery.breaks == []


@pytest.mark.parametrize("lost", ["model.eqx", "config.json"])
def test_partial_fetch_is_no_material(stand_in, sent, tmp_path, lost):
    """Nor are the files before it; the next fetch requests the missing ones only."""
    stand_in.delivery.busy = f"GET /.*/{lost}"
    (commit,) = stand_in.repositories[NAME].commits
    assert error_code(token=False) == "not-cached"
    with pytest.raises(HubError):
        oa.load(f"{NAME}@{commit}")
    assert hub.fetched() == [] and not list((tmp_path / "cache").rglob("*.incomplete"))
    stand_in.delivery.busy = ""
    stand_in.requests.clear()
    assert is_complete(hub.fetch(NAME, token=False), sent) and hub.fetched() == [NAME]
    came_before = {"model.eqx": set(), "config.json": set(sent) - {"config.json"}}[lost]
    assert {request.rpartition("/")[2] for request in requests_to(stand_in, "GET", "/resolve/")} == set(sent) - came_before


def test_connection_that_always_breaks(stand_in, sent, tmp_path):
    stand_in.delivery.breaks = [900] * 20
    assert error_code() == "not-cached"
    assert not list((tmp_path / "cache").rglob("model.eqx")) and not list((tmp_path / "cache").rglob("*.incomplete"))
    stand_in.delivery.breaks = []
    assert is_complete(hub.fetch(NAME), sent)


def test_truncated_download_is_detected(stand_in, sent):
    stand_in.delivery.unsized, stand_in.delivery.breaks = True, [900]
    assert error_code() == "incomplete"
    assert is_complete(hub.fetch(NAME), sent)


def test_interrupted_update_keeps_the_old_commit(stand_in, sent, tmp_path):
    before = hub.fetch(NAME)
    plain = oa.save(little_material(PLAIN), tmp_path / "plain", preview=b"RIFF")
    stand_in.repositories[NAME].commit({path.name: path.read_bytes() for path in plain.iterdir()})
    stand_in.delivery.breaks = [900] * 20
    assert hub.fetch(NAME) == before and is_complete(before, sent)
    stand_in.delivery.breaks = []
    assert hub.fetch(NAME) != before and oa.load(NAME).config == PLAIN


def test_slow_network(stand_in, sent):
    """A download may take longer than the timeout as long as data arrives."""
    stand_in.delivery.redirects, stand_in.delivery.part, stand_in.delivery.pause = True, 1 + len(sent["model.eqx"]) // 20, 0.1
    began = time.monotonic()
    assert is_complete(hub.fetch(NAME), sent)
    assert time.monotonic() - began > 2


@pytest.mark.parametrize(
    "silent", ["GET /api/.*", "POST .*/paths-info/.*", "HEAD .*/model.eqx", "GET .*/model.eqx", "GET /cdn/.*"]
)
def test_silent_hub(stand_in, sent, silent):
    """At any request: it times out, and the cache is used where it has the material."""
    stand_in.delivery.redirects, stand_in.delivery.silent = "cdn" in silent, silent
    began = time.monotonic()
    assert error_code() == "not-cached"
    assert time.monotonic() - began < 20
    stand_in.delivery.silent = ""
    folder = hub.fetch(NAME)
    stand_in.delivery.silent = ".*"
    assert hub.fetch(NAME) == folder and is_complete(folder, sent)


@pytest.mark.parametrize("busy", ["POST .*/paths-info/.*", "HEAD .*/model.eqx", "GET .*/model.eqx"])
def test_rate_limit_is_not_waited_for(stand_in, sent, busy):
    """The error comes at once, whatever wait the Hub asks for."""
    stand_in.delivery.busy = busy
    began = time.monotonic()
    assert error_code() == "not-cached"
    assert time.monotonic() - began < 20
    stand_in.delivery.busy = ""
    assert is_complete(hub.fetch(NAME), sent)


@pytest.mark.parametrize("silent", ["POST /api/repos/create", "PUT /store/.*", "POST .*/commit/.*"])
def test_publishing_to_a_silent_hub(stand_in, tmp_path, monkeypatch, silent):
    monkeypatch.setattr("ode_appearance.checkpoints.hub.publishing.COMMIT_TIMEOUT", 0.5)
    stand_in.delivery.silent = silent
    began = time.monotonic()
    with raises(HubError, code="unreachable"):
        hub.publish(tmp_path / "little_texture", "someone/texture", token=TOKEN)
    assert time.monotonic() - began < 20
    assert "model.eqx" not in str(stand_in.repositories.get("someone/texture"))
