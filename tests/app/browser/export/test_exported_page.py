"""An exported page in a light and in a dark system theme: what is written on its controls can be read."""

import re

import pytest
from running_app import ROOT

import ode_appearance as oa
from ode_appearance.keyframes.bundle import read_bundle
from ode_appearance.web.page import bundle_page

STEEL = ROOT / "checkpoints" / "rusting_steel"
COLOURS = """selector => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility()).map((element) => {
  let behind = element;
  while (/, 0\\)$|^transparent$/.test(getComputedStyle(behind).backgroundColor) && behind.parentElement)
    behind = behind.parentElement;
  const { color, opacity } = getComputedStyle(element);
  const name = element.textContent.trim() || element.ariaLabel;
  return { name, color, opacity, background: getComputedStyle(behind).backgroundColor };
})"""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "steel.html"
    bundle = read_bundle((STEEL / "keyframes.bin").read_bytes())
    path.write_text(bundle_page(oa.load(STEEL).config, bundle), "utf-8")
    return path


def luminance(colour):
    """WCAG 2's relative luminance of rgb(r, g, b)."""
    red, green, blue = (int(part) / 255 for part in re.findall(r"\d+", colour)[:3])
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_controls_can_be_read(browser, written, scheme):
    page = browser.new_page(color_scheme=scheme, viewport={"width": 1100, "height": 900})
    page.goto(written.as_uri())
    page.locator(".ode-button").first.wait_for()
    page.evaluate("document.querySelectorAll('details').forEach((group) => (group.open = true))")
    body = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (luminance(body) > 0.5) == (scheme == "light")
    shown = page.evaluate(COLOURS, ".ode-button, .ode-viewer select, .ode-viewer input[type=number], .ode-status, .ode-hint")
    buttons = {control["name"]: control for control in page.evaluate(COLOURS, ".ode-button")}
    assert {"Save this picture", "Copy link"} <= set(buttons)
    for control in shown:
        assert contrast(control["color"], control["background"]) >= 4.5, control
    page.close()
