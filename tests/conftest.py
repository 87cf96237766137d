"""Before anything imports the library: its annotations, shapes included, are checked in every call that a test makes."""

import os
from pathlib import Path

import pytest
from jaxtyping import install_import_hook

# `strictness` lies beside this file.
install_import_hook("ode_appearance", "strictness.check")

# Most of the time of a first run goes into compiling; later ones, and processes that tests start, find it done.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(Path(__file__).parent.parent / ".pytest_cache" / "jax"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")


@pytest.fixture(autouse=True, scope="module")
def _few_compiled_functions():
    """A process of tests compiles more than Linux has mappings for."""
    yield
    from ode_appearance.compiled import let_go_of_compiled

    let_go_of_compiled(20_000)
