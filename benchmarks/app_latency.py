"""What a person waits for who uses the app, as far as it can be measured without a browser."""

import json
import time
import urllib.request
from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np

from ode_appearance.checkpoints.library import load
from ode_appearance.config.schema import MaterialConfig, SolverConfig, Times
from ode_appearance.models.material import Material, decode, starting_from
from ode_appearance.ode.solve import solve

from .figure import Figure
from .fresh_process import server
from .network import PUBLISHED, published_field
from .trajectories import MATERIAL

_SIZE = 128
_EMPTY = "import gradio\nwith gradio.Blocks() as blocks: pass\nblocks.launch(quiet=True)"
_WARM_UP_SECONDS = 5.0
"""That the app, once it serves, prepares other materials for."""
_STARTING_LIMIT, _KEYFRAME_LIMIT, _AGAIN_LIMIT = 2.0, 3.0, 50.0


def figures(quick: bool) -> Iterator[Figure]:
    """Seconds until the app serves, until a first keyframe, and until a solved time comes again."""
    yield from _starting(2 if quick else 5)
    yield from _first_keyframes(3)


def _starting(rounds):
    asked, starts, empty_starts = [], [], []
    for _ in range(rounds + 1):  # the first round warms the caches
        with server("-c", _EMPTY) as (_, seconds):
            empty_starts.append(seconds)
        with server("app.py") as (address, seconds):
            starts.append(seconds)
            _render(address)
            time.sleep(_WARM_UP_SECONDS)
            asked.append(np.median([_render(address) for _ in range(10)]))
    start, empty = float(np.median(starts[1:])), float(np.median(empty_starts[1:]))
    work = "from `python app.py` to serving; baseline gradio and an empty Blocks"
    yield Figure(work, start, "s", empty, empty / start, limit=empty + _STARTING_LIMIT)
    milliseconds = 1e3 * float(np.median(asked[1:]))
    yield Figure(f"a solved time again over the API, {_SIZE}x{_SIZE}", milliseconds, "ms", limit=_AGAIN_LIMIT)


def _render(address):
    """Seconds of a call of the endpoint /render, from the request to the end of its answer."""
    began = time.perf_counter()
    values = json.dumps({"data": [MATERIAL, 0, _SIZE, _SIZE, 0.0, 0.0, 0.0, 0.0]}).encode()
    call = f"{address}/gradio_api/call/render"
    request = urllib.request.Request(call, values, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=600) as answer:
        event = json.load(answer)["event_id"]
    with urllib.request.urlopen(f"{call}/{event}", timeout=600) as answer:
        answer.read()
    return time.perf_counter() - began


def _first_keyframes(rounds):
    """From noise to the maps of t = 0: of a shipped material, and of the published network in as many steps."""
    material = starting_from(load(MATERIAL), "noise")
    yield _first_keyframe(material, MATERIAL, rounds)
    solved = solve(material, size=(_SIZE, _SIZE), times=[0.0])
    warmup, method = material.config.times.warmup, material.config.solver.method
    config = MaterialConfig(
        kind="svbrdf",
        brdf=material.config.brdf,
        architecture=PUBLISHED["SVBRDF"],
        times=Times(warmup=warmup),
        solver=SolverConfig(method, step=warmup / solved.stats["steps"]),
    )
    work = f"the published SVBRDF network, {solved.stats['steps']} steps as there"
    yield _first_keyframe(Material(published_field("SVBRDF"), config), work, rounds)


def _first_keyframe(material, what, rounds):
    seconds = []
    for seed in range(rounds + 1):  # the first one compiles
        began = time.perf_counter()
        state = solve(material, seed=seed, size=(_SIZE, _SIZE), times=[0.0]).states[0]
        jax.block_until_ready(decode(material, jnp.asarray(state)))
        seconds.append(time.perf_counter() - began)
    work = f"first live keyframe at t = 0, {_SIZE}x{_SIZE}: {what}"
    return Figure(work, float(np.median(seconds[1:])), "s", limit=_KEYFRAME_LIMIT)
