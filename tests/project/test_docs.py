"""README and docs/ agree with the code."""

import ast
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


def test_the_settings_page_has_all_environment_variables():
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "ode_appearance").rglob("*.py"))
    read = set(re.findall(r"ODE_APPEARANCE_[A-Z0-9_]+[A-Z0-9]", code))
    told = set(re.findall(r"ODE_APPEARANCE_[A-Z0-9_]+[A-Z0-9]", TEXT[ROOT / "docs" / "settings.md"]))
    assert read == told


def test_the_command_line_page_has_all_verbs():
    (choices,) = (action.choices for action in build_parser()._subparsers._group_actions)
    told = set(re.findall(r"^\| `([a-z-]+)` \|", TEXT[ROOT / "docs" / "command-line.md"], flags=re.M))
    assert VERBS and set(choices) == told


def test_options_in_examples_exist():
    options = set()
    (choices,) = (action.choices for action in build_parser()._subparsers._group_actions)
    for parser in choices.values():
        options |= {option for action in parser._actions for option in action.option_strings}
    for text in TEXT.values():
        for line in re.findall(
            r"ode[-_]appearance (?:app|list|info|sample|export|train|train-all|evaluate|import-official) [^`\n]*", text
        ):
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
