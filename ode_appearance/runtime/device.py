"""The JAX device: configured once at startup, checked, and described for people."""

import math
import os
import shutil
from pathlib import Path

import jax

from ..errors import DeviceError
from . import cgroups
from .malloc import keep_freed_memory

_FEW_CORES = 4
"""With more cores, XLA's compiler threads contend for the single heap of `keep_freed_memory`."""


def configure() -> None:
    """Configure JAX: 32-bit numbers, a persistent compilation cache, no preallocation of GPU memory.

    On machines with few cores, freed memory is kept for reuse. A program calls this once, before any computation. Environment
    variables that the user has set win, except JAX_ENABLE_X64: all states and weights are float32.
    """
    jax.config.update("jax_enable_x64", False)
    if _cores() <= _FEW_CORES:
        keep_freed_memory()
    # JAX reads this at the first use of the device, not at import.
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
        jax.config.update("jax_compilation_cache_dir", str(_compiled_folder()))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)


def own_compilation_cache() -> Path | None:
    """The compilation cache folder that `configure` set, or None where the user chose another."""
    folder = _compiled_folder()
    return folder if jax.config.jax_compilation_cache_dir == str(folder) else None


def require() -> None:
    """Raise DeviceError where JAX has no device, such as when JAX_PLATFORMS requests a GPU that is missing."""
    try:
        jax.devices()
    except (RuntimeError, AssertionError) as error:  # JAX fails an assertion where a platform has no plugin
        wanted = os.environ.get("JAX_PLATFORMS") or "a device"
        raise DeviceError(
            f"JAX cannot compute on {wanted[:60]} here. Unset the environment variable JAX_PLATFORMS to use the available "
            "device, or set it to cpu, which every machine has."
        ) from error


def description() -> str:
    """The device in a few words, such as "CPU (8 cores)" or "NVIDIA H200"."""
    device = jax.devices()[0]
    if device.platform != "cpu":
        return device.device_kind
    return f"CPU ({_share_of_cores()} cores)"


def hint() -> str | None:
    """Advice where the machine has an NVIDIA GPU that JAX does not use; None otherwise."""
    if jax.devices()[0].platform != "cpu" or not has_nvidia_gpu():
        return None
    return (
        "This machine has an NVIDIA GPU, but the JAX installed here cannot use it: "
        'install it with pip install "jax[cuda13]" and start again.'
    )


def has_nvidia_gpu() -> bool:
    """Whether this machine has an NVIDIA GPU with a running driver."""
    return Path("/dev/nvidia0").exists() or (os.name == "nt" and shutil.which("nvidia-smi") is not None)


def _cores() -> int:
    """Number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _share_of_cores() -> int:
    """CPU quota in cores, rounded up: a container may have a share of a large machine."""
    quota = cgroups.cpu_quota()
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
