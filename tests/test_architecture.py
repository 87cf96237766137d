"""Imports flow one way, and what only some need is not loaded for all."""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "ode_appearance"
FILES = sorted(path for path in PACKAGE.rglob("*.py"))

# From the bottom to the top; a module may import those before it. There are more: they stand anywhere, but in no circle.
ORDER = [
    "errors",
    "config",
    "config_json",
    "correlation",
    "winograd",
    "convolution",
    "resampling",
    "enlarging",
    "layers",
    "vector_field",
    "microfacet",
    "shading",
    "material",
    "limits",
    "stepping",
    "trajectory",
    "solve",
    "rendering",
    "images",
    "preview",
]
TOPS = ("cli", "studio", "bench", "__main__", "__init__")


def name_of(path: Path) -> str:
    """The module's name below the package; a package's own is its folder's."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in FILES}


def imports(path: Path, *, at_start_only: bool) -> set[str]:
    """What a file imports: modules of the package as `.name`, others by the first part of their names."""
    tree = ast.parse(path.read_text("utf-8"))
    nodes = tree.body if at_start_only else ast.walk(tree)
    # What is imported for type checkers only is under an `if`, and so not at the start.
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module.partition(".")[0])
        elif isinstance(node, ast.ImportFrom):
            folder = path.parents[node.level - 1]
            base = [*folder.relative_to(PACKAGE).parts, *(node.module or "").split(".")]
            base = ".".join(part for part in base if part)
            for alias in node.names:
                inner = f"{base}.{alias.name}" if base else alias.name
                found.add("." + (inner if inner in MODULES else base or "__init__"))
    return found


def ours(path, **options):
    return {name[1:] for name in imports(path, **options) if name.startswith(".")}


def test_the_reader_of_imports_sees_them():
    assert {"errors", "config", "material"} <= ours(MODULES["solve"], at_start_only=True)
    assert "preview" in ours(MODULES["checkpoint"], at_start_only=False) - ours(MODULES["checkpoint"], at_start_only=True)
    assert "huggingface_hub" in imports(MODULES["hub.fetching"], at_start_only=False)
    assert "cli.options" in ours(MODULES["cli.sample"], at_start_only=True)


@pytest.mark.parametrize("name", MODULES)
def test_only_the_studio_knows_gradio(name):
    if not name.startswith("studio"):
        assert not imports(MODULES[name], at_start_only=False) & {"gradio", "gradio_client", "fastapi", "starlette"}


@pytest.mark.parametrize("name", MODULES)
def test_only_training_knows_optax(name):
    if not name.startswith("training"):
        assert "optax" not in imports(MODULES[name], at_start_only=False)


@pytest.mark.parametrize("name", [name for name in MODULES if not name.startswith(TOPS)])
def test_nothing_below_knows_the_command_line_or_the_studio(name):
    for imported in ours(MODULES[name], at_start_only=False):
        assert not imported.startswith(TOPS), f"{name} imports {imported}"


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith(("cli", "studio"))])
def test_the_command_line_and_the_studio_do_not_know_each_other(name):
    other = "studio" if name.startswith("cli") else "cli"
    assert not [imported for imported in ours(MODULES[name], at_start_only=False) if imported.startswith(other)]


@pytest.mark.parametrize(("place", "name"), list(enumerate(ORDER)))
def test_the_order(place, name):
    """Imports at a module's start go down; those within functions may go anywhere."""
    later = set(ORDER[place:])
    assert not ours(MODULES[name], at_start_only=True) & later


@pytest.mark.parametrize("name", ORDER)
def test_the_core_knows_nothing_of_training(name):
    assert not [
        imported
        for imported in ours(MODULES[name], at_start_only=False)
        if imported.startswith(("training", "exemplar", "losses", "features", "judge", "measuring", "quilting"))
    ]


def test_no_circles():
    graph = {name: ours(path, at_start_only=True) - {name} for name, path in MODULES.items()}
    list(graphlib.TopologicalSorter(graph).static_order())


def test_importing_the_library_loads_no_application():
    code = "import sys, ode_appearance; print(*sys.modules)"
    environment = {"PYTHONPATH": str(PACKAGE.parent), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert {"jax", "equinox", "ode_appearance"} <= loaded
    assert not loaded & {"gradio", "optax", "imageio", "huggingface_hub", "tqdm", "tensorboardX", "torch", "diffrax"}
