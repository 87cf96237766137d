"""Running out of memory in a solve: a RequestError that does not keep the failed computation's arrays alive."""

import gc
import weakref

import jax
import pytest
from analytic import calm, formula
from raising import raises

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
    """An `advance` that allocates by `held` and then fails with `error`."""

    def advance(*_):
        _taken = held and held()
        raise error

    return advance


@pytest.mark.parametrize("error", SHORT, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("solve", [oa.solve, lambda *given, **asked: list(oa.solve_stream(*given, **asked))])
def test_solve(monkeypatch, solve, error):
    with monkeypatch.context() as patched:
        patched.setattr(stepper, "advance", failing(error))
        with raises(RequestError, code="memory"):
            solve(MATERIAL, **ASKED)
    assert oa.solve(MATERIAL, **ASKED).status == "complete"


def test_cli(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(stepper, "advance", failing(SHORT[1]))
    asked = ["--size", "32x16", "--times", "0", "--out", str(tmp_path / "out")]
    assert main(["sample", "rusting_steel", *asked]) == 1
    assert "32x16" in capsys.readouterr().err


def test_other_errors_pass_unchanged(monkeypatch):
    for error in (jax.errors.JaxRuntimeError("INTERNAL: no such kernel"), ZeroDivisionError()):
        monkeypatch.setattr(stepper, "advance", failing(error))
        with pytest.raises(type(error)) as raised:
            oa.solve(MATERIAL, **ASKED)
        assert raised.value is error


def test_kept_error_does_not_keep_the_memory(monkeypatch):
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


def test_context_manager():
    with raises(RequestError, code="memory") as caught, enough_memory((4096, 2048)):
        raise MemoryError
    assert "4096x2048" in str(caught.value)
