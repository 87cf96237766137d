"""Solving for the viewer: a job turns one request into keyframe files, a session has one job at a time."""

import concurrent.futures
import itertools
import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from ...errors import AppearanceError, RequestError
from ...keyframes.encoder import Encoder
from ...models.material import Material
from ...ode.cache import TrajectoryCache
from ...ode.solve import solve_stream
from ...runtime.memory_budget import enough_memory
from ..settings import most_seconds
from ..storage.keyframe_store import KeyframeFiles
from .eta import Speed
from .requests import SolveRequest
from .solve_progress import Progress
from .worker import Turns, Worker

log = logging.getLogger(__name__)

ENDINGS = {
    "step limit": "The solver reached its step limit before the end of the range: allow a larger tolerance or step.",
    "not finite": "The solve left the range of numbers: choose a smaller step, a finer tolerance or an earlier end.",
}
UNKNOWN = "The solve failed for a reason that this app does not know; the server's log has more."

_numbers = itertools.count(1)


class Job:
    """One solve on its way. What it found out so far can be read at any time; `changes` counts what happened."""

    def __init__(self, request: SolveRequest, material: Material, files: KeyframeFiles, speed: Speed):
        self.number = next(_numbers)
        self.request = request
        self.material = material
        self.keyframes: list[tuple[float, Path]] = []
        self.status = "waiting"
        self.message: str | None = None
        self.notice: str | None = None
        self.steps, self.seconds = 0, 0.0
        self.changes = 0
        self._files = files
        self._progress = Progress(material.config, request, speed)
        self._folder = files.folder()
        self._stop = threading.Event()
        self._future: concurrent.futures.Future | None = None

    @property
    def seconds_left(self) -> float | None:
        """About how long it will still take; None where that is not known."""
        return self._progress.seconds_left

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.status not in ("waiting", "solving")

    def notify(self, sentence: str) -> None:
        """Remember a sentence on what else was asked for meanwhile, and was not possible."""
        self._change(notice=sentence)

    def stop(self) -> None:
        """Ask it to end at its next chunk, or not to start: then it leaves the queue."""
        self._stop.set()
        if self._future is not None:
            self._future.cancel()

    def forget(self, *, later: bool = False) -> None:
        """Stop, and delete its files, at once or (`later`) when a page that lags behind has had time to fetch them."""
        self.stop()
        self._files.drop(self._folder, later=later)

    def queue(self, cache: TrajectoryCache, worker: Worker, client: str) -> None:
        """Have it solved when the client's turn comes; where too much is waiting, it ends with that sentence."""
        try:
            self._future = worker.submit(lambda: self.run(cache, worker), client=client)
        except RequestError as error:
            self._end("failed", str(error))
            return
        self._future.add_done_callback(self._settle)
        if self._stop.is_set():
            self._future.cancel()

    def _settle(self, future):
        """However its work ended, it does not stay as if it were under way."""
        if not self.finished:
            self._end("stopped") if future.cancelled() else self._end("failed", UNKNOWN)

    def run(self, cache: TrajectoryCache, worker: Worker) -> Turns:
        """Solve in turns; never raises, but ends with a status and a message."""
        try:
            with enough_memory(self.request.size):  # for its keyframes, too
                yield from self._solve(cache, lambda: self._stop.is_set() or worker.closing)
        except AppearanceError as error:
            self._end("failed", str(error))
        except FileNotFoundError:
            self._end("stopped")  # its files were dropped: nobody looks at them any more
        except Exception:
            log.exception("A solve failed")
            self._end("failed", UNKNOWN)

    def _solve(self, cache, stop):
        request = self.request
        if stop():
            self._end("stopped")
            return
        self._change(status="solving")
        chunks = solve_stream(
            self.material, seed=request.seed, size=request.size, times=request.times, solver=request.solver,
            stop=stop, cache=cache,
        )  # fmt: skip
        most = most_seconds()
        encoder = Encoder(self.material.config, request.quality)
        for chunk in chunks:
            self._progress.note(chunk)
            self.steps, self.seconds = chunk.stats["steps"], chunk.stats["seconds"]
            for time, state in zip(chunk.times, chunk.states, strict=True):
                path = self._files.write(self._folder, f"{len(self.keyframes)}.bin", encoder.encode(state))
                self.keyframes.append((float(time), path))
                self._change()
                if stop() and len(self.keyframes) < len(request.times):
                    self._end("stopped")
                    return
                yield
            if most is not None and self.seconds > most and chunk.status == "running":
                self._end("stopped", f"A solve may take {most} s here: ask for a smaller size or a shorter range.")
                return
            if chunk.status != "running":
                self._end(chunk.status if chunk.status in ("complete", "stopped") else "failed", ENDINGS.get(chunk.status))

    def _end(self, status, message=None):
        self._change(status=status, message=message)

    def _change(self, **values):
        for name, value in values.items():
            setattr(self, name, value)
        self.changes += 1


MOST_SESSIONS = 300
"""Tabs of which something is kept: not every one says that it is closed."""


class Sessions:
    """The jobs of all open browser tabs. A new job ends the one before; its files stay until the one after.

    Of more than MOST_SESSIONS tabs the one that asked longest ago is taken to be closed.
    """

    def __init__(self, worker: Worker, files: KeyframeFiles, cache: TrajectoryCache):
        self.speed = Speed()
        self._worker, self._files, self._cache = worker, files, cache
        self._jobs: dict[str, Sequence[Job]] = {}  # who asked last is last
        self._lock = threading.Lock()

    def begin(self, session: str, request: SolveRequest, material: Material) -> Job:
        """Queue a solve for a session."""
        job = Job(request, material, self._files, self.speed)
        with self._lock:
            *old, latest = self._jobs.pop(session, (None,))
            self._jobs[session] = [known for known in (latest, job) if known]
            crowded_out = next(iter(self._jobs)) if len(self._jobs) > MOST_SESSIONS else None
        if crowded_out is not None:
            self.end(crowded_out)
        for known in old:
            known.forget(later=True)
        if latest:
            latest.stop()
        job.queue(self._cache, self._worker, session)
        return job

    def latest(self, session: str) -> Job | None:
        """The session's present job."""
        jobs = self._jobs.get(session)
        return jobs[-1] if jobs else None

    def stop(self, session: str) -> None:
        """Stop the session's present job; what it solved stays."""
        job = self.latest(session)
        if job:
            job.stop()

    def end(self, session: str) -> None:
        """The tab was closed."""
        with self._lock:
            jobs = self._jobs.pop(session, ())
        for job in jobs:
            job.forget()
