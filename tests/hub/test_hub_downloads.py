"""Downloads from the Hub as networks make them: led elsewhere, broken off, slow, or never answered."""

import contextlib
import time

import jax
import numpy as np
import pytest
from hub_stand_in import TOKEN, HubStandIn, only_this
from materials import PLAIN, RGB, little_material

import ode_appearance as oa
from ode_appearance.checkpoints import hub
from ode_appearance.errors import HubError

NAME = "someone/little_texture"


@pytest.fixture
def there(tmp_path, monkeypatch):
    """The stand-in, with a material; whatever asks the Hub asks it, and waits a second at most for a byte."""
    folder = oa.save(little_material(RGB), tmp_path / "little_texture", preview=b"RIFF")
    monkeypatch.setattr("ode_appearance.checkpoints.hub.fetching.TIMEOUT", 1.0)
    with contextlib.closing(HubStandIn()) as stand_in:
        only_this(monkeypatch, tmp_path / "cache", stand_in.endpoint)
        stand_in.add(NAME, folder)
        yield stand_in


@pytest.fixture
def sent(there):
    """The files as they lie on the Hub."""
    repository = there.repositories[NAME]
    return repository.commits[repository.branches["main"]]


def is_what_was_sent(folder, sent):
    """Byte for byte, with nothing besides in the cache, and the weights are those that were saved."""
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == sent
    assert not list(folder.parent.parent.rglob("*.incomplete"))
    for one, other in zip(jax.tree.leaves(little_material(RGB)), jax.tree.leaves(oa.load(folder)), strict=True):
        np.testing.assert_array_equal(one, other)
    return True


def refused(**options):
    with pytest.raises(HubError) as caught:
        hub.fetch(NAME, **options)
    sentence = str(caught.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


def asked(there, method, part):
    return [request for request in there.requests if request.startswith(method) and part in request]


def test_large_files_come_from_another_host(there, sent):
    there.delivery.redirects = there.repositories[NAME].private = True
    assert is_what_was_sent(hub.fetch(NAME, token=TOKEN), sent), "the other host refuses what comes with a token"
    assert len(asked(there, "GET", "/cdn/")) == 1 and not asked(there, "GET", "model.eqx")
    assert len(asked(there, "GET", "/resolve/")) == len(sent) - 1


@pytest.mark.parametrize("redirects", [False, True])
@pytest.mark.parametrize("ranges", [True, False])
def test_a_download_that_breaks_off_goes_on(there, sent, monkeypatch, redirects, ranges):
    """Where it was, if that much had come: what is in memory when it breaks is lost. Or it begins anew."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 1000)
    there.delivery.redirects, there.delivery.ranges = redirects, ranges
    there.delivery.breaks = [3500, 1200 if ranges else 4200]
    assert is_what_was_sent(hub.fetch(NAME), sent)
    assert there.ranges == ["bytes=3000-", "bytes=4000-"] and there.delivery.breaks == []


def test_a_download_that_breaks_off_early_begins_anew(there, sent):
    there.delivery.breaks = [700]
    assert is_what_was_sent(hub.fetch(NAME), sent) and there.ranges == [] and there.delivery.breaks == []


@pytest.mark.parametrize("lost", ["model.eqx", "config.json"])
def test_what_came_in_part_is_no_material(there, sent, tmp_path, lost):
    """Nor is what came before it; the next time only what is missing is fetched."""
    there.delivery.busy = f"GET /.*/{lost}"
    (commit,) = there.repositories[NAME].commits
    assert refused(token=False).endswith(f"try again in a few minutes. {NAME} is not in this machine's cache.")
    with pytest.raises(HubError):
        oa.load(f"{NAME}@{commit}")
    assert hub.fetched() == [] and not list((tmp_path / "cache").rglob("*.incomplete"))
    there.delivery.busy = ""
    there.requests.clear()
    assert is_what_was_sent(hub.fetch(NAME, token=False), sent) and hub.fetched() == [NAME]
    came_before = {"model.eqx": set(), "config.json": set(sent) - {"config.json"}}[lost]
    assert {request.rpartition("/")[2] for request in asked(there, "GET", "/resolve/")} == set(sent) - came_before


def test_a_connection_that_is_always_lost(there, sent, tmp_path):
    there.delivery.breaks = [900] * 20
    assert "cannot be reached" in refused()
    assert not list((tmp_path / "cache").rglob("model.eqx")) and not list((tmp_path / "cache").rglob("*.incomplete"))
    there.delivery.breaks = []
    assert is_what_was_sent(hub.fetch(NAME), sent)


def test_an_end_that_comes_too_early_is_seen(there, sent):
    there.delivery.unsized, there.delivery.breaks = True, [900]
    assert refused() == f"Files of {NAME} did not arrive whole: try again."
    assert is_what_was_sent(hub.fetch(NAME), sent)


def test_an_update_that_breaks_off_leaves_what_was_there(there, sent, tmp_path):
    before = hub.fetch(NAME)
    plain = oa.save(little_material(PLAIN), tmp_path / "plain", preview=b"RIFF")
    there.repositories[NAME].commit({path.name: path.read_bytes() for path in plain.iterdir()})
    there.delivery.breaks = [900] * 20
    assert hub.fetch(NAME) == before and is_what_was_sent(before, sent)
    there.delivery.breaks = []
    assert hub.fetch(NAME) != before and oa.load(NAME).config == PLAIN


def test_a_slow_network(there, sent):
    """It may take longer than an answer, as long as something comes."""
    there.delivery.redirects, there.delivery.part, there.delivery.pause = True, 1 + len(sent["model.eqx"]) // 20, 0.1
    began = time.monotonic()
    assert is_what_was_sent(hub.fetch(NAME), sent)
    assert time.monotonic() - began > 2


@pytest.mark.parametrize(
    "silent", ["GET /api/.*", "POST .*/paths-info/.*", "HEAD .*/model.eqx", "GET .*/model.eqx", "GET /cdn/.*"]
)
def test_a_hub_that_falls_silent(there, sent, silent):
    """At any question: the time that each may take has an end, and what is in the cache is good enough."""
    there.delivery.redirects, there.delivery.silent = "cdn" in silent, silent
    began = time.monotonic()
    assert "cannot be reached" in refused()
    assert time.monotonic() - began < 20
    there.delivery.silent = ""
    folder = hub.fetch(NAME)
    there.delivery.silent = ".*"
    assert hub.fetch(NAME) == folder and is_what_was_sent(folder, sent)


@pytest.mark.parametrize("busy", ["POST .*/paths-info/.*", "HEAD .*/model.eqx", "GET .*/model.eqx"])
def test_a_hub_that_was_asked_too_often(there, sent, busy):
    """It is not waited for by the hour."""
    there.delivery.busy = busy
    began = time.monotonic()
    assert "asked too often" in refused()
    assert time.monotonic() - began < 20
    there.delivery.busy = ""
    assert is_what_was_sent(hub.fetch(NAME), sent)


@pytest.mark.parametrize("silent", ["POST /api/repos/create", "PUT /store/.*", "POST .*/commit/.*"])
def test_publishing_to_a_hub_that_falls_silent(there, tmp_path, monkeypatch, silent):
    monkeypatch.setattr("ode_appearance.checkpoints.hub.publishing.COMMIT_TIMEOUT", 0.5)
    there.delivery.silent = silent
    began = time.monotonic()
    with pytest.raises(HubError, match="cannot be reached"):
        hub.publish(tmp_path / "little_texture", "someone/texture", token=TOKEN)
    assert time.monotonic() - began < 20
    assert "model.eqx" not in str(there.repositories.get("someone/texture"))
