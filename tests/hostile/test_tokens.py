"""An access token is used where it is given, and is nowhere else: in no log, error, address, file or list of arguments."""

import concurrent.futures
import contextlib
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import time
import traceback
from pathlib import Path

import pytest
from hub_stand_in import READ_ONLY, TOKEN, HubStandIn, only_this
from materials import RGB, little_material
from running import ROOT, running

import ode_appearance as oa
from ode_appearance.app.train_form.form_fields import examples
from ode_appearance.app.trainings.run_records import Order, new_run
from ode_appearance.checkpoints import hub
from ode_appearance.errors import HubError
from ode_appearance.training.train_config import preset

OWNER = "a browser of this test"
WRONG = "hf_aTokenThatTheHubHasNeverSeen"


@pytest.fixture(scope="module")
def there():
    stand_in = HubStandIn()
    yield stand_in
    stand_in.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A place for an app, with a training of OWNER that has made a material."""
    folder = tmp_path_factory.mktemp("tokens")
    order = Order(OWNER, "spots", wanted="pause", license="mit")
    run = new_run(folder / "runs", examples()["lichen_spreading"][0], preset("quick"), order)
    oa.save(little_material(RGB), run.folder / "material", preview=b"RIFF")
    (folder / "checkpoints").mkdir()
    shutil.copytree(run.folder / "material", folder / "checkpoints" / "little")
    (folder / "key").write_text(run.key)
    return folder


@pytest.fixture(scope="module")
def app(there, folder):
    """Its own log is among the files."""
    settings = {"HF_ENDPOINT": there.endpoint, "HF_HOME": str(folder / "hub"), "HF_HUB_DISABLE_XET": "1", "HF_TOKEN": "",
                "HF_DEBUG": "1", "HF_HUB_VERBOSITY": "debug", "XDG_CONFIG_HOME": str(folder / "config"),
                "ODE_APPEARANCE_CHECKPOINTS": str(folder / "checkpoints")}  # fmt: skip
    with running(folder, **settings) as app:
        yield app


class Arguments:
    """Looks at the arguments of all processes for as long as it is entered."""

    def __init__(self, *secrets):
        self._secrets, self.seen, self.looks, self._done = [secret.encode() for secret in secrets], [], 0, False

    def __enter__(self):
        self._pool = concurrent.futures.ThreadPoolExecutor(1)
        self._looking = self._pool.submit(self._look)
        return self

    def __exit__(self, *_):
        time.sleep(0.1)
        self._done = True
        self._looking.result()
        self._pool.shutdown()

    def _look(self):
        while not self._done:
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    arguments = path.read_bytes()
                except OSError:
                    continue
                self.seen += [arguments for secret in self._secrets if secret in arguments]
            self.looks += 1


def files_with(secret, *folders):
    """Files below folders that hold it, as it is or packed into a name."""
    found = []
    for path in (Path(place) / name for folder in folders for place, inner, own in os.walk(folder) for name in inner + own):
        with contextlib.suppress(FileNotFoundError):  # passing files of the app
            if secret in path.name or (path.is_file() and secret.encode() in path.read_bytes()):
                found.append(path)
    return found


def published(app, folder, repo, token):
    """Ask the endpoint; its answer."""
    return app.call("publish_training", [OWNER, (folder / "key").read_text(), repo, token, False])


@pytest.mark.parametrize("token", [TOKEN, WRONG, READ_ONLY, "hf_odd token", "hf_two\nLines: 1", "hf_söcret"])
def test_published_by_a_program(app, there, folder, token):
    requests = len(there.requests)
    with Arguments(token) as arguments:
        kind, told = published(app, folder, "someone/texture", token)
    assert (kind == "complete") == (token == TOKEN), told
    assert (len(there.requests) > requests) == (token in (TOKEN, WRONG, READ_ONLY))
    assert token not in told and json.dumps(token)[1:-1] not in told
    assert token not in app.log and repr(token)[1:-1] not in app.log
    assert arguments.seen == [] and arguments.looks > 1
    assert files_with(token, folder) == [] and not any(token in request for request in there.requests)
    for path in ("/config", "/gradio_api/info", "/gradio_api/queue/status", "/gradio_api/startup-events"):
        assert token.encode() not in app.ask("GET", path)[2]


def test_a_token_for_another_argument_is_not_repeated(app, there, folder):
    """Somebody may paste it into the wrong field."""
    for arguments in ([OWNER, TOKEN, "a/b", "", False], [TOKEN, TOKEN, "a/b", TOKEN, False]):
        _, told = app.call("publish_training", arguments)
        assert TOKEN not in told and TOKEN not in app.log
    assert files_with(TOKEN, folder) == []


def test_published_in_a_browser(app, there, folder, browser):
    """As a person does it: the token is in no address, and in nothing that the browser keeps."""
    there.repositories.pop("someone/spots", None)
    context = browser.new_context(viewport={"width": 1280, "height": 1400})
    page, addresses, printed, sent = context.new_page(), [], [], []
    page.on("request", lambda request: (addresses.append(request.url), sent.append(request.post_data or "")))
    page.on("console", lambda message: printed.append(message.text))
    config = json.loads(app.ask("GET", "/config")[2])
    who = next(part["id"] for part in config["components"] if part["type"] == "browserstate")
    own = {dependency["id"] for dependency in config["dependencies"] if (dependency["inputs"] or [None])[0] == who}

    def as_owner(route):
        """This browser says that it is the one that has trained."""
        asked = json.loads(route.request.post_data)
        if asked.get("fn_index") in own:
            asked["data"][0] = OWNER
        route.continue_(post_data=json.dumps(asked))

    page.route("**/gradio_api/queue/join*", as_owner)
    page.route("**/gradio_api/run/predict*", as_owner)
    page.goto(app.address)
    page.get_by_role("button", name="More materials").click()
    panel = page.locator("#library")
    panel.locator("#mine .ode-material-list-row").click(timeout=60_000)
    panel.get_by_role("button", name="Publish on the Hub").wait_for()
    for tab in ("Train", "Explore"):  # coming back, the list is read anew, and the material stays chosen
        page.get_by_role("tab", name=tab).click()
    panel.get_by_role("button", name="Publish on the Hub").click()
    panel.get_by_label("Repository", exact=True).fill("someone/spots")
    field = panel.get_by_label("Access token that may write")
    field.fill(TOKEN)
    assert field.get_attribute("type") == "password"
    with Arguments(TOKEN) as arguments:
        panel.get_by_role("button", name="Publish", exact=True).click()
        told = panel.get_by_text(re.compile(r"^(Not )?[Pp]ublished:"))
        told.wait_for(timeout=60_000)
    assert told.inner_text().startswith("Published: ") and field.input_value() == ""
    assert "someone/spots" in there.repositories
    assert any(TOKEN in content for content in sent), "it was sent, in the body of a request"
    assert not any(TOKEN in text for text in [*addresses, *printed, page.url, page.content()])
    kept = page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie, history.state])")
    assert TOKEN not in kept and TOKEN not in json.dumps(context.storage_state(indexed_db=True))
    page.reload()
    page.get_by_role("button", name="More materials").click()
    assert TOKEN not in page.content()
    context.close()
    assert TOKEN not in app.log and arguments.seen == [] and files_with(TOKEN, folder) == []


def test_published_on_the_command_line(there, folder, tmp_path):
    environment = {**os.environ, "HF_ENDPOINT": there.endpoint, "HF_HOME": str(tmp_path / "hub"), "HF_HUB_DISABLE_XET": "1",
                   "HF_TOKEN": TOKEN, "HF_DEBUG": "1", "TMPDIR": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}  # fmt: skip
    command = [sys.executable, "-m", "ode_appearance", "publish", str(folder / "checkpoints" / "little"), "someone/by_hand"]
    with Arguments(TOKEN) as arguments:
        ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert "someone/by_hand" in there.repositories and arguments.looks > 1
    assert TOKEN.encode() not in ended.stdout + ended.stderr and arguments.seen == [] and files_with(TOKEN, tmp_path) == []
    refused = subprocess.run([*command, "--token", TOKEN], cwd=ROOT, env=environment, capture_output=True, check=False)
    assert refused.returncode != 0, "a token is no argument: those are seen by everybody on the machine"


@pytest.mark.parametrize("trouble", [None, 400, 401, 500])
@pytest.mark.parametrize(
    "act", [lambda token: hub.fetch("someone/nothing", token=token), lambda token: hub.list_hub("x", token=token)]
)
def test_read_with_a_token(tmp_path, monkeypatch, caplog, capfd, act, trouble):
    stand_in = HubStandIn()
    only_this(monkeypatch, tmp_path / "cache", stand_in.endpoint)
    caplog.set_level(logging.DEBUG)
    stand_in.trouble, told = trouble, ""
    for token in (TOKEN, WRONG):
        try:
            act(token)
        except HubError as error:
            told += "".join(traceback.format_exception(error))
    stand_in.close()
    said = capfd.readouterr()
    assert told or trouble is None
    for token in (TOKEN, WRONG):
        assert token not in told + caplog.text + said.out + said.err and files_with(token, tmp_path) == []


# That it would be found


def test_what_is_looked_for_would_be_found(tmp_path):
    (tmp_path / "a").write_text(f"x{TOKEN}y")
    assert files_with(TOKEN, tmp_path) == [tmp_path / "a"]
    with Arguments(TOKEN) as arguments:
        subprocess.run(["sleep", "0.5"], check=True, executable="/bin/sleep", env={"X": TOKEN})
        assert arguments.seen == []
        subprocess.run([sys.executable, "-c", "import time; time.sleep(0.5)", TOKEN], check=True)
    assert arguments.seen
