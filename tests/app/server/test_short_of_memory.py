"""Memory that runs out while the app works: a sentence for who asked, and the app goes on."""

import asyncio

import jax
import pytest
from test_exports import OPTIONS, SEEN
from test_handlers import FIELD_VALUES, gather
from test_jobs import until_idle

from ode_appearance.app.actions.handlers import Studio
from ode_appearance.app.materials.shipped_materials import Collection
from ode_appearance.errors import RequestError
from ode_appearance.ode import stepper

SENTENCE = "There is not enough memory for 16x16; choose a smaller size."
WHERE = ["ode_appearance.ode.stepper.advance", "ode_appearance.app.solving.jobs.Encoder.encode"]


@pytest.fixture(scope="module")
def studio(checkpoints):
    studio = Studio(Collection(checkpoints))
    yield studio
    studio.worker.close()


def short(*_, **__):
    raise jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 4294967296 bytes.")


@pytest.mark.filterwarnings("ignore:")
@pytest.mark.parametrize("where", WHERE)
def test_the_viewer_says_so_and_solves_what_is_asked_for_next(studio, monkeypatch, where):
    fields = {**FIELD_VALUES, "seed": 1 + WHERE.index(where)}
    with monkeypatch.context() as patched:
        patched.setattr(where, short)
        shown = gather(studio.solve("tab", "rusting_steel", fields))[-1]["viewer"]
    assert (shown["status"], shown["message"], shown["keyframes"]) == ("failed", SENTENCE, [])
    shown = gather(studio.solve("tab", "rusting_steel", fields))[-1]["viewer"]
    assert shown["status"] == "complete" and len(shown["keyframes"]) == 4


@pytest.mark.parametrize("where", ["ode_appearance.ode.stepper.advance", "ode_appearance.app.solving.render_jobs.render"])
def test_so_does_a_picture(studio, monkeypatch, where):
    def draw():
        return asyncio.run(studio.pictures.draw("rusting_steel", 7, 16, 16, SEEN))

    with monkeypatch.context() as patched:
        patched.setattr(where, short)
        with pytest.raises(RequestError, match=SENTENCE):
            draw()
    assert draw().shape == (16, 16, 3)


def test_so_does_an_export(studio, monkeypatch):
    def export():
        return gather(studio.exports.export("tab", "rusting_steel", {**FIELD_VALUES, "seed": 9}, SEEN, OPTIONS))[-1]

    with monkeypatch.context() as patched:
        patched.setattr(stepper, "advance", short)
        with pytest.raises(RequestError, match=SENTENCE):
            export()
    assert export()[1].exists()
    until_idle(studio.worker)
