"""Memory that runs out in the middle of a solve: a sentence, in which what there was no room for is not kept."""

import gc
import weakref

import jax
import pytest
from analytic import calm, formula

import ode_appearance as oa
from ode_appearance.cli.main import main
from ode_appearance.errors import RequestError
from ode_appearance.ode import stepper
from ode_appearance.runtime.memory_budget import enough_memory

MATERIAL = formula(calm)
ASKED = {"size": (6, 4), "times": [0.0, 1.0]}
SHORT = [
    MemoryError(),
    jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 4294967296 bytes."),
    jax.errors.JaxRuntimeError("INTERNAL: CUDA_ERROR_OUT_OF_MEMORY: out of memory"),
]


def failing(error, held=None):
    """An `advance` that takes something, and then there is no more."""

    def advance(*_):
        _taken = held and held()
        raise error

    return advance


@pytest.mark.parametrize("error", SHORT, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("solve", [oa.solve, lambda *given, **asked: list(oa.solve_stream(*given, **asked))])
def test_a_solve_says_so(monkeypatch, solve, error):
    with monkeypatch.context() as patched:
        patched.setattr(stepper, "advance", failing(error))
        with pytest.raises(RequestError, match="There is not enough memory for 6x4; a smaller size needs less"):
            solve(MATERIAL, **ASKED)
    assert oa.solve(MATERIAL, **ASKED).status == "complete"


def test_so_does_the_command_line(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(stepper, "advance", failing(SHORT[1]))
    asked = ["--size", "32x16", "--times", "0", "--out", str(tmp_path / "out")]
    assert main(["sample", "rusting_steel", *asked]) == 1
    assert "not enough memory for 32x16" in capsys.readouterr().err


def test_other_errors_stay_what_they_are(monkeypatch):
    for error in (jax.errors.JaxRuntimeError("INTERNAL: no such kernel"), ZeroDivisionError()):
        monkeypatch.setattr(stepper, "advance", failing(error))
        with pytest.raises(type(error)) as raised:
            oa.solve(MATERIAL, **ASKED)
        assert raised.value is error


def test_whoever_keeps_the_error_does_not_keep_the_memory(monkeypatch):
    class Large:
        pass

    made = []

    def large():
        thing = Large()
        made.append(weakref.ref(thing))
        return thing

    monkeypatch.setattr(stepper, "advance", failing(MemoryError(), large))
    with pytest.raises(RequestError) as kept:
        oa.solve(MATERIAL, **ASKED)
    gc.collect()
    assert made[0]() is None and isinstance(kept.value.__cause__, MemoryError)


def test_others_can_say_so_too():
    with pytest.raises(RequestError, match="4096x2048"), enough_memory((4096, 2048)):
        raise MemoryError
