"""The browser's side: the scripts, shaders and styles beside this module."""

import json
from pathlib import Path

WEB = Path(__file__).parent / "web"
SHADERS = ("moment", "brdf", "lights", "flat", "maps", "solid", "present")
SCRIPTS = (
    "dom", "store", "geometry", "lights", "link",
    "keyframes", "bundle", "moments", "arrivals", "graphics", "keyframe-textures", "plate", "parts", "renderer", "readings",
    "remote", "pace", "stage", "exemplar",
    "playback", "ages", "age-files", "packed-ages", "painter", "light-tool", "move-tool", "paint-tool", "gestures", "keys",
    "controls", "range-handles", "timeline", "channel-panel", "light-panel", "light-handles", "surface-panel", "paint-panel",
    "divider", "probe", "delivery", "save-picture", "copy-link", "viewer", "viewer-api",
)  # fmt: skip
STYLES = ("viewer", "picture", "controls", "timeline")


def text(name: str) -> str:
    """The content of a file in `web/`."""
    return (WEB / name).read_text(encoding="utf-8")


def script(*names: str) -> str:
    """Scripts of `web/` one after the other, to run in one scope."""
    return "\n".join(text(f"{name}.js") for name in names)


def viewer_script() -> str:
    """The viewer with its shaders, to run in one scope: defines `Viewer` and `ViewerApi`."""
    shaders = json.dumps({name: text(f"{name}.glsl") for name in SHADERS})
    return f"const SHADERS = {shaders};\n{script(*SCRIPTS)}"


def viewer_style() -> str:
    """The viewer's style sheet."""
    return "\n".join(text(f"{name}.css") for name in STYLES)
