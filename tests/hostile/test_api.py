"""The app asked by programs for what no page asks for: wrong values, wrong requests, files of others, too much at once."""

import concurrent.futures
import http.server
import json
import re
import threading
import time

import bombs
import pytest
from materials import PLAIN, SVBRDF, little_material
from running import ROOT, running

import ode_appearance as oa

SECRET = "only for those who look after this machine"
LONG = "x" * 100_000
WRONG = [
    None, float("nan"), float("-inf"), -1, 0.5, 1e300, 10**400, "", "none", "../../etc/passwd", [], {"a": 1}, True, LONG,
    {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
]  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder of materials with more in it than is for others, a link to a secret among it."""
    place = tmp_path_factory.mktemp("app")
    (place / "secret.txt").write_text(SECRET)
    for config in (PLAIN, SVBRDF):
        oa.save(little_material(config), place / "checkpoints" / config.name, preview=bombs.animation("WEBP"))
    material = place / "checkpoints" / "plain_texture"
    (material / "notes.txt").write_text(SECRET)
    (material / "evil.html").write_text(f"<script>{SECRET}</script>")
    linked = oa.save(little_material(PLAIN), place / "checkpoints" / "linked", preview=b"")
    (linked / "preview.webp").unlink()
    (linked / "preview.webp").symlink_to(place / "secret.txt")
    (place / "runs" / "somebodys").mkdir(parents=True)
    (place / "runs" / "somebodys" / "order.json").write_text(json.dumps({"owner": SECRET}))
    return place


@pytest.fixture(scope="module")
def app(place):
    with running(place, ODE_APPEARANCE_CHECKPOINTS=str(place / "checkpoints")) as app:
        yield app


@pytest.fixture(autouse=True)
def sound(request):
    """After each test the app is there, and its own code has raised nothing but what it means to."""
    app = request.getfixturevalue("app")
    before = len(app.log)
    yield
    assert app.call("materials", [])[0] == "complete"
    assert raised_by_our_code(app.log[before:]) == []


def raised_by_our_code(log):
    """The tracebacks in a log that go through the library."""
    parts = re.split(r"(?=Traceback \(most recent call last\))", log)[1:]
    return [part[-1500:] for part in parts if f'"{ROOT}/ode_appearance/' in part]


# Files


def uploads(place):
    """Where the app keeps what is uploaded."""
    (folder,) = (place / "tmp").glob("*/gradio")
    return folder


def test_what_may_be_served_is_served(app, place):
    status, headers, content = app.ask("GET", f"/gradio_api/file={place}/checkpoints/plain_texture/preview.webp")
    assert status == 200 and headers["content-type"] == "image/webp" and content.startswith(b"RIFF")


@pytest.mark.parametrize(
    "path",
    [
        "{place}/secret.txt", "{place}/checkpoints/plain_texture/notes.txt", "{place}/checkpoints/plain_texture/evil.html",
        "{place}/checkpoints/plain_texture/model.eqx", "{place}/checkpoints/plain_texture/../../secret.txt",
        "{place}/checkpoints/plain_texture/preview.webp/../notes.txt", "{place}/checkpoints/plain_texture/..%2f..%2fsecret.txt",
        "{place}/checkpoints/plain_texture/%2e%2e/%2e%2e/secret.txt", "{place}/checkpoints/linked/preview.webp",
        "{place}/checkpoints", "{place}/runs/somebodys/order.json", "{place}/log.txt", "/etc/passwd", "//etc/passwd",
        "..%2f..%2f..%2f..%2f..%2fetc/passwd", "../../../../../../etc/passwd", "app.py", "./app.py",
        "tests/support/materials.py",
        "file:///etc/passwd", "/proc/self/environ", "/proc/self/cmdline", "~/.bashrc", "/etc/passwd%00.webp",
    ],
)  # fmt: skip
@pytest.mark.parametrize("route", ["/gradio_api/file=", "/file=", "/gradio_api/file/"])
def test_no_other_file_is_served(app, place, path, route):
    status, _, content = app.ask("GET", route + path.format(place=place))
    assert status in (400, 403, 404, 405), status
    assert SECRET.encode() not in content and b"root:" not in content and b"PATH=" not in content and b"import " not in content


@pytest.mark.parametrize(
    "route", ["static", "assets", "custom_component", "svelte", "theme.css", "gradio_api/stream", "gradio_api/deep_link"]
)
@pytest.mark.parametrize("path", ["/../../../../../../../../etc/passwd", "/..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd"])
def test_no_route_leads_out(app, route, path):
    status, _, content = app.ask("GET", f"/{route}{path}")
    assert status >= 400 or b"<!doctype html" in content[:200].lower()
    assert b"root:" not in content


def test_what_is_uploaded_is_no_page_of_this_app(app, place):
    content = b"<html><script>alert(1)</script></html>"
    for name in ("a.html", "a.svg", "a.xml", "a.htm", "a.js", "a.xhtml"):
        path = app.upload(name, content)
        _, headers, _ = app.ask("GET", f"/gradio_api/file={path}")
        assert headers["content-disposition"].startswith("attachment") and "html" not in headers["content-type"]


@pytest.mark.parametrize(
    "name", ["../../../evil.gif", "..\\\\evil.gif", "/etc/evil.gif", "a" * 300 + ".gif", "<img src=x>.gif", "a\x07b.gif"]
)
def test_names_of_uploads(app, place, name):
    """Wherever a name points, the file lies among the uploads, and is read as what it is."""
    path = app.upload(name, bombs.animation())
    assert path.startswith(str(uploads(place))) and ".." not in path.split("/") and len(path.rpartition("/")[2].encode()) <= 255
    assert list(place.rglob("evil*")) == [] or all(
        "gradio" in str(found) or found.suffix == ".html" for found in place.rglob("evil*")
    )


def test_nothing_that_was_not_uploaded_is_trained_on(app, place):
    """Neither a file of this machine nor an address that only this machine reaches."""
    asked = []

    class Inner(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

    inner = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Inner)
    threading.Thread(target=inner.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{inner.server_port}/secret.gif"
    others = ["x", "rgb", "quick", 3, "", "", "", "", {}]
    uploaded = {"path": app.upload("a.gif", bombs.animation()), "meta": {"_type": "gradio.FileData"}}
    kind, said = app.call("train", [uploaded, *others[:-1], {"no_such": 1}])
    assert kind == "error" and "no_such" in said, "with an upload, it comes to the last of them"
    for path in (
        "/etc/passwd",
        str(place / "secret.txt"),
        str(ROOT / "examples"),
        address,
        f"{uploads(place)}/../../../secret.txt",
    ):
        for given in (
            {"path": path},
            {"path": path, "url": path},
            {"url": path, "path": ""},
            {"path": path, "is_stream": True},
        ):
            kind, _ = app.call("train", [{**given, "meta": {"_type": "gradio.FileData"}}, *others])
            assert kind in ("error", "refused")
    inner.shutdown()
    inner.server_close()
    assert asked == [] and [path.name for path in (place / "runs").glob("[!.]*")] == ["somebodys"]


# Wrong values


def sound_arguments(app):
    """For each endpoint, arguments that are quickly done."""
    _, _, content = app.ask("GET", "/gradio_api/info")
    own = {"material": "plain_texture", "width": 16, "height": 16, "frames": 2, "repository": "nobody", "exemplar": None}
    own["numbers"] = {"features": "patch", "dim": 8, "dim_mults": [1], "state_size": 32, "exemplar_size": 32}
    return {
        name.strip("/"): [
            own.get(part["parameter_name"], part.get("parameter_default") if part.get("parameter_has_default") else "")
            for part in facts["parameters"]
        ]
        for name, facts in json.loads(content)["named_endpoints"].items()
    }


def ask_for_what_is_wrong(app, place, every, megabytes):
    """Replace each argument of each endpoint by every so many of the wrong values, and leave out or add some.

    The app may hold so much more than before: what is possible after all is compiled and kept.
    """
    arguments = sound_arguments(app)
    assert len(arguments) >= 10
    assert app.call("render", arguments["render"])[0] == "complete"
    cases, began = [], app.megabytes
    for name, usual in arguments.items():
        wrong = [[*usual[:at], value, *usual[at + 1 :]] for at in range(len(usual)) for value in WRONG[at % every :: every]]
        cases += [(name, given) for given in [*wrong, [], usual[:-1], [*usual, 1, 2, 3]] if usual]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        endings = list(pool.map(lambda case: (case, *app.call(*case)), cases))
    assert {kind for _, kind, _ in endings} <= {"complete", "error", "refused"}
    for case, kind, data in endings:
        if kind != "complete":
            told = data.replace(LONG, "").lower()  # Gradio repeats what is none of its choices
            assert len(told) < 1000 and not any(word in told for word in ("traceback", "/ode_app", str(place).lower())), (
                case,
                data,
            )
    assert len({data for _, kind, data in endings if kind == "error"}) > 20
    assert app.megabytes - began < megabytes
    assert [path.name for path in (place / "runs").glob("[!.]*")] == ["somebodys"]


def test_every_argument_with_wrong_values(app, place):
    ask_for_what_is_wrong(app, place, 5, 500)


@pytest.mark.nightly
def test_every_argument_with_every_wrong_value(app, place):
    ask_for_what_is_wrong(app, place, 1, 1500)


def test_huge_requests_are_refused_before_they_are_solved(app):
    usual = sound_arguments(app)["render"]
    for width, height in ((65_536, 65_536), (4096, 4_000_000), (10**9, 16), (1e15, 1e15), (-16, -16), (0, 0)):
        began = time.monotonic()
        kind, told = app.call("render", [*usual[:2], width, height, *usual[4:]])
        assert kind == "error" and any(word in told for word in ("possible", "pixels", "GB")), told
        assert time.monotonic() - began < 5


def test_what_the_page_asks_the_server_for_by_itself(app):
    """Functions of components: only those that are meant to be called, with anything."""
    _, _, content = app.ask("GET", "/config")
    parts = [part["id"] for part in json.loads(content)["components"]]
    answers = []
    for number in [*parts, -1, 10**9]:
        for function in ("picture", "exemplar", "__init__", "postprocess", "get_config", "launch", "__class__"):
            given = ["x", 1, 2, 3] if function == "picture" else "../x"
            status, _, content = app.post("/gradio_api/component_server", {
                "data": given, "component_id": number, "fn_name": function, "session_hash": "a"})  # fmt: skip
            if status == 200:
                answers.append((function, json.loads(content)))
            else:
                assert status in (404, 422, 500)
    assert {name for name, _ in answers} == {"picture", "exemplar"} and all(set(answer) == {"error"} for _, answer in answers)
    viewer = next(number for number in parts if app.post("/gradio_api/component_server", {
        "data": "x", "component_id": number, "fn_name": "exemplar", "session_hash": "a"})[0] == 200)  # fmt: skip
    for function in ("picture", "exemplar"):
        for given in [
            *WRONG,
            [[]],
            [WRONG],
            [10**400] * 8,
            ["plain_texture", *[10**400] * 7],
            ["plain_texture", 0, 16, 16, {}],
        ]:
            status, _, content = app.post("/gradio_api/component_server", {
                "data": given, "component_id": viewer, "fn_name": function, "session_hash": "a"})  # fmt: skip
            assert status == 200 and set(json.loads(content)) == {"error"} and len(content) < 1000, (
                function,
                given,
                content[:300],
            )


# Wrong requests


NO_REQUESTS = [
    b"", b"{", b"null", b"[]", b"\xff\xfe", b"[" * 50_000, b'{"data": "x"}', b'{"data": [1]}', b'{"data": null}',
    b'{"data": [], "fn_index": -1}', b'{"data": [], "fn_index": 1000000}', b'{"data": [], "fn_index": "x"}',
    b'{"data": [], "fn_index": 99999, "session_hash": "' + b"a" * 500_000 + b'"}',
    b'{"data": [], "fn_index": 99999, "session_hash": {}}',
    b'{"data": ' + b"[" * 5000 + b"]" * 5000 + b', "fn_index": 99999, "session_hash": "a"}',
    b'{"data": [], "fn_index": 99999, "session_hash": "../../x", "event_data": [1, 2], "trigger_id": -5}',
]  # fmt: skip
LATER = ("queue/join", "call/render", "cancel", "reset")
"""Routes that may answer that they have taken it on."""


@pytest.mark.parametrize("route", [*LATER, "run/predict", "api/render", "component_server", "upload"])
def test_requests_that_are_none(app, route):
    for content in NO_REQUESTS:
        status, _, answer = app.post(f"/gradio_api/{route}", content)
        assert (status >= 400 or route in LATER) and len(answer) < 600_000
        assert b"Traceback" not in answer and str(ROOT).encode() not in answer


def test_what_the_page_does_is_no_endpoint(app):
    """What it calls by itself is not described, and asked for by its name it fails without a word on why."""
    described = set(json.loads(app.ask("GET", "/gradio_api/info")[2])["named_endpoints"])
    assert not described & {"/pick", "/open_tab", "/show", "/listener", "/publish"}
    for name in ("solve", "publish", "show", "pick", "open_tab", "launch", "../materials", "vibe-edit", "vibe-code"):
        kind, told = app.call(name, [])
        assert kind in ("refused", "error") and len(told) < 100, told


# Many at once


def test_many_sessions(app):
    """Sixty at a time, half of which do not wait for their answers, and one that comes after them."""
    usual = sound_arguments(app)["render"]
    app.call("render", usual)
    held = app.megabytes

    def ask(number):
        if number % 2:
            with pytest.raises(TimeoutError):
                event = json.loads(app.post("/gradio_api/call/render", {"data": usual})[2])["event_id"]
                app.ask("GET", f"/gradio_api/call/render/{event}", seconds=1e-4)
            return "left"
        return app.call("render", [usual[0], number, *usual[2:]])[0]

    with concurrent.futures.ThreadPoolExecutor(60) as pool:
        endings = list(pool.map(ask, range(60)))
    assert endings.count("complete") == 30 and endings.count("left") == 30
    began = time.monotonic()
    assert app.call("render", usual)[0] == "complete"
    assert time.monotonic() - began < 10 and app.megabytes - held < 300


# Without training


def test_where_nothing_is_trained_nothing_can_be_asked_to_train(place, tmp_path):
    settings = {"ODE_APPEARANCE_TRAINING": "off", "ODE_APPEARANCE_HUB": "off"}
    with running(tmp_path, ODE_APPEARANCE_CHECKPOINTS=str(place / "checkpoints"), **settings) as app:
        exemplar = {"path": app.upload("a.gif", bombs.animation()), "meta": {"_type": "gradio.FileData"}}
        for name in ("train", "training", "trained", "delete_training", "search_hub", "fetch"):
            assert app.call(name, [exemplar, "x", "rgb", "quick", 3, "", "", ""])[0] == "refused"
        config = json.loads(app.ask("GET", "/config")[2])
        named = {str(dependency["api_name"]) for dependency in config["dependencies"]}
        assert "render" in named and not named & {"train", "training", "trained", "delete_training", "search_hub", "fetch"}
        page = json.dumps(config).lower()
        assert "start training" not in page and "access token" not in page and "publish on" not in page
        assert not (tmp_path / "runs").exists()
