"""The package that is installed: its dependencies, its extras, its version, and the wheel."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import ode_appearance

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]


def resolved(extra: str) -> set[str]:
    """The requirements of an extra, those of the extras that it includes among them."""
    found = set()
    for requirement in map(Requirement, EXTRAS[extra]):
        if requirement.name == "ode-appearance":
            found |= set().union(*(resolved(inner) for inner in requirement.extras))
        else:
            found.add(str(requirement))
    return found


def test_requirements_txt_has_the_dependencies_and_the_extra_app():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    listed = {str(Requirement(line)) for line in lines if line and not line.startswith("#")}
    assert listed == {str(Requirement(line)) for line in PROJECT["dependencies"]} | resolved("app")


BLOCKED = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {modules!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocker())
import ode_appearance as oa
from ode_appearance.cli.main import main
"""
OPTIONAL = ["gradio", "optax", "tensorboardX", "av", "OpenEXR", "numpngw", "imageio_ffmpeg", "ray", "imageio"]


def run_without(modules: list[str], code: str) -> subprocess.CompletedProcess:
    """A Python process in which some modules cannot be imported."""
    command = [sys.executable, "-c", BLOCKED.format(modules=modules) + code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_the_library_needs_no_extra():
    code = (
        "material = oa.load('rusting_steel')\n"
        "trajectory = oa.solve(material, size=(32, 32), times=[0.0, 1.0])\n"
        "print(oa.render(material, trajectory, time=1.0).shape)\n"
        "main(['list'])\n"
    )
    done = run_without(OPTIONAL, code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("(3, 32, 32)") and "rusting_steel" in done.stdout


TRAIN = ["train", "examples/RGB_dynamic_textures/lichen_spreading.webp", "--kind", "rgb", "--iterations", "1"]
MAPS = ["export", "clay_solidifying", "--format", "maps", "--map-format", "exr", "--size", "16x16"]


@pytest.mark.parametrize(
    "module, extra, arguments",
    [("gradio", "app", ["app"]), ("optax", "train", [*TRAIN, "--out"]), ("OpenEXR", "export", [*MAPS, "--out"])],
)
def test_a_missing_extra_is_named(module, extra, arguments, tmp_path):
    arguments = [*arguments, str(tmp_path / "maps.zip")] if arguments[-1] == "--out" else arguments
    done = run_without([module], f"sys.exit(main({arguments!r}))")
    assert done.returncode == 1 and f"ode-appearance[{extra}]" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr


def test_the_version():
    done = subprocess.run(
        [sys.executable, "-m", "ode_appearance", "--version"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split() == ["ode-appearance", ode_appearance.__version__]
    assert re.fullmatch(r"\d+\.\d+\.\d+", ode_appearance.__version__)


@pytest.mark.nightly
def test_the_wheel_has_the_viewer_the_judge_and_the_materials(tmp_path):
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "-w", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    materials = {name.split("/")[2] for name in names if name.startswith("ode_appearance/_checkpoints/")}
    assert materials >= {path.parent.name for path in (ROOT / "checkpoints").glob("*/config.json")}
    in_package = {path.relative_to(ROOT).as_posix() for path in (ROOT / "ode_appearance").rglob("*") if path.is_file()}
    bundled = ("ode_appearance/web/scripts/", "ode_appearance/web/shaders/")
    missing = {name for name in in_package - names if "__pycache__" not in name and not name.startswith(bundled)}
    assert not missing
    assert not {name for name in names if name.startswith(("tests", "benchmarks", "examples"))}
