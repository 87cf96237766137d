"""The app in a process of its own, with a log, and requests to it that no client would make."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


class App:
    """A running app: its `address`, its `process` and its `log`."""

    def __init__(self, process: subprocess.Popen, port: int, log: Path):
        self.process, self.address, self._port, self._log = process, f"http://127.0.0.1:{port}/", port, log

    @property
    def log(self) -> str:
        """All that it has printed."""
        return self._log.read_text(errors="replace")

    def ask(
        self, method: str, path: str, body: bytes | None = None, seconds=60, **headers
    ) -> tuple[int, dict[str, str], bytes]:
        """(status, headers in lower case, content); the path goes as it is."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=seconds)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def post(self, path: str, content) -> tuple[int, dict[str, str], bytes]:
        """Post JSON, or bytes that may be none."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.ask("POST", path, body, Content_Type="application/json")

    def call(self, name: str, arguments: list) -> tuple[str, str]:
        """Call an endpoint: ("complete" or "error", its data as they came), or ("refused", ...) where it is not begun."""
        status, _, content = self.post(f"/gradio_api/call/{name}", {"data": arguments})
        if status != 200:
            return "refused", content.decode(errors="replace")
        event = json.loads(content)["event_id"]
        _, _, stream = self.ask("GET", f"/gradio_api/call/{name}/{event}")
        last = stream.decode().strip().rpartition("event: ")[2]
        kind, _, data = last.partition("\ndata: ")
        return kind.strip(), data

    def upload(self, name: str, content: bytes) -> str:
        """Upload a file as a form does; the path that it has there."""
        edge = "8b1f6ae1"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: image/gif\r\n\r\n'
        body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
        status, _, answer = self.ask("POST", "/gradio_api/upload", body, Content_Type=f"multipart/form-data; boundary={edge}")
        assert status == 200, answer
        return json.loads(answer)[0]

    @property
    def megabytes(self) -> int:
        """That it holds."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) >> 10 for line in lines if line.startswith("VmRSS:"))


@contextlib.contextmanager
def running(folder: Path, **settings: str) -> Iterator[App]:
    """The app with these environment variables, its temporary files, trainings and log in a folder."""
    temporary = folder / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"ODE_APPEARANCE_RUNS": str(folder / "runs"), "HF_ENDPOINT": "http://127.0.0.1:9", **settings}
    environment = {**os.environ, "GRADIO_SERVER_PORT": str(port), "TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1", **settings}
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=log, stderr=log)
    app = App(process, port, folder / "log.txt")
    try:
        for _ in range(600):
            try:
                app.ask("GET", "/config")
                break
            except OSError:
                assert process.poll() is None, app.log
                time.sleep(0.2)
        yield app
    finally:
        process.terminate()
        process.wait(60)


def component(config: dict, kind: str, label: str) -> int:
    """The number of the component of a kind and a label in a page's config."""
    return next(part["id"] for part in config["components"] if part["type"] == kind and part["props"].get("label") == label)
