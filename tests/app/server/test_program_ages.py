"""Pictures of ages that programs give: read beside the event loop, which answers others meanwhile."""

import asyncio
import threading
from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest
from materials import little_material

from ode_appearance.app.actions.handlers import Studio
from ode_appearance.app.api import materials_api as module
from ode_appearance.app.api.materials_api import Program
from ode_appearance.app.materials.library import Library
from ode_appearance.errors import RequestError


@pytest.fixture
def program(tmp_path):
    """One that draws nothing: what it asks of the studio is made up."""
    studio = mock.Mock(spec=Studio)
    studio.collection = SimpleNamespace(find=lambda name: SimpleNamespace(material=little_material()))
    studio.pictures = SimpleNamespace(draw=mock.AsyncMock(return_value=np.zeros((2, 2, 3), np.uint8)))
    studio.files = SimpleNamespace(folder=lambda: tmp_path, write=lambda folder, name, content: folder / name)
    return Program(studio, mock.Mock(spec=Library))


def test_the_event_loop_goes_on_while_ages_are_read(program, monkeypatch):
    release, reading = threading.Event(), []

    def slow(*arguments):
        reading.append(threading.current_thread())
        assert release.wait(3), "whoever should have set it was kept waiting"
        return {}

    monkeypatch.setattr(module, "as_seen", slow)

    async def rendered():
        async for path in program.render("a", 0, 2, 2, 0.0, 0.0, 0.0, None, {}, "ages.png"):
            if path is not None:
                return path

    async def all_of_it():
        waiting = [asyncio.ensure_future(rendered()) for _ in range(6)]
        while not reading and not any(task.done() for task in waiting):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        begun = len(reading)
        release.set()
        return begun, await asyncio.gather(*waiting)

    begun, paths = asyncio.run(all_of_it())
    assert begun <= module.MOST_READING and len(paths) == 6 and threading.main_thread() not in reading


def test_a_refusal_comes_through(program, monkeypatch):
    def refusing(*arguments):
        raise RequestError("It is too large.")

    monkeypatch.setattr(module, "as_seen", refusing)

    async def asked():
        async for _ in program.render("a", 0, 2, 2, 0.0, 0.0, 0.0, None, {}, "ages.png"):
            pass

    with pytest.raises(RequestError, match="too large"):
        asyncio.run(asked())
