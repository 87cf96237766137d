"""A crowd of visitors: programs and browser tabs that ask for pictures, pick materials, change their minds and leave."""

import json
import random
import threading
import time
import urllib.request
from concurrent.futures import CancelledError

import gradio_client
import numpy as np
from PIL import Image

MATERIALS = ("clay_solidifying", "lichen_spreading", "rusting_steel")
SIZES = ((32, 32), (48, 32), (64, 64))
FIELDS = ("seed", "width", "height", "start", "end", "count", "method", "stepping", "tolerance", "step", "quality")
LEAVES = 0.3


class Visitor(threading.Thread):
    """One of them, until a time: every picture that it was given is in `seen`, how long it waited for each in `waits`."""

    def __init__(self, address: str, number: int, until: float):
        super().__init__(daemon=True)
        self.address, self.until, self.chance = address, until, random.Random(number)
        self.seen: list[tuple[tuple, np.ndarray]] = []
        self.waits: list[float] = []
        self.done = {"rendered": 0, "cancelled": 0, "tabs": 0, "keyframes": 0, "lost": 0}
        self.error: Exception | None = None

    def run(self):
        try:
            self.client = gradio_client.Client(self.address, verbose=False)
            self.config = self.client.config
            while time.monotonic() < self.until:
                try:
                    self.chance.choice((self.render, self.render, self.change_mind, self.look))()
                except CancelledError:  # gradio_client's stream ended with the call that was cancelled before
                    self.done["lost"] += 1
        except Exception as error:
            self.error = error

    def asked(self):
        material, (width, height) = self.chance.choice(MATERIALS), self.chance.choice(SIZES)
        return material, self.chance.randrange(4), width, height, round(self.chance.uniform(-0.5, 6), 1)

    def render(self):
        asked, began = self.asked(), time.monotonic()
        path = self.client.predict(*asked, api_name="/render")
        self.waits.append(time.monotonic() - began)
        with Image.open(path) as picture:
            self.seen.append((asked, np.asarray(picture.convert("RGB"))))
        self.done["rendered"] += 1

    def change_mind(self):
        job = self.client.submit(*self.asked(), api_name="/render")
        time.sleep(self.chance.uniform(0, 1))
        job.cancel()
        self.done["cancelled"] += 1

    def look(self):
        """Open a tab, pick a material at another size and seed, and leave early or late."""
        session = f"tab{self.chance.randrange(10**12)}"
        material, seed, width, height, _ = self.asked()
        fields = dict(zip(FIELDS, [seed, width, height, -1, 5, 16, "bosh3", "adaptive", 0.01, 0.1, "full"], strict=True))
        body = {
            "fn_index": self._listener("pick", len(FIELDS)),
            "data": list(fields.values()),
            "event_data": {"name": material},
            "session_hash": session,
        }
        request = urllib.request.Request(
            f"{self.address}gradio_api/queue/join", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=60).read()
        leave = time.monotonic() + (self.chance.uniform(0, 2) if self.chance.random() < LEAVES else 60)
        with urllib.request.urlopen(f"{self.address}gradio_api/queue/data?session_hash={session}", timeout=120) as stream:
            for line in stream:
                told = line.decode()
                self.done["keyframes"] += told.count(".bin")
                assert "process_completed" not in told or '"success":true' in told.replace(" ", ""), told[:300]
                if "process_completed" in told or time.monotonic() > leave:
                    break
        self.done["tabs"] += 1

    def _listener(self, event, inputs):
        for dependency in self.config["dependencies"]:
            if any(target[1] == event for target in dependency["targets"]) and len(dependency["inputs"]) == inputs:
                return dependency["id"]
        raise AssertionError(f"no listener of {event}")
