"""The model card: metadata for the Hub's index, and its text."""

import dataclasses
import re

import pytest
import yaml
from materials import RGB, SVBRDF

from ode_appearance.checkpoints.model_card import model_card

DOI = "Somebody, Some Time-lapses, https://doi.org/10.5522/04/25330924"


def card(config=RGB, **facts):
    """The metadata of a card and its text."""
    exemplar = dataclasses.replace(config.exemplar, **facts)
    _, front, text = re.split(
        r"^---$", model_card(dataclasses.replace(config, exemplar=exemplar)), maxsplit=2, flags=re.MULTILINE
    )
    return yaml.safe_load(front), text


def test_metadata():
    front, _ = card(license="cc-by-4.0", credit=DOI)
    assert front == {
        "library_name": "ode-appearance",
        "tags": ["ode-appearance", "neural-ode", "texture-synthesis", "rgb"],
        "license": "cc-by-4.0",
        "credit": DOI,
    }
    assert "svbrdf" in card(SVBRDF)[0]["tags"]


def test_external_data_set_is_credited_only():
    front, text = card(credit=DOI)
    assert "datasets" not in front and text.partition("## Credit")[2].strip().startswith(DOI)


@pytest.mark.parametrize("took", ["two weeks", "60 minutes"])
def test_real_duration(took):
    _, text = card(real_duration=took)
    lines = text.splitlines()
    place = lines.index(f"- In reality it took {took}")
    assert lines[place - 1].startswith("- Model time") and lines[place + 1].startswith("- Solver")


@pytest.mark.parametrize("took", ["", "  \n"])
def test_unknown_real_duration_is_omitted(took):
    _, text = card(real_duration=took)
    assert "In reality" not in text and re.search(r"^- Model time.*\n- Solver", text, flags=re.MULTILINE)


def test_real_duration_is_one_line():
    """It cannot start a heading or a code block."""
    _, text = card(real_duration="a day\n# Install\n```python\nimport os\n```\r\n---\ntags: [evil]")
    assert "- In reality it took a day # Install ```python import os ``` --- tags: [evil]" in text.splitlines()
    assert len(re.findall(r"^```python$", text, flags=re.MULTILINE)) == 1


@pytest.mark.parametrize(
    ("config", "comparison"), [(RGB, "when cut and stitched anew"), (SVBRDF, "half against mirrored half")]
)
def test_score_sentence(config, comparison):
    text = model_card(dataclasses.replace(config, measures={"score": 1.9512, "change_score": 3.5}))
    measures = text.partition("## Measures")[2].partition("##")[0]
    assert "2 times as far from its exemplar" in measures and comparison in measures
    assert "- score: 1.9512" in measures and "- change score: 3.5" in measures


@pytest.mark.parametrize("measures", [{}, {"distance_ratio": 2.5}, {"score": "much"}, {"score": None}])
def test_measures_without_score_are_only_listed(measures):
    text = model_card(dataclasses.replace(RGB, measures=measures))
    listed = text.partition("## Measures")[2].partition("##")[0].strip()
    assert listed == ("\n".join(f"- {name.replace('_', ' ')}: {value}" for name, value in measures.items()) or "None recorded.")
