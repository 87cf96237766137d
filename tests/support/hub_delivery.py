"""How the stand-in of the Hub sends files: whole and at once, or as networks do."""

import dataclasses
import hashlib
import re
import threading

LARGE = (".eqx", ".zip")
"""Endings of the files that the Hub stores outside of git, and sends from another host."""


@dataclasses.dataclass
class Delivery:
    """Switches, all off at first."""

    redirects: bool = False
    """Large files come from another host."""
    ranges: bool = True
    """A download may go on from a byte; without, it is sent whole again."""
    breaks: list[int] = dataclasses.field(default_factory=list)
    """After how many bytes the connection is lost, one for each of the next bodies that have more."""
    unsized: bool = False
    """Bodies come without their length, so that one that breaks off looks whole."""
    part: int = 0
    """Bytes that are sent at once; 0 for all."""
    pause: float = 0.0
    """Seconds after each part."""
    silent: str = ""
    """A pattern of requests that are never answered, as `GET /api/.*`."""
    busy: str = ""
    """A pattern of requests that are to be made again in an hour."""
    given_up: threading.Event = dataclasses.field(default_factory=threading.Event)

    def keeps_silent(self, request: str) -> bool:
        """Whether this request is not answered; it returns when nobody waits any more."""
        return bool(self.silent and re.fullmatch(self.silent, request) and self.given_up.wait(60))

    def is_busy(self, request: str) -> bool:
        """Whether this request has to wait."""
        return bool(self.busy and re.fullmatch(self.busy, request))


def deliver(handler, content: bytes, headers: dict) -> None:
    """Answer with a file, or with that part of it that is asked for, by the switches of the handler's stand-in."""
    delivery, status, total = handler.hub.delivery, 200, len(content)
    wanted = handler.headers.get("range")
    if wanted and delivery.ranges:
        start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1])
        status, content = 206, content[start:]
        headers = {**headers, "Content_Range": f"bytes {start}-{total - 1}/{total}"}
    if handler.command == "HEAD":
        return handler.send(content, status, **headers)
    end = len(content)
    if delivery.breaks and delivery.breaks[0] < end:
        end = delivery.breaks.pop(0)
        handler.close_connection = True
    if delivery.unsized:
        handler.close_connection = True
    else:
        headers = {**headers, "Content_Length": len(content)}
    handler.begin(status, headers)
    part = delivery.part or total
    for place in range(0, end, part):
        handler.wfile.write(content[place : min(end, place + part)])
        if delivery.pause and delivery.given_up.wait(delivery.pause):
            break
    return None


def redirect(handler, content: bytes, commit: str) -> None:
    """Send to another host, as the Hub does for large files. What it knows of a file it says here; the other host does not."""
    oid = hashlib.sha256(content).hexdigest()
    handler.hub.stored[oid] = content
    elsewhere = f"http://localhost:{handler.server.server_port}/cdn/{oid}?signature=of-the-stand-in"
    about = {"X_Repo_Commit": commit, "X_Linked_Etag": f'"{oid}"', "X_Linked_Size": len(content)}
    handler.send(b"Found", 302, Location=elsewhere, **about)
