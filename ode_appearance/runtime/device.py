"""The device that everything is solved on: set up once at the start, and described for people."""

import math
import os
import shutil
from pathlib import Path

import jax

from ..errors import DeviceError
from . import cgroups
from .malloc import keep_memory

_FEW_CORES = 4
"""With more, the compiler's threads wait for each other in the one heap that keeping memory takes."""


def prepare() -> None:
    """Settings: compiled functions are kept on disk, a GPU's memory is not taken all at once, and numbers have 32 bits.

    Where cores are few, freed memory is kept for what comes next.

    To be called once by a program, before anything is computed; settings made in the environment stay, but for JAX_ENABLE_X64:
    all states and weights are float32.
    """
    jax.config.update("jax_enable_x64", False)
    if _cores() <= _FEW_CORES:
        keep_memory()
    # Read when the device is first used, not when JAX is imported.
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
        jax.config.update("jax_compilation_cache_dir", str(_compiled_folder()))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)


def own_compilation_cache() -> Path | None:
    """Where `prepare` has compiled functions kept; None where somebody has chosen another folder."""
    folder = _compiled_folder()
    return folder if jax.config.jax_compilation_cache_dir == str(folder) else None


def check() -> None:
    """Raise DeviceError where JAX has no device, as where JAX_PLATFORMS asks for a GPU that is not there."""
    try:
        jax.devices()
    except (RuntimeError, AssertionError) as error:  # of a platform that has no plugin here, JAX asserts that it has one
        wanted = os.environ.get("JAX_PLATFORMS") or "a device"
        raise DeviceError(
            f"JAX cannot compute on {wanted[:60]} here. Without the environment variable JAX_PLATFORMS it takes what there is; "
            "JAX_PLATFORMS=cpu is there on every machine."
        ) from error


def description() -> str:
    """The device in a few words, such as "CPU (8 cores)" or "NVIDIA H200"."""
    device = jax.devices()[0]
    if device.platform != "cpu":
        return device.device_kind
    return f"CPU ({_share_of_cores()} cores)"


def hint() -> str | None:
    """A sentence where there is an NVIDIA GPU that JAX does not use, or None."""
    if jax.devices()[0].platform != "cpu" or not has_nvidia_gpu():
        return None
    return (
        "This machine has an NVIDIA GPU, but the JAX installed here cannot use it: "
        'install it with pip install "jax[cuda13]" and start again.'
    )


def has_nvidia_gpu() -> bool:
    """Whether the driver of an NVIDIA GPU is at work on this machine."""
    return Path("/dev/nvidia0").exists() or (os.name == "nt" and shutil.which("nvidia-smi") is not None)


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _share_of_cores() -> int:
    """How many cores' worth of computing it has, rounded up: a container may have a share of a large machine."""
    quota = cgroups.cores()
    return _cores() if quota is None else min(_cores(), math.ceil(quota))


def _compiled_folder() -> Path:
    return _cache_folder() / "jax"


def _cache_folder() -> Path:
    """The user's cache folder of this project."""
    if os.name == "nt":
        home = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local"
    else:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "ode_appearance"
