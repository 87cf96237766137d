"""Where materials, examples, trainings and caches lie: in the repository when run from a checkout, else in the package and the
user's folders."""

import os
from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).parents[1]
CHECKPOINTS_VARIABLE = "ODE_APPEARANCE_CHECKPOINTS"
RUNS_VARIABLE = "ODE_APPEARANCE_RUNS"
CACHE_VARIABLE = "ODE_APPEARANCE_CACHE"
WHEEL_CHECKPOINTS = "_checkpoints"  # as in pyproject.toml
_MATERIALS_OF_WHEEL = PACKAGE / WHEEL_CHECKPOINTS


def repository() -> Path | None:
    """The root of the checkout that this package lies in, or None where the package is installed."""
    root = PACKAGE.parent
    return root if (root / "pyproject.toml").is_file() and (root / "checkpoints").is_dir() else None


def checkpoints_folder() -> Path:
    """The folder of shipped materials: $ODE_APPEARANCE_CHECKPOINTS, `checkpoints/` of the checkout, or the wheel's own."""
    if given := os.environ.get(CHECKPOINTS_VARIABLE):
        return Path(given)
    root = repository()
    return root / "checkpoints" if root else _MATERIALS_OF_WHEEL


def imports_folder() -> Path:
    """Where imported materials are written: the folder of shipped ones, or the user's data folder where it is the wheel's."""
    folder = checkpoints_folder()
    return _user_data() / "checkpoints" if folder == _MATERIALS_OF_WHEEL else folder


def examples_folder() -> Path:
    """The folder of the repository's own exemplars; it does not exist where the package is installed."""
    return PACKAGE.parent / "examples" if repository() else PACKAGE / "_examples"


def runs_folder() -> Path:
    """Where the app keeps trainings: $ODE_APPEARANCE_RUNS, `runs/app/` of the checkout, or the user's data folder."""
    if given := os.environ.get(RUNS_VARIABLE):
        return Path(given).expanduser().resolve()
    root = repository()
    return root / "runs" / "app" if root else _user_data() / "runs"


def download_cache_folder() -> Path:
    """Where feature weights are kept once downloaded: $ODE_APPEARANCE_CACHE, or the user's cache folder."""
    given = os.environ.get(CACHE_VARIABLE)
    return Path(given) if given else _user_cache()


def compilation_cache_folder() -> Path:
    """Where JAX keeps compiled functions by default, in the user's cache folder."""
    return _user_cache() / "jax"


def _user_cache():
    # Spelled like the package since the first version, so that caches stay in use.
    return platformdirs.user_cache_path("ode_appearance", appauthor=False, opinion=False)


def _user_data():
    return platformdirs.user_data_path("ode-appearance", appauthor=False)
