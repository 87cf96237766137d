"""Damaged and hostile checkpoint folders: each raises our own error, quickly and with little memory."""

import ast
import faulthandler
import io
import json
import os
import pickle
import shutil
import struct
import sys
import time
import tracemalloc
from pathlib import Path

import jax
import numpy as np
import psutil
import pytest
from materials import RGB, SVBRDF, little_material

import ode_appearance as oa
from ode_appearance.checkpoints.checkpoint import load_config, load_folder, safe_file
from ode_appearance.errors import AppearanceError, CheckpointError

SECONDS, MEGABYTES = 5.0, 50  # of CPU time; tracing every allocation makes a busy machine several times slower


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A valid checkpoint folder. Loading it once starts JAX, which is then not measured."""
    folder = oa.save(little_material(RGB), tmp_path_factory.mktemp("sound") / "m", preview=b"a picture")
    oa.load(folder)
    return folder


@pytest.fixture
def folder(sound, tmp_path):
    return Path(shutil.copytree(sound, tmp_path / "m"))


def peak_resident():
    """Bytes."""
    memory = psutil.Process().memory_info()
    if hasattr(memory, "peak_wset"):  # Windows
        return memory.peak_wset
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def refusal(folder) -> str:
    """The error message of loading. Fails on high time or memory use and on other exceptions; a hang ends the test process with
    a stack trace.
    """
    faulthandler.dump_traceback_later(20, exit=True, file=sys.__stderr__)
    resident = peak_resident()
    tracemalloc.start()
    began = time.process_time()
    try:
        with pytest.raises(AppearanceError) as problem:
            oa.load(folder)
        seconds, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        faulthandler.cancel_dump_traceback_later()
    assert seconds < SECONDS
    assert peak < MEGABYTES << 20
    assert peak_resident() - resident < MEGABYTES << 20
    message = str(problem.value)
    assert message.endswith(".") and len(message) < 1000
    return message


# Handwritten .npy records


def record(array, version=1, **header) -> bytes:
    """An .npy record of an array; `header` overrides fields."""
    text = {"descr": array.dtype.str, "fortran_order": False, "shape": array.shape} | header
    return raw_record(repr(text), array.tobytes(), version)


def raw_record(text, data=b"", version=1) -> bytes:
    text = (text if isinstance(text, bytes) else text.encode()) + b"\n"
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text + data


def arrays_of(path) -> list[np.ndarray]:
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        arrays = []
        while file.tell() < size:
            arrays.append(np.load(file))
    return arrays


def write_arrays(path, arrays):
    path.write_bytes(b"".join(part if isinstance(part, bytes) else record(part) for part in arrays))


def replaced(index, change):
    """Damage that replaces one record."""

    def damage(folder):
        path = folder / "model.eqx"
        arrays = arrays_of(path)
        arrays[index] = change(arrays[index])
        write_arrays(path, arrays)

    return damage


def weights(change):
    """Damage to the bytes of model.eqx."""

    def damage(folder):
        path = folder / "model.eqx"
        path.write_bytes(change(path.read_bytes()))

    return damage


class Trap:
    """Its pickle creates a file when it is loaded."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def pickled(folder):
    (folder / "model.eqx").write_bytes(pickle.dumps(Trap(folder / "trapped")))


def pickled_array(folder):
    file = io.BytesIO()
    np.save(file, np.array([Trap(folder / "trapped")], dtype=object), allow_pickle=True)
    path = folder / "model.eqx"
    arrays = arrays_of(path)
    write_arrays(path, [file.getvalue(), *arrays[1:]])


def pickle_beside_weights(folder):
    """An object array of the size of the first array: only its type differs."""
    path = folder / "model.eqx"
    arrays = arrays_of(path)
    write_arrays(path, [record(arrays[0], descr="|O"), *arrays[1:]])


def swapped(folder):
    path = folder / "model.eqx"
    arrays = arrays_of(path)
    arrays[0], arrays[8] = arrays[8], arrays[0]
    write_arrays(path, arrays)


def with_value(value):
    def change(array):
        array = array.copy()
        array.flat[-1] = value
        return array

    return change


def four_terabytes(folder):
    """A sparse file of that length."""
    try:
        os.truncate(folder / "model.eqx", 4 << 40)
    except OSError:
        pytest.skip("no file system for a file of 4 TB")


