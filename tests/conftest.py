"""Before anything imports the library: its annotations, shapes included, are checked in every call that a test makes."""

import importlib.metadata
import os
import tempfile
from pathlib import Path

import pytest
from jaxtyping import install_import_hook
from running_app import chromium
from taking_turns import taking_turns

# `strictness` lies beside this file.
install_import_hook("ode_appearance", "strictness.check")

# LLVM's optimisations take most of the time to compile, and the networks of tests are too small to need them. Other processes
# of pytest and of the app use the other cores. With `XLA_FLAGS=` set to nothing, all runs as it does in production.
if "XLA_FLAGS" not in os.environ:
    flags = ["backend_optimization_level=0", "cpu_parallel_codegen_split_count=1", "cpu_multi_thread_eigen=false"]
    if importlib.metadata.version("jaxlib") < "0.11":  # later versions do not have it, and end at unknown flags
        flags.append("cpu_use_fusion_emitters=false")
    os.environ["XLA_FLAGS"] = " ".join(f"--xla_{flag}" for flag in flags)

# What is compiled is kept for later runs, and for the processes that tests start.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(Path(__file__).parent.parent / ".pytest_cache" / "jax"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")

LONGEST = ("test_browser", "test_explore", "test_together", "test_fidelity", "test_train_form", "test_training")


def pytest_collection_modifyitems(items):
    """The files that take longest are begun first, so that at the end no process waits long for another."""
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """A test marked `quiet`, its setup and teardown included, runs while no other test of this run does."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "alone")
    with taking_turns(Path(tempfile.gettempdir()) / f"turns-{run}", item.get_closest_marker("quiet") is not None):
        return (yield)


@pytest.fixture(autouse=True, scope="module")
def _few_compiled_functions():
    """A process of tests compiles more than Linux has mappings for."""
    yield
    from ode_appearance.runtime.jit import clear_jit_caches

    clear_jit_caches(20_000)


@pytest.fixture(scope="module")
def small_previews():
    """Previews and stored keyframes of 32x32 instead of 128x128, for tests that save materials and do not look at them."""
    from ode_appearance.checkpoints import keyframe_baking, preview

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preview, "PREVIEW_SIZE", 32)
        patch.setattr(keyframe_baking, "SIZE", 32)
        yield


@pytest.fixture(scope="module")
def browser():
    """Of a module: playwright's event loop is in the way of others."""
    with chromium() as browser:
        yield browser
