"""Names, credits, licences and records with HTML, Markdown and code in them are shown as text, and run nothing."""

import ast
import dataclasses
import re

import numpy as np
import pytest
import yaml
from materials import PLAIN, little_material
from running import running
from running_app import Screen

import ode_appearance as oa
from ode_appearance.app.text_format import as_text
from ode_appearance.checkpoints.model_card import model_card
from ode_appearance.config.schema import Exemplar
from ode_appearance.errors import ConfigError
from ode_appearance.keyframes.bundle import Bundle
from ode_appearance.keyframes.codec import encode_keyframe
from ode_appearance.web.page import bundle_page

TAG = '<img src=x onerror="pwned=1"><script>pwned=1</script>'
LINKS = "![pixel](http://127.0.0.1:9/pixel.png) [click](javascript:pwned=1) **bold** `code` # $$x$$"
ODD = f"odd {TAG} {LINKS}"
HOSTILE = dataclasses.replace(
    PLAIN,
    name=ODD[:200],
    exemplar=Exemplar("</script>" + TAG, f"{ODD}\n\n# A heading\n<iframe src='javascript:pwned=1'>", TAG, ODD),
    training={TAG: ODD, "note": {"<b>": [LINKS]}},
    measures={"</dl>" + TAG: 0.5},
)
FOUND = """[typeof pwned, ...Array.from(document.querySelectorAll(
  "img[src='x'], iframe[src^='javascript'], a[href^='javascript'], img[src*='pixel'], [onerror]"), (it) => it.outerHTML)]"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("markup")
    oa.save(little_material(HOSTILE), folder / "checkpoints" / "hostile", preview=b"")
    broken = folder / "checkpoints" / "<img src=x onerror=pwned=1>"
    broken.mkdir()
    (broken / "config.json").write_text('{"name": "x", "<script>pwned=1</script>": 1}')
    return folder


@pytest.fixture(scope="module")
def screen(folder, browser):
    with running(folder, ODE_APPEARANCE_CHECKPOINTS=str(folder / "checkpoints")) as app:
        screen = Screen(browser, app.address, viewport={"width": 1280, "height": 1000})
        screen.page.on("dialog", lambda dialog: screen.errors.append(dialog.message))
        yield screen
        screen.page.close()


@pytest.fixture(autouse=True)
def nothing_ran(request):
    yield
    if "screen" in request.fixturenames:
        screen = request.getfixturevalue("screen")
        assert screen.page.evaluate(FOUND) == ["undefined"]
        assert not [address for address in screen.requests if "pixel" in address]


def said(page, place, part):
    """Wait until there is a text in a place."""
    text = page.locator(place).filter(has_text=re.compile(re.escape(part), re.IGNORECASE)).first
    text.wait_for(timeout=30_000)
    return text.inner_text()


def test_the_gallery_and_the_facts(screen):
    screen.solved()
    page = screen.page
    assert "hostile" in said(page, "#gallery", "hostile").lower()
    assert "onerror=pwned=1" in said(page, "#gallery .ode-card", "onerror").lower()
    facts = said(page, "#facts", "A heading")
    for text in (TAG, "![pixel](http://127.0.0.1:9/pixel.png)", "<iframe src='javascript:pwned=1'>"):
        assert text.lower() in facts.lower()
    assert said(page, ".ode-viewer", "odd <img") != ""


def test_a_refusal_that_names_it(screen):
    """In the viewer, as a warning, and where an export is told about."""
    page = screen.page
    page.locator("#export").get_by_text("Export", exact=True).first.click()
    screen.enter("Width", 1)
    assert "<script>" in said(page, ".ode-message", "not possible")
    assert "![pixel](" in said(page, ".toast-body, .toast-wrap", "![pixel](")
    page.get_by_role("button", name="Export what is seen").click()
    assert LINKS[:60] in said(page, "#export-status", "![pixel](")
    assert page.locator("#export-status strong").count() == 1
    screen.enter("Width", 128)


def test_the_program_of_what_is_seen(screen):
    page = screen.page
    page.locator("#python").get_by_text("Python", exact=True).click()
    assert "oa.load('hostile')" in said(page, "#python", "oa.load('hostile')")


def test_the_page_that_stands_alone(browser, tmp_path):
    file, _ = encode_keyframe({"image": np.zeros((3, 8, 8), np.float32)})
    (tmp_path / "page.html").write_text(bundle_page(HOSTILE, Bundle(0, (8, 8), (0.0, 1.0), "", (file, file))))
    page, errors = browser.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_function("document.querySelector('.ode-viewer').odeViewer.state.keyframes === 2")
    assert page.evaluate(FOUND) == ["undefined"] and errors == []
    assert TAG in page.locator("footer").inner_text() and page.title().lower() == HOSTILE.name.strip().lower()
    page.close()


# Without a browser


def test_every_mark_is_a_character_reference():
    assert as_text("a < b\n& *c*") == "a &#60; b &#38; &#42;c&#42;"
    assert not re.search(r"[^\w\s&#;]", as_text("".join(map(chr, range(32, 127)))))


def test_a_model_card_says_no_more_than_it_should():
    """Its metadata are those that we give it, and its program only loads."""
    name = 'rust"); import os; os.system("touch trapped"); ("```'
    odd = dataclasses.replace(
        HOSTILE, name=name, exemplar=dataclasses.replace(HOSTILE.exemplar, license="mit\n---\ntags: [evil]")
    )
    _, front, *rest = re.split(r"^---$", model_card(odd), flags=re.MULTILINE)
    facts = yaml.safe_load(front)
    assert set(facts) == {"library_name", "tags", "license", "license_name", "credit"} and "evil" not in facts["tags"]
    assert facts["credit"] == odd.exemplar.credit and facts["license"] == "other"
    (code,) = re.findall(r"^```python\n(.*?)^```$", "---".join(rest), flags=re.MULTILINE | re.DOTALL)
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    assert sorted(call.func.attr for call in calls) == ["load", "render", "solve"]
    assert [argument.value for call in calls if call.func.attr == "load" for argument in call.args] == [name]


@pytest.mark.parametrize("name", ["two\nlines", "a" * 201])
def test_names_are_one_line(name, tmp_path):
    with pytest.raises(ConfigError, match="one line of up to 200"):
        oa.save(little_material(dataclasses.replace(PLAIN, name=name)), tmp_path / "m", preview=b"")