def npz(folder):
    np.savez(folder / "model.eqx", *arrays_of(folder / "model.eqx"))
    os.replace(folder / "model.eqx.npz", folder / "model.eqx")


WEIGHTS = {
    "empty": weights(lambda data: b""),
    "cut in the first magic": weights(lambda data: data[:5]),
    "cut in the first header": weights(lambda data: data[:30]),
    "cut in the first data": weights(lambda data: data[:140]),
    "cut in the middle": weights(lambda data: data[: len(data) // 2]),
    "cut by a byte": weights(lambda data: data[:-1]),
    "one record fewer": lambda folder: write_arrays(folder / "model.eqx", arrays_of(folder / "model.eqx")[:-1]),
    "a byte more": weights(lambda data: data + b"\0"),
    "a record more": weights(lambda data: data + record(np.zeros(3, np.float32))),
    "a number more": weights(lambda data: data + record(np.float32(1.0))),
    "twice": weights(lambda data: data + data),
    "a megabyte more": weights(lambda data: data + bytes(1 << 20)),
    "noise": weights(lambda data: np.random.default_rng(0).bytes(len(data))),
    "zeros": weights(lambda data: bytes(len(data))),
    "shapes swapped": swapped,
    "a shape turned": replaced(4, lambda array: array.T.copy() if array.shape[0] != array.shape[1] else array.reshape(-1)),
    "a shape flattened": replaced(0, lambda array: array.reshape(-1)),
    "forged 4 TB": replaced(0, lambda array: record(array, shape=(1 << 40,))),
    "forged 4 TB in the last": replaced(-1, lambda array: record(array, shape=(1 << 20, 1 << 20))),
    "a product that overflows": replaced(0, lambda array: record(array, shape=(1 << 32, 1 << 32))),
    "many dimensions that overflow": replaced(0, lambda array: record(array, shape=(1 << 39,) * 8)),
    "a thousand dimensions": replaced(0, lambda array: record(array, shape=(1,) * 200)),
    "a negative size": replaced(0, lambda array: record(array, shape=(-1, *array.shape[1:]))),
    "a size that is no number": replaced(0, lambda array: record(array, shape=("4",))),
    "a fractional size": replaced(0, lambda array: record(array, shape=(4.0, 4, 1, 1))),
    "a size that is true": replaced(0, lambda array: record(array, shape=(True, 4, 1, 1))),
    "a list for a shape": replaced(0, lambda array: record(array, shape=list(array.shape))),
    "no shape": replaced(0, lambda array: raw_record("{'descr': '<f4', 'fortran_order': False}", array.tobytes())),
    "one field more": replaced(0, lambda array: record(array, more=1)),
    "a header that is a list": replaced(0, lambda array: raw_record("[1, 2]", array.tobytes())),
    "a header that is code": replaced(0, lambda array: raw_record("__import__('os').system('touch trapped')")),
    "a header of brackets": replaced(0, lambda array: raw_record("(" * 900)),
    "a header of minus signs": replaced(0, lambda array: raw_record("-" * 900 + "1")),
    "a header of no letters": replaced(0, lambda array: raw_record(b"\xff\xfe\0" * 100)),
    "a header too long": replaced(0, lambda array: raw_record(" " * 60_000, array.tobytes())),
    "a header of 4 GB": replaced(0, lambda array: b"\x93NUMPY\x02\0\xff\xff\xff\xff{}"),
    "a later version": replaced(0, lambda array: record(array, version=2)),
    "columns first": replaced(0, lambda array: record(array, fortran_order=True)),
    "neither rows nor columns first": replaced(0, lambda array: record(array, fortran_order=1)),
    "double precision": replaced(0, lambda array: array.astype(np.float64)),
    "half precision": replaced(0, lambda array: array.astype(np.float16)),
    "integers": replaced(0, lambda array: array.astype(np.int32)),
    "the other byte order": replaced(0, lambda array: array.astype(">f4")),
    "complex numbers": replaced(0, lambda array: array.astype(np.complex64)),
    "texts": replaced(0, lambda array: array.astype("<U1")),
    "structures": replaced(0, lambda array: record(array, descr="f4,f4")),
    "a type that does not exist": replaced(0, lambda array: record(array, descr="<f5")),
    "a type that is a list": replaced(0, lambda array: record(array, descr=[("a", "<f4")])),
    "a type of no size": replaced(0, lambda array: record(array, descr="|V0")),
    "NaN": replaced(3, with_value(np.nan)),
    "infinity": replaced(-1, with_value(-np.inf)),
    "a pickle": pickled,
    "a pickle in an array": pickled_array,
    "an object array": pickle_beside_weights,
    "an archive": npz,
    "4 TB": four_terabytes,
    "another architecture's": lambda folder: shutil.copy(
        oa.save(little_material(SVBRDF), folder.parent / "other", preview=b"") / "model.eqx", folder
    ),
}


@pytest.mark.parametrize("damage", WEIGHTS.values(), ids=WEIGHTS)
def test_weights(folder, damage, monkeypatch):
    monkeypatch.chdir(folder)
    damage(folder)
    assert "model.eqx" in refusal(folder)
    assert not (folder / "trapped").exists()


def test_undamaged_handwritten_records_load(folder):
    """So that the tests of damage test the damage."""
    replaced(0, lambda array: array)(folder)
    oa.load(folder)


# config.json


def text(content):
    def damage(folder):
        data = content if isinstance(content, bytes) else content.encode()
        (folder / "config.json").write_bytes(data)

    return damage


def changed(**changes):
    """Damage to fields; `a__b` is the field b of the object a."""

    def damage(folder):
        path = folder / "config.json"
        data = json.loads(path.read_text())
        for name, value in changes.items():
            *parents, last = name.split("__")
            target = data
            for parent in parents:
                target = target[parent]
            target[last] = value
        path.write_text(json.dumps(data))

    return damage


def swollen(folder):
    path = folder / "config.json"
    path.write_text(path.read_text() + " " * (2 << 20))


def inserted(name, literal):
    """Damage: a field has a literal that json.dumps would not write."""

    def damage(folder):
        changed(**{name: "HERE"})(folder)
        path = folder / "config.json"
        path.write_text(path.read_text().replace('"HERE"', literal))

    return damage


CONFIGS = {
    "empty": text(""),
    "no JSON": text("name: rust"),
    "half of it": lambda folder: text((folder / "config.json").read_bytes()[:200])(folder),
    "not UTF-8": text(b'{"name": "\xff\xfe"}'),
    "UTF-16": lambda folder: text((folder / "config.json").read_text().encode("utf-16"))(folder),
    "binary": text(np.random.default_rng(0).bytes(1000)),
    "a list": text("[]"),
    "null": text("null"),
    "a text": text('"config"'),
    "a number": text("1"),
    "deep lists": text("[" * 200_000),
    "deep objects": text('{"training":' * 100_000),
    "deep changed": changed(training=ast.literal_eval("{'a':" * 90 + "1" + "}" * 90)),
    "too large": swollen,
    "a long text": changed(exemplar__credit="a" * 900_000),
    "a long name of a field": changed(**{"a" * 900_000: 1}),
    "half a pair": changed(exemplar__credit="\ud800"),
    "a terminal's escape": changed(name="\x1b[2J"),
    "an escape in the record": changed(training={"note": "\x07"}),
    "an unknown field": changed(colour="blue"),
    "an unknown field within": changed(architecture__depth=3),
    "a later format": changed(format=2, colour="blue"),
    "format 0": changed(format=0),
    "a format that is a text": changed(format="1"),
    "a fractional format": changed(format=1.0),
    "a format that is true": changed(format=True),
    "a huge format": inserted("format", "1" + "0" * 4000),
    "an unknown kind": changed(kind="volume"),
    "an unknown BRDF": changed(kind="svbrdf", brdf="phong"),
    "a BRDF without an SVBRDF": changed(brdf="cook_torrance"),
    "an SVBRDF without a BRDF": changed(kind="svbrdf"),
    "too few channels": changed(kind="svbrdf", brdf="diffuse_cook_torrance"),
    "no channels": changed(architecture__channels=0),
    "an absurd architecture": changed(architecture__dim=1024, architecture__dim_mults=[64] * 6),
    "an absurd attention": changed(architecture__dim=1024, architecture__dim_mults=[64, 64], architecture__attention__heads=64),
    "widths that have no groups": changed(architecture__dim=129, architecture__dim_mults=[1, 1]),
    "no levels": changed(architecture__dim_mults=[]),
    "too many levels": changed(architecture__dim_mults=[1] * 7),
    "a million levels": changed(architecture__dim_mults=[1] * 300_000),
    "levels that are a number": changed(architecture__dim_mults=2),
    "a level that is a text": changed(architecture__dim_mults=[1, "2"]),
    "a fractional width": changed(architecture__dim=4.0),
    "a true width": changed(architecture__dim=True),
    "a huge width": inserted("architecture__dim", "9" * 400),
    "a width of more digits than Python reads": inserted("architecture__dim", "9" * 10_000),
    "a negative width": changed(architecture__dim=-4),
    "an attention that is true": changed(architecture__attention=True),
    "an architecture that is a list": changed(architecture=[4, 4]),
    "a text for a number": changed(times__duration="5"),
    "a huge duration": inserted("times__duration", "9" * 400),
    "NaN": inserted("times__duration", "NaN"),
    "infinity": inserted("light__x", "Infinity"),
    "minus infinity": inserted("light__log_intensity", "-Infinity"),
    "a number beyond floats": inserted("camera__fov", "1e999"),
    "NaN in the record": inserted("training", '{"loss": NaN}'),
    "infinity in the record": inserted("training", '{"loss": 1e999}'),
    "a negative duration": changed(times__duration=-5.0),
    "no warm-up": changed(times__warmup=0.0),
    "a tolerance of nothing": changed(solver__rtol=0.0, solver__step=None),
    "a step of nothing": changed(solver__step=0.0),
    "endless steps": changed(solver__max_steps=10**12),
    "an unknown solver": changed(solver__method="leapfrog"),
    "a camera of half a circle": changed(camera__fov=180.0),
    "a name that is null": changed(name=None),
    "a record that is a list": changed(measures=[1, 2]),
    "a larger architecture than the weights'": changed(architecture__dim=8),
    "another attention than the weights'": changed(architecture__attention=None),
}


@pytest.mark.parametrize("damage", CONFIGS.values(), ids=CONFIGS)
def test_config(folder, damage):
    damage(folder)
    refusal(folder)


def test_later_format_is_named(folder):
    CONFIGS["a later format"](folder)
    assert "format 2" in refusal(folder)


def fields(data, path=()):
    for name, value in data.items():
        yield (*path, name)
        if isinstance(value, dict):
            yield from fields(value, (*path, name))


def test_every_field_with_every_wrong_type(folder):
    """Each loads where the value is valid, or raises our error."""
    path = folder / "config.json"
    original, accepted = path.read_text(), set()
    free = ("training", "measures")
    names = [name for name in fields(json.loads(original)) if name[0] not in free or len(name) == 1]
    assert len(names) > 35
    values = [None, True, -1, 3, 2**40, 10**400, 0.5, "text", [], [1, 2], [[]], {}, {"a": 1}, "x" * 30_000]
    for name in names:
        for value in values:
            changed(**{"__".join(name): value})(folder)
            try:
                load_config(folder)
                accepted.add((name, repr(value)))
            except AppearanceError:
                pass
            path.write_text(original)
    texts = {name for name in names if name[0] in ("name", "exemplar") and name != ("exemplar",)}
    assert {name for name, value in accepted if value == "'text'"} == texts
    assert not [name for name, value in accepted if value in (repr(10**400), repr(True), repr([[]]), repr(2**40))]


# Anything but a plain file


def missing(folder, name):
    (folder / name).unlink()


def directory(folder, name):
    (folder / name).unlink()
    (folder / name).mkdir()


def pipe(folder, name):
    """Opening it for reading waits for a writer."""
    (folder / name).unlink()
    os.mkfifo(folder / name)


def device(folder, name):
    (folder / name).unlink()
    (folder / name).symlink_to("/dev/zero")


def link_out(folder, name):
    outside = folder.parent / f"secret-{name}"
    (folder / name).rename(outside)
    (folder / name).symlink_to(outside)


def relative_link_out(folder, name):
    link_out(folder, name)
    (folder / name).unlink()
    (folder / name).symlink_to(f"../secret-{name}")


def link_to_nothing(folder, name):
    (folder / name).unlink()
    (folder / name).symlink_to(folder / "nothing")


def link_to_itself(folder, name):
    (folder / name).unlink()
    (folder / name).symlink_to(folder / name)


PLACES = [missing, directory, pipe, device, link_out, relative_link_out, link_to_nothing, link_to_itself]


@pytest.mark.parametrize("name", ["config.json", "model.eqx"])
@pytest.mark.parametrize("damage", PLACES, ids=lambda damage: damage.__name__)
def test_required_files(folder, damage, name):
    damage(folder, name)
    assert name in refusal(folder)


@pytest.mark.parametrize("name", ["preview.webp", "README.md"])
@pytest.mark.parametrize("damage", PLACES, ids=lambda damage: damage.__name__)
def test_displayed_files(folder, damage, name):
    """Loading does not need them; access to them is refused."""
    damage(folder, name)
    oa.load(folder)
    with pytest.raises(CheckpointError, match=name):
        safe_file(folder, name)


def test_link_within_the_folder(folder):
    (folder / "model.eqx").rename(folder / "weights")
    (folder / "model.eqx").symlink_to("weights")
    oa.load(folder)


def test_folder_may_be_a_link(folder):
    (folder.parent / "link").symlink_to(folder)
    oa.load(folder.parent / "link")


def test_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "nothing", tmp_path / "file", tmp_path):
        with pytest.raises(CheckpointError):
            load_folder(path)


# The Hub's cache: snapshots/COMMIT/file -> ../../blobs/HASH


@pytest.fixture
def snapshot(sound, tmp_path):
    repo = tmp_path / "hub" / "models--user--rust"
    snapshot = repo / "snapshots" / "0123abcd"
    snapshot.mkdir(parents=True)
    (repo / "blobs").mkdir()
    for number, path in enumerate(sound.iterdir()):
        shutil.copy(path, repo / "blobs" / f"hash{number}")
        (snapshot / path.name).symlink_to(f"../../blobs/hash{number}")
    return snapshot


def test_hub_snapshot_loads(snapshot):
    assert oa.load(snapshot).config == RGB


def test_shared_blob_loads(snapshot):
    blob, name = (snapshot / "model.eqx").resolve(), "ab" * 32
    shared = snapshot.parent.parent.parent / "blobs" / name[:2] / name
    shared.parent.mkdir(parents=True)
    blob.rename(shared)
    blob.symlink_to(f"../../blobs/{name[:2]}/{name}")
    assert oa.load(snapshot).config == RGB
    blob.unlink()
    blob.symlink_to(shared.rename(shared.with_name("secret")))
    assert "link" in refusal(snapshot)


@pytest.mark.parametrize("target", ["../../refs/main", "../../../models--user--other/blobs/hash0", "../../blobs/deeper/hash0"])
def test_snapshot_link_out_of_its_blobs_is_refused(snapshot, target):
    outside = snapshot / target
    outside.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(snapshot / "config.json", outside)
    (snapshot / "config.json").unlink()
    (snapshot / "config.json").symlink_to(target)
    assert "link" in refusal(snapshot)


def test_blob_that_links_out_is_refused(snapshot):
    blob = (snapshot / "model.eqx").resolve()
    blob.rename(snapshot / "elsewhere")
    blob.symlink_to(snapshot.parent.parent.parent / "elsewhere")
    refusal(snapshot)


# Random damage


@pytest.mark.parametrize("name", ["config.json", "model.eqx"])
def test_changed_bytes(folder, name):
    """Whatever bytes change: our error, or a material with finite weights."""
    path, random = folder / name, np.random.default_rng(0)
    original = path.read_bytes()
    lowest, highest = (0, 256) if name == "model.eqx" else (32, 127)
    # Half of the changes hit the first header.
    spans = (len(original), 128 if name == "model.eqx" else len(original))
    outcomes = {"loaded": 0, "refusal": 0}
    for turn in range(40):
        data = bytearray(original)
        for _ in range(1 + turn % 3):
            data[random.integers(spans[turn % 2])] = random.integers(lowest, highest)
        path.write_bytes(bytes(data))
        try:
            material = oa.load(folder)
            assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(material.vector_field))
            outcomes["loaded"] += 1
        except AppearanceError:
            outcomes["refusal"] += 1
    # Few changes leave a config valid; many leave weights valid.
    assert outcomes["refusal"] > 0 and (name == "config.json" or outcomes["loaded"] > 0)
