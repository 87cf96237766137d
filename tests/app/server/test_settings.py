"""What is set by environment variables, in the app as a person starts it."""

import asyncio
import importlib.util
import shutil
import subprocess
import sys
import urllib.request

import gradio_client
import pytest
from raising import raises
from running_app import ROOT, serving

from ode_appearance.app.actions.handlers import Studio
from ode_appearance.app.materials.shipped_materials import Collection
from ode_appearance.app.settings import exemplars_folder, mcp_allowed, most_seconds
from ode_appearance.app.solving.exemplar_keyframes import Exemplars
from ode_appearance.app.solving.jobs import Job
from ode_appearance.app.storage.keyframe_store import KeyframeFiles
from ode_appearance.errors import ConfigError
from ode_appearance.runtime.folders import examples_folder


def test_a_solve_that_takes_too_long_is_stopped_with_a_sentence(checkpoints):
    """A picture of a program, and the keyframes of the screen."""
    with serving(ODE_APPEARANCE_CHECKPOINTS=str(checkpoints), ODE_APPEARANCE_MOST_SECONDS="1") as address:
        client = gradio_client.Client(address, verbose=False)
        with pytest.raises(Exception, match=r"may take 1 s here: ask for a smaller size"):
            client.predict("clay_solidifying", 0, 256, 256, 40.0, api_name="/render")
        assert client.predict("rusting_steel", 0, 32, 32, -0.9, api_name="/render"), "the next one is solved"


def test_keyframes_stop_where_the_time_is_over(checkpoints, monkeypatch):
    monkeypatch.setenv("ODE_APPEARANCE_MOST_SECONDS", "1")
    studio = Studio(Collection(checkpoints))
    entry = studio.collection.find("clay_solidifying")
    start = -entry.config.times.warmup  # whose keyframe is noise, and there at once
    fields = {"seed": 0, "width": 256, "height": 256, "start": start, "end": 60, "count": 64, "method": "heun",
              "stepping": "fixed", "step": 0.01, "tolerance": 0.01}  # fmt: skip

    async def last():
        return [shown async for shown in studio.solve("tab", entry.name, fields)][-1]["viewer"]

    with pytest.warns(UserWarning, match="A solve may take 1 s here"):
        shown = asyncio.run(last())
    assert shown["status"] == "stopped" and shown["message"].startswith("A solve may take 1 s here")
    assert 0 < len(shown["keyframes"]) < 64
    studio.worker.close()
    assert isinstance(studio.sessions.latest("tab"), Job)


def test_a_space_has_a_time_limit_unless_it_is_set(monkeypatch):
    for name in ("ODE_APPEARANCE_MOST_SECONDS", "SPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    assert most_seconds() is None, "one's own machine"
    monkeypatch.setenv("SPACE_ID", "somebody/space")
    assert most_seconds() == 120
    for given, seconds in (("30", 30), ("off", None)):
        monkeypatch.setenv("ODE_APPEARANCE_MOST_SECONDS", given)
        assert most_seconds() == seconds
    monkeypatch.setenv("ODE_APPEARANCE_MOST_SECONDS", "soon")
    with pytest.raises(ConfigError, match="whole number"):
        most_seconds()


def test_an_exemplar_is_found_by_its_name(checkpoints, tmp_path, monkeypatch):
    entry = Collection(checkpoints).find("clay_solidifying")
    own = tmp_path / "data" / "SVBRDF_dynamic_flash_textures" / f"{entry.config.exemplar.name}.webp"
    own.parent.mkdir(parents=True)
    shutil.copy(next(examples_folder().rglob("lichen_spreading.webp")), own)
    assert Exemplars(KeyframeFiles(), exemplars_folder()).find(entry) is None
    monkeypatch.setenv("ODE_APPEARANCE_EXEMPLARS", str(tmp_path / "data"))
    exemplars = Exemplars(KeyframeFiles(), exemplars_folder())
    assert exemplars.find(entry) == own and exemplars.picture(entry)["address"].startswith("data:")
    studio = Studio(Collection(checkpoints))
    assert studio.exemplars.find(entry) == own
    studio.worker.close()


def test_tools_without_their_extra_are_refused(monkeypatch):
    monkeypatch.setenv("ODE_APPEARANCE_MCP", "on")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with raises(ConfigError, code="missing-extra"):
        mcp_allowed()
    monkeypatch.setenv("ODE_APPEARANCE_MCP", "off")
    assert not mcp_allowed()


def test_the_app_ends_with_that_sentence_alone(monkeypatch):
    monkeypatch.setenv("ODE_APPEARANCE_MCP", "on")
    code = "import sys; sys.modules['mcp'] = None; import importlib.util as i; find = i.find_spec\n"
    code += "i.find_spec = lambda name, *rest: None if name == 'mcp' else find(name, *rest)\nimport app"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1 and 'pip install "ode-appearance[mcp]"' in done.stderr
    assert "Traceback" not in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_the_endpoints_are_tools(checkpoints):
    pytest.importorskip("mcp")
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def listed(address):
        async with streamable_http_client(f"{address}gradio_api/mcp/") as (reading, writing, _):
            async with ClientSession(reading, writing) as session:
                await session.initialize()
                return (await session.list_tools()).tools

    settings = {"ODE_APPEARANCE_CHECKPOINTS": str(checkpoints), "ODE_APPEARANCE_MCP": "on"}
    with serving(**settings) as address:
        tools = {tool.name: tool for tool in asyncio.run(listed(address))}
        assert urllib.request.urlopen(address).status == 200
    assert {"materials", "estimate", "render", "export", "estimate_export", "snippet"} <= set(tools)
    assert all(tool.description for tool in tools.values())
    assert tools["render"].inputSchema["properties"]["view"]["type"] == "object"
