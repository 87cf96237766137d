"""Before anything imports the library: its annotations, shapes included, are checked in every call that a test makes."""

import os
import tempfile
from pathlib import Path

import pytest
from jaxtyping import install_import_hook
from running_app import CHROMIUM, SOFTWARE_WEBGL
from taking_turns import taking_turns

# `strictness` lies beside this file.
install_import_hook("ode_appearance", "strictness.check")

# Most of the time of a first run goes into compiling; later ones, and processes that tests start, find it done.
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
def browser():
    """Headless Chromium with WebGL 2 in software. Of a module: playwright's event loop is in the way of others."""
    playwright = pytest.importorskip("playwright.sync_api", reason="browser tests need playwright")
    with playwright.sync_playwright() as running:
        try:
            browser = running.chromium.launch(executable_path=CHROMIUM, args=SOFTWARE_WEBGL)
        except playwright.Error as error:
            if "CI" in os.environ:
                raise
            pytest.skip(f"browser tests need Chromium: {error.message.splitlines()[0]}")
        yield browser
        browser.close()
