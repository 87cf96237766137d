"""Unusual environments: the right result, or one message and an exit status, never a traceback."""

import os
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from materials import PLAIN, SVBRDF, little_material

import ode_appearance as oa
from ode_appearance.errors import ConfigError
from ode_appearance.runtime.environment import check_ports

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="redirects with a POSIX shell")


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    oa.save(little_material(PLAIN), folder / "plain_texture", preview=b"")
    return folder


@pytest.fixture(scope="module")
def expected(checkpoints, tmp_path_factory):
    """The picture that every environment has to produce."""
    folder = tmp_path_factory.mktemp("expected")
    oa.export(oa.load(checkpoints / "plain_texture"), folder / "a.png", times=[0.5], size=(16, 16))
    return (folder / "a.png").read_bytes()


def shell(command, checkpoints, folder, **settings):
    """Run a shell line (bash, pipefail); PYTHON stands for the interpreter and OA for the command line."""
    python = shlex.quote(sys.executable)
    line = command.replace("OA", f"{python} -m ode_appearance").replace("PYTHON", python)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LC_", "LANG", "GRADIO"))
    }
    environment |= {"PYTHONPATH": str(ROOT), "ODE_APPEARANCE_CHECKPOINTS": str(checkpoints), "TMPDIR": str(folder)}
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        cwd=folder, env=environment | settings, capture_output=True, timeout=300, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def no_traceback(done):
    assert b"Traceback" not in done.stderr + done.stdout, done.stderr.decode()
    assert b"Exception ignored" not in done.stderr, done.stderr.decode()


EXPORT = "OA export plain_texture --times 0.5 --size 16x16 --out a.png"
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
RIGHT = {
    "64-bit numbers": (EXPORT, {"JAX_ENABLE_X64": "1"}),
    "closed stderr": (f"{EXPORT} 2>&-", {}),
    "closed stdout": (f"{EXPORT} >&-", {}),
    "all closed": (f"{EXPORT} <&- >&- 2>&-", {}),
    "full stderr": (f"{EXPORT} 2>/dev/full", {}),
    "ASCII output": (EXPORT, {"PYTHONIOENCODING": "ascii"}),
    "ASCII everywhere": (EXPORT, ASCII),
    "unknown language": (EXPORT, {"LC_ALL": "xx_YY.nonsense"}),
}


AT_NIGHT = ("closed stderr", "closed stdout", "ASCII output", "unknown language")
"""Those that another case contains."""


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=pytest.mark.nightly) if case in AT_NIGHT else case for case in RIGHT]
)
def test_same_picture(case, checkpoints, expected, tmp_path):
    command, settings = RIGHT[case]
    done = shell(command, checkpoints, tmp_path, **settings)
    no_traceback(done)
    assert done.returncode == 0, done.stderr.decode()
    assert (tmp_path / "a.png").read_bytes() == expected


def test_characters_outside_the_encoding(tmp_path):
    """Output escapes them; a file name that cannot be encoded is one message."""
    config = PLAIN.__class__(**{**PLAIN.__dict__, "name": "Grünspan 銅"})
    oa.save(little_material(config), tmp_path / "green", preview=b"")
    for settings in ({"PYTHONIOENCODING": "ascii"}, ASCII):
        done = shell("OA info green", tmp_path, tmp_path, **settings)
        no_traceback(done)
        assert done.returncode == 0 and b"Gr\\xfcnspan \\u9285" in done.stdout
    done = shell("OA sample green --times 0.5 --size 16x16 --format npz --out o", tmp_path, tmp_path, **ASCII)
    no_traceback(done)
    assert done.returncode == 1 and b"character" in done.stderr and len(done.stderr.splitlines()) == 1


