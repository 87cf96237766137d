"""Solves, exports and short trainings give the numbers that are stored in reference/stored_hashes.json.

Every number is compared within a tolerance, so that the test holds on any machine. On the machine and with the versions of the
libraries that it was recorded on (`platform` below), the SHA-256 of all bytes is compared as well: a change of the code that is
to change no result changes no bit. Compiled arithmetic differs in the last bits by instruction set, cache sizes and cores.

    PYTHONPATH=.:tests/support python tests/project/test_stored_hashes.py     records all of it for this machine
"""

import functools
import hashlib
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import jax
import numpy as np
import pytest
from growing_spots import growing_spots
from materials import RGB, SVBRDF, little_material

import ode_appearance as oa
from ode_appearance.export.export_config import SUFFIXES
from ode_appearance.training.train_config import TrainConfig

STORED = Path(__file__).parents[1] / "reference" / "stored_hashes.json"
LIBRARIES = ("jax", "jaxlib", "diffrax", "equinox", "optax", "numpy", "pillow", "av", "imageio", "imageio-ffmpeg", "OpenEXR")
SIZE, TIMES = (32, 24), [-0.25, 0.0, 0.7, 2.0, 2.6]
MATERIALS = {"rgb": RGB, "svbrdf": SVBRDF}
BRDF = {"rgb": None, "svbrdf": "diffuse_cook_torrance"}
TRAINING = TrainConfig().replace(
    dim=8, dim_mults=(1,), attention=None, state_size=32, exemplar_size=32, iterations=3, initialisation=1, features="patch",
    runge_kutta="bosh3", tolerance=0.1, first_step=0.5, evaluate_every=2, evaluation_frames=2, evaluation_rollouts=1,
    preview_every=0, flow_pool=4, batch=2,
)  # fmt: skip
EXPORTS = [(format, {}) for format in SUFFIXES if format != "maps"]
EXPORTS += [("maps", {"map_format": format}) for format in ("png8", "png16", "exr")]


def solved(kind: str) -> list[np.ndarray]:
    """The states and the lit pictures of a material with fixed weights."""
    material = little_material(MATERIALS[kind])
    trajectory = oa.solve(material, seed=3, size=SIZE, times=TIMES)
    pictures = [oa.render(material, trajectory, time=time) for time in TIMES]
    return [np.asarray(array) for array in [*trajectory.states, *pictures]]


def trained(kind: str, method: str) -> list[np.ndarray]:
    """The weights after three iterations on spots that grow, and the losses on the way."""
    config = TRAINING.replace(kind=kind, brdf=BRDF[kind], method=method)
    exemplar = growing_spots(size=32, kind=kind)
    progresses = list(oa.train(exemplar, config))
    assert progresses[-1].status == "finished"
    weights = jax.tree.leaves(progresses[-1].material.vector_field)
    losses = [progress.loss for progress in progresses if progress.loss is not None]
    return [np.asarray(losses, np.float32), *map(np.asarray, weights)]


CASES = {f"solve {kind}": functools.partial(solved, kind) for kind in MATERIALS}
CASES |= {
    f"train {kind} {method}": functools.partial(trained, kind, method)
    for kind, method in [("rgb", "texture"), ("svbrdf", "texture"), ("rgb", "flow")]
}


def exported(format: str, options: dict[str, str]) -> bytes:
    """The bytes of an export of a material with fixed weights."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"exported{SUFFIXES[format]}"
        times = [0.0] if format == "png" else [0.0, 1.0]
        oa.export(little_material(SVBRDF), path, oa.ExportConfig(format, **options), times=times, size=SIZE)
        written = path.read_bytes()
    if format == "page":  # the scripts of a page are not its results
        written = written.partition(b"const DATA = ")[2].partition(b";\n")[0]
    return written


def platform() -> str:
    """What the last bits of a result depend on: processor, cores and versions."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown processor")
    flags = next((line for line in lines if line.startswith("flags")), "")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    processor = hashlib.sha256(flags.encode()).hexdigest()[:8]
    return f"{jax.default_backend()}, {model} ({processor}), {os.cpu_count()} cores, {versions}"


def digest(arrays: list[np.ndarray]) -> str:
    """The SHA-256 of shapes, types and bytes."""
    found = hashlib.sha256()
    for array in arrays:
        found.update(f"{array.shape}{array.dtype}".encode() + array.tobytes())
    return found.hexdigest()


def fingerprint(arrays: list[np.ndarray]) -> list[float]:
    """Of each array: the mean, and the mean of its absolute values, weighted by a fixed pattern so that order counts."""
    numbers = []
    for array in arrays:
        flat = array.astype(np.float64).ravel()
        pattern = 1 + np.cos(np.arange(flat.size))
        numbers += [round(float(np.mean(flat * pattern)), 6), round(float(np.mean(np.abs(flat) * pattern)), 6)]
    return numbers


def name_of(export) -> str:
    return "export " + " ".join([export[0], *export[1].values()])


def results() -> dict[str, dict]:
    """The fingerprints of all cases, and the hashes of all cases and exports."""
    arrays = {case: make() for case, make in CASES.items()}
    hashes = {case: digest(made) for case, made in arrays.items()}
    hashes |= {name_of(export): hashlib.sha256(exported(*export)).hexdigest() for export in EXPORTS}
    return {"numbers": {case: fingerprint(made) for case, made in arrays.items()}, "hashes": hashes}


STORED_RESULTS = json.loads(STORED.read_text()) if STORED.exists() else {"numbers": {}, "hashes": {}}


@pytest.fixture(scope="module")
def optimised():
    """The results of a process that compiles with all optimisations, as hashes were recorded; this one does without."""
    if platform() not in STORED_RESULTS["hashes"]:
        pytest.skip("recorded on another machine or with other versions")
    environment = {name: value for name, value in os.environ.items() if name != "XLA_FLAGS"}
    environment["PYTHONPATH"] = os.pathsep.join(map(str, (STORED.parents[2], STORED.parents[1] / "support")))
    command = [sys.executable, __file__, "--print"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("case", CASES)
def test_numbers_are_the_stored_ones(case):
    # 1e-4 for one evaluation after another; three iterations of Adam or Muon multiply what rounding differs by.
    tolerance = 1e-4 if case.startswith("solve") else 2e-3
    np.testing.assert_allclose(fingerprint(CASES[case]()), STORED_RESULTS["numbers"][case], rtol=tolerance, atol=tolerance)


@pytest.mark.nightly  # all optimisations take more than a minute
@pytest.mark.parametrize("name", [*CASES, *map(name_of, EXPORTS)])
def test_bytes_are_the_stored_ones(name, optimised):
    assert optimised["hashes"][name] == STORED_RESULTS["hashes"][platform()][name]


def record() -> None:
    """Write the numbers, and the hashes of this machine beside those of others."""
    made = results()
    hashes = {**STORED_RESULTS["hashes"], platform(): made["hashes"]}
    STORED.write_text(json.dumps({"numbers": made["numbers"], "hashes": hashes}, indent=1) + "\n")


if __name__ == "__main__":
    print(json.dumps(results())) if "--print" in sys.argv else record()
