"""The process that decodes a video: a damaged or hostile file can crash, stall or exhaust only that process."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from ...errors import ExemplarError
from ...runtime.printable import printable
from ..exemplar_limits import MAX_VIDEO_BYTES

WORKER = Path(__file__).with_name("video_worker.py")
_MAX_LINE = 4 << 20
_REFUSALS = {
    "no PyAV": 'Videos need PyAV; it comes with: pip install "ode-appearance[train]".',
    "no video": "{} holds no video.",
    "cover only": "{} holds no video but a cover picture.",
    "too large": "{} has too many pixels a frame after its aspect ratio is applied: make it smaller first.",
    "unknown codec": "{} has an unknown video codec; convert it to an MP4 (H.264) first.",
}


def ask_worker(request: dict, seconds: float, name: str) -> Iterator[tuple[dict, bytes]]:
    """Start the worker with a request; yields its messages, each with the bytes that follow it.

    The process ends with the iterator. Its memory is limited to MAX_VIDEO_BYTES where the system supports it (Linux).

    Args:
        request: The request (see video_worker.py).
        seconds: Time limit.
        name: Name of the file, for messages.

    Raises:
        ExemplarError: Where the worker refuses, fails or exceeds the time limit.
    """
    # The worker has to find PyAV as this process does; sys.path may hold more than PYTHONPATH.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "MALLOC_ARENA_MAX": "2"}
    try:
        process = subprocess.Popen(
            # -P: modules of this folder must not shadow the standard library.
            [sys.executable, "-P", str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise ExemplarError(
            f"{name} cannot be read: the decoder process does not start ({printable(str(error))}).", code="no-process"
        ) from error
    assert process.stdin is not None and process.stdout is not None
    late = threading.Event()
    timer = threading.Timer(seconds, lambda: (late.set(), process.kill()))
    timer.daemon = True
    timer.start()
    ended = False
    try:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps({**request, "memory": MAX_VIDEO_BYTES}).encode())
            process.stdin.close()
        while line := process.stdout.readline(_MAX_LINE):
            message = _message(line)
            content = process.stdout.read(message.get("bytes", 0))
            if "error" in message or len(content) != message.get("bytes", 0):
                raise _refusal(message.get("error"), name, late.is_set(), seconds)
            ended = "damaged" in message
            yield message, content
        if not ended:
            raise _refusal(None, name, late.is_set(), seconds)
    finally:
        timer.cancel()
        process.kill()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        process.stdout.close()
        process.wait()


def _message(line):
    try:
        return json.loads(line)
    except ValueError:
        return {"error": "unreadable"}


def _refusal(error, name, late, seconds):
    """The ExemplarError for the worker's error; its code is the error in lower case with dashes, "damaged" or "timeout"."""
    if late:
        return ExemplarError(
            f"{name} takes more than {seconds:,.0f} s to read: make it smaller or shorter, or an MP4 (H.264), first.",
            code="timeout",
        )
    if error not in _REFUSALS:
        return ExemplarError(f"{name} is damaged or no supported video; convert it to an MP4 (H.264) first.", code="damaged")
    return ExemplarError(_REFUSALS[error].format(name), code=error.lower().replace(" ", "-"))
