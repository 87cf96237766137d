"""The app in a frame of another site, where a browser refuses storage and the clipboard: as a Space is shown on the Hub."""

import contextlib
import http.server
import threading
import urllib.parse

import pytest

KEEP_REAL = "try { window.localStorage; window.refused = false; } catch { window.refused = true; }"


@contextlib.contextmanager
def another_site(framed):
    """The address of a page of another site, localhost and not 127.0.0.1, that shows an address in a frame."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<!doctype html><iframe src="{framed}" width="1200" height="900"></iframe>'.encode())

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def frame(app, browser):
    """The app's frame in a tab of a private window, which blocks the storage of other sites."""
    with another_site(app) as address:
        page = browser.new_page(viewport={"width": 1240, "height": 940})
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.add_init_script(KEEP_REAL)
        page.goto(address)
        yield next(frame for frame in page.frames if frame.url.startswith(app))
        page.close()
        assert errors == []


def test_a_frame_without_storage_opens_and_a_link_that_cannot_be_copied_is_shown(frame, app):
    frame.wait_for_function("document.querySelector('.ode-viewer')?.odeViewer?.state.run >= 1", timeout=60_000)
    assert frame.evaluate("window.refused"), "this browser does not block the storage of a framed site"
    frame.get_by_role("button", name="Copy link").click()
    shown = frame.get_by_label("Link to this view")
    shown.wait_for(state="visible", timeout=10_000)
    link = shown.input_value()
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(link).fragment)
    assert link.startswith(app) and asked["material"] and asked["seed"] == ["0"]
    assert frame.evaluate("() => { const { selectionStart: start, selectionEnd: end } = document.activeElement;"
                          " return document.activeElement.value.slice(start, end); }") == link  # fmt: skip
    frame.evaluate("document.querySelector('.ode-viewer').odeViewer.setTime(1)")
    shown.wait_for(state="hidden")
