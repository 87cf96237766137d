"""The browser's side of the studio: the scripts, shaders and styles beside this module."""

import json
from pathlib import Path

WEB = Path(__file__).parent / "web"
SHADERS = ("moment", "brdf", "lights", "flat", "maps", "solid", "present")


def text(name: str) -> str:
    """The content of a file in `web/`."""
    return (WEB / name).read_text(encoding="utf-8")


def script(*names: str) -> str:
    """Scripts of `web/` one after the other, to run in one scope."""
    return "\n".join(text(f"{name}.js") for name in names)


def shaders() -> str:
    """The statement that gives the scripts their shaders."""
    return f"const SHADERS = {json.dumps({name: text(f'{name}.glsl') for name in SHADERS})};\n"
