"""An HTML file that shows one material without a server: the viewer and the keyframes."""

import base64
import html
import json
from collections.abc import Iterable, Sequence
from typing import Any

from ..config.schema import MaterialConfig
from ..keyframes.bundle import Bundle
from . import assets
from .scene import describe, title


def bundle_page(config: MaterialConfig, bundle: Bundle) -> str:
    """The page of a checkpoint's baked keyframes."""
    view = {"time": 0.75 * config.times.duration}
    return page(config, bundle.keyframes, seed=bundle.seed, size=bundle.size, times=bundle.times, view=view)


def page(
    config: MaterialConfig,
    keyframes: Iterable[bytes],
    *,
    seed: int,
    size: tuple[int, int],
    times: Sequence[float],
    view: dict[str, Any] | None = None,
) -> str:
    """The HTML of a page.

    Args:
        config: Of the material.
        keyframes: Keyframe files (see keyframes/codec.py).
        seed: Of the solve.
        size: (width, height) of the keyframes.
        times: Model times of the keyframes, ascending.
        view: Changes of the default view (see `ViewState` in web/scripts/types.d.ts).
    """
    files = [base64.b64encode(keyframe).decode() for keyframe in keyframes]
    shown = [
        {"time": time, "file": {"url": f"data:application/octet-stream;base64,{file}"}}
        for time, file in zip(times, files, strict=True)
    ]
    value = {
        "run": 1,
        "material": describe(config, config.name),
        "preview": None,
        "baked": None,
        "seed": seed,
        "size": list(size),
        "times": list(times),
        "keyframes": shown,
        "status": "complete",
        "text": f"{len(shown)} keyframes, {size[0]}×{size[1]}, seed {seed}",
        "message": None,
    }
    # Nothing within a script element may look like a tag or a comment.
    data = json.dumps({"value": value, "view": view}).replace("<", "\\u003c")
    mount = 'odeAppearance.mountStandalone(document.querySelector(".ode-viewer"), DATA.value, DATA.view);'
    code = f"(() => {{\nconst DATA = {data};\n{assets.bundle('viewer')}{mount}\n}})();"
    name = html.escape(title(config.name))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}</title>
<style>
{assets.text("styles/standalone.css")}
{assets.viewer_style()}
</style>
</head>
<body>
<main><div class="ode-viewer"><div class="ode-viewer-grid"></div></div></main>
<footer>{_credits(config)}</footer>
<script>
{code}
</script>
</body>
</html>
"""


def _credits(config):
    exemplar = config.exemplar
    license = f"Licence: {exemplar.license}." if exemplar.license else ""
    method = (
        "A neural ordinary differential equation, after Chen Liu and Tobias Ritschel, "
        "“Neural Differential Appearance Equations” (2024). Shown by ODE Appearance."
    )
    return "".join(f"<p>{html.escape(line)}</p>" for line in (exemplar.credit, license, method) if line)
