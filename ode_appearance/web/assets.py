"""The files that browsers get: the bundles of scripts in `dist/`, and the style sheets."""

from pathlib import Path

WEB = Path(__file__).parent
STYLES = ("viewer", "picture", "controls", "timeline")


def text(name: str) -> str:
    """The content of a file beside this module."""
    return (WEB / name).read_text(encoding="utf-8")


def bundle(name: str) -> str:
    """A bundle's script: it declares `odeAppearance`, an object of the exports of scripts/NAME.js."""
    return text(f"dist/{name}.js")


def component_script(name: str) -> str:
    """The `js_on_load` of a Gradio component: calls the bundle's `mount` with what Gradio passes to the script."""
    return f"{bundle(name)}odeAppearance.mount({{ element, props, trigger, server, watch }});\n"


def viewer_style() -> str:
    """The viewer's style sheet."""
    return "\n".join(text(f"styles/{name}.css") for name in STYLES)