REFUSED = {
    "no GPU": (EXPORT, {"JAX_PLATFORMS": "cuda"}, "cuda"),
    "no such platform": (EXPORT, {"JAX_PLATFORMS": "abacus"}, "abacus"),
    "full stdout": ("OA info plain_texture >/dev/full", {}, "No space left"),
    "full stdout, at the end": (f"{EXPORT} >/dev/full", {}, "No space left"),
    "full stdout, help": ("OA --help >/dev/full", {}, "No space left"),
    "a file for the checkpoints": ("OA list", {"ODE_APPEARANCE_CHECKPOINTS": "/dev/null"}, "ODE_APPEARANCE_CHECKPOINTS"),
    "no checkpoints": ("OA list", {"ODE_APPEARANCE_CHECKPOINTS": "/nowhere"}, "ODE_APPEARANCE_CHECKPOINTS"),
    "a full file": ("OA export plain_texture --times 0.5 --size 16x16 --out /dev/full/a.png", {}, "/dev/full"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_cli_message(case, checkpoints, tmp_path):
    command, settings, part = REFUSED[case]
    done = shell(command, checkpoints, tmp_path, **settings)
    no_traceback(done)
    assert done.returncode in (1, 2), done.stderr.decode()
    assert part in done.stderr.decode().splitlines()[-1]


def test_info_needs_no_device(checkpoints, tmp_path):
    done = shell("OA info plain_texture", checkpoints, tmp_path, JAX_PLATFORMS="cuda")
    assert done.returncode == 0 and b"plain_texture" in done.stdout


@pytest.mark.parametrize("command", ["OA info plain_texture | head -1", "OA info plain_texture | true", "OA --help | true"])
def test_reader_of_the_pipe_may_close_it(command, checkpoints, tmp_path):
    done = shell(command, checkpoints, tmp_path)
    assert done.stderr == b"" and done.returncode in (0, 1)


def test_full_disk(checkpoints, tmp_path):
    """The limit of 64 KiB a file stands for a full disk; the picture is larger."""
    line = "ulimit -f 64; OA export plain_texture --times 0.5 --size 256x256 --out a.png"
    done = shell(line, checkpoints, tmp_path)
    no_traceback(done)
    assert done.returncode == 1 and "a.png cannot be written" in done.stderr.decode()
    assert not (tmp_path / "a.png").exists()


APP = {
    "GRADIO_SERVER_PORT": ["abc", "99999", "-1", "0", "80.5", "１２"],
    "GRADIO_NUM_PORTS": ["some", "0"],
    "ODE_APPEARANCE_TRAINING": ["perhaps"],
    "ODE_APPEARANCE_HUB": ["perhaps"],
    "ODE_APPEARANCE_MCP": ["perhaps"],
    "ODE_APPEARANCE_MOST_PIXELS": ["many", "0", "-5", "1e6", "9" * 5000],
    "ODE_APPEARANCE_MOST_SECONDS": ["soon", "0", "nan"],
    "ODE_APPEARANCE_CACHE_BYTES": ["1 GiB", "²"],
    "ODE_APPEARANCE_CHECKPOINTS": ["/nowhere", "/dev/null"],
    "ODE_APPEARANCE_EXEMPLARS": ["/nowhere", "/dev/null"],
    "ODE_APPEARANCE_RUNS": ["/dev/null", "/dev/null/runs", "/proc/runs"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in APP.items() for value in values])
def test_app_rejects_invalid_settings(name, value, monkeypatch):
    from ode_appearance.app.settings import check

    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=f"^{name} ") as raised:
        check_ports()
        check()
    assert len(str(raised.value)) < 400 and "\n" not in str(raised.value)


def test_app_accepts_valid_settings(monkeypatch, tmp_path):
    from ode_appearance.app.settings import check

    given = {"GRADIO_SERVER_PORT": "7860", "ODE_APPEARANCE_HUB": "Off", "ODE_APPEARANCE_MOST_PIXELS": " 4096 "}
    given |= {"ODE_APPEARANCE_CHECKPOINTS": str(tmp_path), "ODE_APPEARANCE_RUNS": str(tmp_path / "new" / "runs")}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    check_ports()
    check()
    assert (tmp_path / "new" / "runs").is_dir()
    for name in APP:
        monkeypatch.setenv(name, "")
    check_ports()
    check()
    assert not os.environ.get("GRADIO_SERVER_PORT"), "Gradio does not take an empty one"


WHOLE = {"GRADIO_SERVER_PORT": "abc", "ODE_APPEARANCE_MOST_PIXELS": "many", "JAX_PLATFORMS": "cuda"}


@pytest.mark.parametrize("name", WHOLE)
def test_app_message(name, checkpoints, tmp_path):
    done = shell(f"PYTHON {shlex.quote(str(ROOT / 'app.py'))}", checkpoints, tmp_path, **{name: WHOLE[name]})
    no_traceback(done)
    lines = done.stderr.decode().splitlines()
    assert done.returncode == 1 and len(lines) == 1 and name in lines[0], lines


def test_app_reports_that_no_port_is_free(checkpoints, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = {"GRADIO_SERVER_PORT": str(taken.getsockname()[1]), "GRADIO_NUM_PORTS": "1", "ODE_APPEARANCE_HUB": "off"}
        done = shell(f"PYTHON {shlex.quote(str(ROOT / 'app.py'))}", checkpoints, tmp_path, **settings)
    no_traceback(done)
    assert done.returncode == 1 and "The app cannot serve" in done.stderr.decode()


# The library in a process with JAX_ENABLE_X64.


@pytest.mark.parametrize("config", [PLAIN, SVBRDF], ids=["rgb", "svbrdf"])
def test_library_in_a_64_bit_process(config, tmp_path):
    def made():
        material = oa.load(tmp_path)
        (*_, last) = oa.solve_stream(material, times=[0.0, 1.0], size=(16, 16))
        trajectory = oa.solve(material, times=[0.0, 1.0], size=(16, 16))
        return trajectory.states, last.states, np.asarray(oa.render(material, trajectory, time=0.5))

    oa.save(little_material(config), tmp_path, preview=b"")
    usual = made()
    with jax.enable_x64(True):
        wide = made()
        assert jnp.ones(1).dtype == np.float64
        for _ in oa.solve_stream(oa.load(tmp_path), times=[0.0, 1.0], size=(16, 16)):
            assert jnp.ones(1).dtype == np.float64
    for values, others in zip(wide, usual, strict=True):
        assert values.dtype == np.float32
        np.testing.assert_allclose(values, others, atol=5e-6)
