"""The browser's side: the scripts, shaders and styles beside this module."""

import json
from pathlib import Path

WEB = Path(__file__).parent
SHADERS = ("moment", "brdf", "lights", "flat", "maps", "solid", "present")
SCRIPTS = (
    "base/dom", "base/store", "base/geometry", "base/lights", "base/link", "frames/keyframes", "frames/bundle",
    "frames/keyframe-index", "frames/keyframe-loader", "drawing/graphics", "frames/keyframe-textures", "frames/keyframe-set",
    "drawing/split-view", "drawing/renderer", "drawing/readings", "viewer/remote", "drawing/adaptive-resolution",
    "drawing/canvas-view", "frames/exemplar", "input/playback", "ages/ages", "ages/age-files", "ages/packed-ages",
    "ages/painter", "input/light-tool", "input/move-tool", "ages/paint-tool", "input/gestures", "input/keys",
    "panels/controls", "input/range-handles", "panels/timeline", "panels/channel-panel", "panels/light-panel",
    "input/light-handles", "panels/surface-panel", "ages/paint-panel", "input/divider", "input/probe", "viewer/server-sync",
    "panels/save-picture", "panels/copy-link", "viewer/viewer", "viewer/viewer-api",
)  # fmt: skip
STYLES = ("viewer", "picture", "controls", "timeline")


def text(name: str) -> str:
    """The content of a file beside this module."""
    return (WEB / name).read_text(encoding="utf-8")


def script(*names: str) -> str:
    """Scripts of `scripts/` one after the other, to run in one scope."""
    return "\n".join(text(f"scripts/{name}.js") for name in names)


def viewer_script() -> str:
    """The viewer with its shaders, to run in one scope: defines `Viewer` and `ViewerApi`."""
    shaders = json.dumps({name: text(f"shaders/{name}.glsl") for name in SHADERS})
    return f"const SHADERS = {shaders};\n{script(*SCRIPTS)}"


def viewer_style() -> str:
    """The viewer's style sheet."""
    return "\n".join(text(f"styles/{name}.css") for name in STYLES)
