"""The process that decodes a video: a damaged or hostile file can end, stall or exhaust that one only."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from ...errors import ExemplarError
from ..exemplar_limits import MAX_VIDEO_BYTES
from ..quoting import shown

WORKER = Path(__file__).with_name("video_worker.py")
_MAX_LINE = 4 << 20
_REFUSALS = {
    "no PyAV": 'PyAV is not installed; it comes with: pip install "ode-appearance[train]".',
    "no video": "{} holds no video.",
    "cover only": "{} holds no video but a cover picture.",
    "too large": "{} has too many pixels a frame, once they are as wide and high as it says: make it smaller first.",
    "unknown codec": "{} has a video codec that is not known; convert it to an MP4 (H.264) first.",
}


def ask_worker(request: dict, seconds: float, name: str) -> Iterator[tuple[dict, bytes]]:
    """Start the worker with a request; its messages, each with the bytes that follow it.

    It is ended after so many seconds, and where the iterator is closed. Its memory is limited to MAX_VIDEO_BYTES where the
    system does that (Linux). Raises ExemplarError, which calls the file by its `name`, where it refuses, fails or is ended.
    """
    # It finds PyAV where this process would: PYTHONPATH may not be all that sys.path has.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "MALLOC_ARENA_MAX": "2"}
    try:
        process = subprocess.Popen(
            # -P: modules of this folder are not taken for those of the standard library.
            [sys.executable, "-P", str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise ExemplarError(f"{name} is not read: no process can be started for it ({shown(str(error))}).") from error
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
                raise ExemplarError(_sentence(message.get("error"), name, late.is_set(), seconds))
            ended = "damaged" in message
            yield message, content
        if not ended:
            raise ExemplarError(_sentence(None, name, late.is_set(), seconds))
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


def _sentence(error, name, late, seconds):
    if late:
        return f"{name} takes more than {seconds:,.0f} s to be read: make it smaller or shorter, or an MP4 (H.264), first."
    return _REFUSALS.get(error, "{} is damaged, or no video that can be read; convert it to an MP4 (H.264) first.").format(name)
