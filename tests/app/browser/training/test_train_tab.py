"""A training from the tab, as a person would do it: started, paused, found again by the same browser, and opened."""

import os
import re
import subprocess
import sys
import time
import urllib.request

import pytest
from running_app import ROOT

LIMIT = 300_000
ADVANCED = {
    "Dim mults": "1",
    "Dim": "8",
    "State size": "32",
    "Exemplar size": "32",
    "Iterations": "600",
}


class App:
    """The app on a port of its own, which can be restarted."""

    def __init__(self, checkpoints, runs):
        port = 7000 + os.getpid() % 1000
        settings = {
            "GRADIO_SERVER_PORT": str(port),
            "ODE_APPEARANCE_CHECKPOINTS": str(checkpoints),
            "ODE_APPEARANCE_RUNS": str(runs),
        }
        self.address, self.environment = f"http://127.0.0.1:{port}/", {**os.environ, **settings}
        self.start()

    def start(self):
        self.process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=self.environment)
        for _ in range(600):
            try:
                urllib.request.urlopen(self.address)
                break
            except OSError:
                assert self.process.poll() is None
                time.sleep(0.2)

    def end(self):
        self.process.terminate()
        self.process.wait(120)


@pytest.fixture
def training_app(checkpoints, tmp_path):
    app = App(checkpoints, tmp_path / "runs")
    yield app
    app.end()


def fill(page, label, value):
    field = page.get_by_label(label, exact=label == "Dim").first
    field.fill(value)
    field.press("Tab")


@pytest.mark.nightly
def test_a_training_from_the_tab(browser, training_app, tmp_path):
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    errors = []
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    page.goto(training_app.address)
    page.get_by_role("tab", name="Train").click()
    page.get_by_label("or one that comes with the app").click()
    page.get_by_role("option", name="lichen_spreading").click()
    page.get_by_text("100 frames of 128x128, model time 0 to 5.").wait_for(timeout=LIMIT)
    page.get_by_role("button", name="Advanced").click()
    for label, value in ADVANCED.items():
        fill(page, label, value)
    page.get_by_label("Features", exact=True).first.click()
    page.get_by_role("option", name="patch").click()
    page.get_by_role("button", name="Start training").click()
    status = page.locator("#training-status")
    status.get_by_text(re.compile("running. Iteration")).wait_for(timeout=LIMIT)
    page.get_by_role("button", name="Pause").click()
    status.get_by_text(re.compile("paused")).wait_for(timeout=LIMIT)
    page.screenshot(path=tmp_path / "paused.png")
    page.close()

    page = context.new_page()  # the same browser, later
    page.goto(training_app.address)
    page.get_by_role("tab", name="Train").click()
    status = page.locator("#training-status")
    status.get_by_text(re.compile("lichen_spreading: paused")).wait_for(timeout=LIMIT)
    page.get_by_role("button", name="Resume").click()
    status.get_by_text(re.compile("finished")).wait_for(timeout=2 * LIMIT)
    page.screenshot(path=tmp_path / "finished.png")
    page.get_by_role("button", name="Open in Explore").click()
    page.locator("#facts").get_by_text("lichen_spreading").first.wait_for(timeout=LIMIT)
    page.wait_for_timeout(15_000)
    page.screenshot(path=tmp_path / "explored.png")
    page.wait_for_function("location.hash.includes('material=')")
    link = page.url
    page.close()
    training_app.end()
    training_app.start()
    page = context.new_page()  # the address of one's own material is good after a restart
    page.goto(link)
    page.locator(".ode-viewer").wait_for()
    viewer = "document.querySelector('.ode-viewer').odeViewer"
    key = re.search("material=([^&]+)", link)[1]
    page.wait_for_function(f"{viewer}?.state.material === '{key}' && {viewer}.times.length > 0", timeout=LIMIT)
    assert page.url == link
    assert not errors

    other = browser.new_context().new_page()  # another browser sees none of it
    other.goto(training_app.address)
    other.get_by_role("tab", name="Train").click()
    other.get_by_text("No training yet.").wait_for(timeout=LIMIT)
