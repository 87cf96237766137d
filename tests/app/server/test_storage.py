"""What visitors leave on the disk keeps to a limit."""

import logging
import os
import threading

import jax
import pytest
from hub_stand_in import HubStandIn, only_this
from materials import RGB, little_material

import ode_appearance as oa
from ode_appearance.app.storage import quotas, uploads
from ode_appearance.app.trainings.supervisor import Trainings
from ode_appearance.checkpoints import hub
from ode_appearance.errors import TrainingError
from ode_appearance.runtime import device, folders


def fill(folder, *ages):
    """Files of 100 bytes, used so many seconds after 2020."""
    folder.mkdir(parents=True, exist_ok=True)
    for age in ages:
        path = folder / f"{age}.bin"
        path.write_bytes(bytes(100))
        os.utime(path, (1_577_836_800 + age,) * 2)
    return folder


def names(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_what_was_used_longest_ago_goes_first(tmp_path):
    fill(tmp_path / "a", 1, 4)
    fill(tmp_path / "b", 2, 3)
    assert quotas.size_of(tmp_path) == 400 and quotas.prune(tmp_path, 400) == 400
    assert quotas.prune(tmp_path, 250) == 200 and names(tmp_path) == ["3.bin", "4.bin"]
    assert quotas.prune(tmp_path / "none", 1) == quotas.size_of(tmp_path / "none") == 0


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    fill(tmp_path / "elsewhere", 1)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "link").symlink_to(tmp_path / "elsewhere")
    quotas.prune(tmp_path / "own", 0)
    assert names(tmp_path / "elsewhere") == ["1.bin"]


def test_compiled_programs_and_uploads_are_kept_to_the_setting(tmp_path, monkeypatch):
    monkeypatch.setenv("ODE_APPEARANCE_DISK_BYTES", "250")
    monkeypatch.setattr(folders, "_user_cache", lambda: tmp_path)
    monkeypatch.setenv(uploads.VARIABLE, str(tmp_path / f"{uploads.PREFIX}x" / uploads.NAME))
    monkeypatch.setattr(hub, "evict", lambda most: None)
    compiled, uploaded = fill(tmp_path / "jax", 1, 2, 3), fill(uploads.own_uploads() / "hash", 1, 2, 3)
    before = jax.config.jax_compilation_cache_dir
    try:
        jax.config.update("jax_compilation_cache_dir", str(tmp_path / "chosen"))
        assert device.own_compilation_cache() is None
        quotas.keep_to_limits()
        assert len(names(compiled)) == 3 and names(uploaded) == ["2.bin", "3.bin"]
        jax.config.update("jax_compilation_cache_dir", str(compiled))
        quotas.keep_to_limits()
        assert names(compiled) == ["2.bin", "3.bin"]
    finally:
        jax.config.update("jax_compilation_cache_dir", before)
    monkeypatch.setenv(uploads.VARIABLE, str(tmp_path / "mine"))
    assert uploads.own_uploads() is None


def test_no_training_begins_where_too_much_is_stored(tmp_path, monkeypatch):
    trainings = Trainings(fill(tmp_path / "runs", 1, 2), busy=lambda: False)
    try:
        trainings.check_room()
        monkeypatch.setenv("ODE_APPEARANCE_DISK_BYTES", "200")
        with pytest.raises(TrainingError, match="delete one that is no longer needed"):
            trainings.check_room()
        kept = [name for name in names(trainings.root) if not name.startswith(".lock")]
        assert len(kept) == 2, "nothing is deleted"
    finally:
        trainings.close()


def test_materials_that_were_fetched_go_and_others_of_the_cache_stay(tmp_path, monkeypatch):
    there = HubStandIn()
    only_this(monkeypatch, tmp_path / "cache", there.endpoint)
    try:
        folder = oa.save(little_material(RGB), tmp_path / "little", preview=b"RIFF")
        for name in ("older", "newer", "with_login"):  # of the same commit, as a duplicated repository is
            there.add(f"someone/{name}", folder)
            fetched = hub.fetch(f"someone/{name}", token=False if name != "with_login" else None)
            for path in fetched.iterdir():
                os.utime(path.resolve(), (1_577_836_800 + (name == "newer"),) * 2)
        assert hub.evict(1 << 30) == [] and hub.fetched() == ["someone/newer", "someone/older"]
        size = quotas.size_of(fetched.parents[1])
        assert hub.evict(size * 3 // 2) == ["someone/older"] and hub.fetched() == ["someone/newer"]
        assert hub.evict(0) == ["someone/newer"] and hub.fetched() == [] and fetched.is_dir()
    finally:
        there.close()


def test_a_failure_is_logged_and_it_is_tried_again(caplog):
    tries, twice = [], threading.Event()

    def step():
        tries.append(1)
        if len(tries) == 2:
            twice.set()
        raise OSError("no such disk")

    with caplog.at_level(logging.ERROR):
        end = quotas.look_after_storage(step, pause=0.01)
        assert twice.wait(10)
        end.set()
    assert "no such disk" in caplog.text
