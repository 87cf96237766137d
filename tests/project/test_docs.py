"""README and docs/ agree with the code."""

import ast
import importlib
import re
from pathlib import Path

import pytest
import yaml

from ode_appearance.cli.main import VERBS, build_parser

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXT = {page: page.read_text("utf-8") for page in PAGES}
README = re.sub(r"\A---.*?^---$", "", TEXT[ROOT / "README.md"], flags=re.S | re.M)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_relative_links_resolve(page):
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT[page]):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), target


def test_the_readme_is_short():
    assert len(README.split()) <= 900


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_examples_compile(page):
    for code in re.findall(r"^```python\n(.*?)^```", TEXT[page], flags=re.S | re.M):
        ast.parse(code)


def test_names_of_the_library_in_examples_exist():
    import ode_appearance as oa

    for text in TEXT.values():
        for name in re.findall(r"\boa\.([A-Za-z_]+)", text):
            assert hasattr(oa, name), name


# Read by libraries, not by this code.
READ_BY_LIBRARIES = {"HF_ENDPOINT", "HF_HOME", "HF_HUB_OFFLINE", "HF_TOKEN", "JAX_ENABLE_X64", "LOCALAPPDATA", "XDG_CACHE_HOME"}
# Set by this code for its child processes and libraries, and no constants of an environment.
NOT_SETTINGS = {
    *("CREATE_NO_WINDOW", "IMAGEIO_FFMPEG_NO_PREVENT_SIGINT", "MALLOC_ARENA_MAX"),
    *("PYTHONPATH", "PYTHONUNBUFFERED", "RAY_USAGE_STATS_ENABLED"),
}


def test_the_settings_page_has_all_environment_variables():
    code = [path.read_text("utf-8") for path in (ROOT / "ode_appearance").rglob("*.py")]
    names = {
        node.value
        for text in code
        if "environ" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    read = {name for name in names if re.fullmatch("[A-Z][A-Z0-9]{5,}(_[A-Z0-9]+)*|[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", name)}
    rows = "\n".join(line for line in TEXT[ROOT / "docs" / "settings.md"].splitlines() if line.startswith("| `"))
    documented = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", rows))
    assert read - NOT_SETTINGS == documented - READ_BY_LIBRARIES


def test_the_command_line_page_has_all_verbs():
    (choices,) = (action.choices for action in build_parser()._subparsers._group_actions)
    told = set(re.findall(r"^\| `([a-z-]+)` \|", TEXT[ROOT / "docs" / "command-line.md"], flags=re.M))
    assert VERBS and set(choices) == told


def test_options_in_examples_exist():
    options = set()
    (choices,) = (action.choices for action in build_parser()._subparsers._group_actions)
    for parser in choices.values():
        options |= {option for action in parser._actions for option in action.option_strings}
    verbs = "|".join(choices)
    for text in TEXT.values():
        for line in re.findall(rf"ode[-_]appearance (?:{verbs}) [^`\n]*", text.replace("\\\n", " ")):
            for option in re.findall(r"(?<!\S)--[a-z][a-z-]+", line):
                assert option in options, f"{option} in: {line}"


def test_every_page_is_in_the_navigation():
    navigation = yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]

    def pages(entries):
        for entry in entries:
            yield from (
                pages(entry) if isinstance(entry, list) else pages(entry.values()) if isinstance(entry, dict) else [entry]
            )

    assert set(pages(navigation)) == {page.name for page in (ROOT / "docs").glob("*.md")}


def test_ci_runs_the_test_command_of_the_readme():
    (command,) = (line for line in README.splitlines() if "-m pytest" in line)
    assert command in (ROOT / ".ci" / "run").read_text().splitlines()


def test_architecture_lists_the_packages():
    told = set(re.findall(r"`([a-z_]+)/`", TEXT[ROOT / "docs" / "architecture.md"]))
    assert {path.parent.name for path in (ROOT / "ode_appearance").glob("*/__init__.py")} <= told


def test_the_library_example_of_the_readme_runs():
    """With states of 32x32 in place of the README's sizes."""
    import ode_appearance as oa

    (code,) = re.findall(r"^```python\n(.*?)^```", README, flags=re.S | re.M)
    code = re.sub(r", size=\([^)]*\)", "", code).replace("times=", "size=(32, 32), times=")
    variables = {}
    exec(compile(code, "README.md", "exec"), variables)
    assert variables["oa"] is oa and variables["picture"].shape == variables["lit"].shape == (3, 32, 32)
    assert set(variables["maps"]) >= {"diffuse", "specular", "height", "normal"}


def test_the_api_page_has_all_endpoints():
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "ode_appearance" / "app" / "api").glob("*.py"))
    documented = set(re.findall(r"`/([a-z_]+)`", TEXT[ROOT / "docs" / "api.md"]))
    assert set(re.findall(r"\b_endpoint\(\s*\"([a-z_]+)\"", code)) == documented


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_named_in_pages_exist(page):
    for name in re.findall(r"`((?:tests|examples|benchmarks|ode_appearance|docs)/[\w./-]+)`", TEXT[page]):
        assert (ROOT / name).exists(), name


def test_pages_tell_the_shipped_materials_and_their_method():
    shipped = {path.parent.name: path.parent for path in (ROOT / "checkpoints").glob("*/config.json")}
    flow = {name for name, folder in shipped.items() if (folder / "start.npy").exists()}
    rows = re.findall(r"^\| `([a-z_]+)`([^|]*)\|", TEXT[ROOT / "docs" / "materials.md"], flags=re.M)
    assert {name for name, _ in rows} == set(shipped)
    assert {name for name, note in rows if "flow matching" in note} == flow
    (sentence,) = re.findall(r"^(?:The )?(.*) (?:was|were) trained by flow matching", README, flags=re.M)
    labels = {"copper sulphate": "crystallizing_copper", "copper": "copper_patinating"}
    told = {labels.get(label.lower(), label.lower()) for label in re.split(", | and ", sentence)}
    assert len(told) == len(flow) and all(any(label in name for name in flow) for label in told)


def test_the_marker_of_long_tests_exists():
    markers = re.search(r"^markers = \[(.*?)^\]", (ROOT / "pyproject.toml").read_text("utf-8"), flags=re.S | re.M).group(1)
    (used,) = re.findall(r"^LONG = (\w+)$", (ROOT / "Makefile").read_text("utf-8"), flags=re.M)
    used = {used, *re.findall(r"pytest [^`|\n]*-m (\w+)", TEXT[ROOT / "docs" / "testing.md"])}
    assert used <= set(re.findall(r'"(\w+):', markers))


def test_the_reference_has_all_public_names():
    """Each by the module that defines it: mkdocstrings does not see names that are imported on demand."""
    import ode_appearance as oa

    paths = re.findall(r"^::: ([\w.]+)$", TEXT[ROOT / "docs" / "reference.md"], flags=re.M)
    assert sorted(path.rpartition(".")[2] for path in paths) == sorted(oa.__all__)
    for module, _, name in (path.rpartition(".") for path in paths):
        assert getattr(importlib.import_module(module), name) is getattr(oa, name)
