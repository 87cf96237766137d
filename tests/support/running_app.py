"""The app in a process of its own, as a person starts it, and a browser's tab of it."""

import contextlib
import functools
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMIUM_OPTIONS = [
    "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking",
    "--disable-gpu-compositing",
]  # fmt: skip
"""WebGL in software. The page around the canvas is composited without it, which takes a third of the time."""
BROKEN = "half_a_material"


@contextlib.contextmanager
def chromium():
    """Headless Chromium with WebGL 2 in software. Skips where there is none, but not in CI."""
    playwright = pytest.importorskip("playwright.sync_api", reason="browser tests need playwright")
    with playwright.sync_playwright() as running:
        try:
            browser = running.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        except playwright.Error as error:
            if "CI" in os.environ:
                raise
            pytest.skip(f"browser tests need Chromium: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


@contextlib.contextmanager
def serving(**settings):
    """The address of `python app.py` with these environment variables."""
    with started(**settings) as (address, process):
        yield address
        assert process.poll() is None, "the app ended by itself"


@contextlib.contextmanager
def started(**settings):
    """(address, process) of `python app.py` with these environment variables; it may be killed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    # A folder of runs of its own: only one app looks after one.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as runs:
        environment = {**os.environ, "GRADIO_SERVER_PORT": str(port), "ODE_APPEARANCE_RUNS": runs, **settings}
        process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment)
        with _ended_with(process):
            _wait_for(address, process)
            yield address, process


@contextlib.contextmanager
def _ended_with(process):
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(timeout=30) is not None


def _wait_for(address, process):
    for _ in range(300):
        try:
            urllib.request.urlopen(address)
            return
        except OSError:
            assert process.poll() is None, "the app ended at its start"
            time.sleep(0.2)


def _new_page(browser, viewport=None, **options):
    """A page that shares the cache of Chromium's other pages: it opens in half the time. Not where other options are given.

    It does not share what they have stored.
    """
    if options:
        return browser.new_page(viewport=viewport, **options)
    page = _shared_context(browser).new_page()
    page.set_viewport_size(viewport or {"width": 1280, "height": 720})
    page.add_init_script("if (!sessionStorage.begun) { localStorage.clear(); sessionStorage.begun = true; }")
    return page


@functools.lru_cache(maxsize=1)
def _shared_context(browser):
    return browser.new_context()


class Screen:
    """One tab of the app, and the viewer's API in it."""

    def __init__(self, browser, address, *, script=None, link="", held=None, **options):
        """`held` are addresses that are asked for and not answered."""
        self.page = _new_page(browser, **options)
        if held:
            self.page.route(held, lambda route: None)
        self.requests, self.errors = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        if script:
            self.page.add_init_script(script)
        self.page.goto(address + link)
        self.page.wait_for_function("document.querySelector('.ode-viewer')?.odeViewer?.state.run > 0", timeout=60_000)

    def call(self, method, *arguments):
        """Call a method of the viewer."""
        return self.page.evaluate(f"([a]) => document.querySelector('.ode-viewer').odeViewer.{method}(...a)", [arguments])

    @property
    def state(self):
        """The viewer's state."""
        return self.page.evaluate("document.querySelector('.ode-viewer').odeViewer.state")

    def until(self, condition, seconds=180):
        """Wait for a condition on the viewer's `state`, in JavaScript."""
        script = f"() => {{ const state = document.querySelector('.ode-viewer').odeViewer.state; return {condition}; }}"
        self.page.wait_for_function(script, timeout=1000 * seconds)

    def solved(self, condition="true"):
        """Wait until all keyframes are there."""
        self.until(f"state.status === 'complete' && state.keyframes === state.planned && ({condition})")

    def pick(self, name):
        """Pick a material and wait for all its keyframes."""
        run = self.state["run"]
        self.page.click(f".ode-card[data-name={name}]")
        self.solved(f"state.run > {run} && state.material === {json.dumps(name)}")

    def enter(self, label, value):
        """Type into a field, as a person would."""
        self.page.get_by_label(label, exact=True).first.fill(str(value))

    def canvas(self):
        """What is on the screen where the picture is: (3, h, w) in [0, 1]."""
        self.until("state.sharp")
        shot = self.page.locator(".ode-picture > canvas").screenshot()
        return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), np.float32).transpose(2, 0, 1) / 255

    def pixels(self):
        """The picture at the size of the state: (3, h, w) in [0, 1]."""
        shown = self.page.evaluate(
            "() => { const { width, height, data } = document.querySelector('.ode-viewer').odeViewer.readPixels();"
            " return [width, height, Array.from(data)]; }"
        )
        width, height, data = shown
        return np.array(data, np.float32).reshape(height, width, 4)[..., :3].transpose(2, 0, 1) / 255
