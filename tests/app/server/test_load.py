"""Many visitors at once: nobody is given a wrong picture, and nothing grows. `CROWD_SECONDS=1800` lets it run for longer."""

import os
import time
from pathlib import Path

import numpy as np
import pytest
from crowd import Visitor
from running_app import started

import ode_appearance as oa

VISITORS, CACHE_BYTES = 30, 64 << 20
SECONDS = float(os.environ.get("CROWD_SECONDS", "300"))


def size_of(pid):
    """{"bytes", "files", "threads", "seconds" of processor time} of a process."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    ticks = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return {
        "bytes": 1024 * int(status["VmRSS"].split()[0]),
        "files": len(list(Path(f"/proc/{pid}/fd").iterdir())),
        "threads": int(status["Threads"]),
        "seconds": (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK"),
    }


def expected_pictures(asked):
    """What the library shows for each of `asked`, (material, seed, width, height, time)."""
    pictures = {}
    for name, seed, width, height in {request[:4] for request in asked}:
        material = oa.load(name)
        times = sorted({request[4] for request in asked if request[:4] == (name, seed, width, height)})
        trajectory = oa.solve(material, seed=seed, size=(width, height), times=times)
        for time_ in times:
            shown = np.asarray(oa.render(material, trajectory, time=time_, light=oa.Light(log_intensity=0.0)))
            pictures[name, seed, width, height, time_] = np.rint(shown * 255).transpose(1, 2, 0)
    return pictures


@pytest.mark.nightly
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_thirty_visitors(checkpoints, tmp_path):
    settings = {"ODE_APPEARANCE_CHECKPOINTS": str(checkpoints), "ODE_APPEARANCE_RUNS": str(tmp_path / "runs")}
    with started(**settings, ODE_APPEARANCE_CACHE_BYTES=str(CACHE_BYTES)) as (address, process):
        began = time.monotonic()
        visitors = [Visitor(address, number, began + SECONDS) for number in range(VISITORS)]
        for visitor in visitors:
            visitor.start()
        sizes = []
        while any(visitor.is_alive() for visitor in visitors):
            time.sleep(SECONDS / 60)
            sizes.append(size_of(process.pid))
            assert process.poll() is None, "the app ended"
            assert time.monotonic() - began < SECONDS + 300, "somebody waits for ever"
        time.sleep(20)  # whoever has gone leaves nothing behind
        before = size_of(process.pid)
        time.sleep(10)
        after = size_of(process.pid)

    waits = sorted(wait for visitor in visitors for wait in visitor.waits)
    done = {name: sum(visitor.done[name] for visitor in visitors) for name in visitors[0].done}
    p50, p95 = (waits[int(share * (len(waits) - 1))] for share in (0.5, 0.95))
    print(f"{VISITORS} visitors, {SECONDS:.0f} s: {done}, a picture after {p50:.1f} s (p50), {p95:.1f} s (p95)")
    middle = sizes[len(sizes) // 2]
    print("in the middle", middle, "at the end", sizes[-1], "alone again", after)
    assert [visitor.error for visitor in visitors if visitor.error] == [] and done["lost"] <= 1 + done["rendered"] // 500
    seen = [pair for visitor in visitors for pair in visitor.seen]
    pictures = expected_pictures([asked for asked, _ in seen])
    for asked, picture in seen:
        assert np.abs(picture - pictures[asked]).max() <= 1, asked
    each = [len(visitor.waits) for visitor in visitors]
    assert min(each) > 0 and p95 < 8 * p50, (each, p50, p95)
    # An app that does nothing takes about 1 s of these 10 (Gradio's event loop), and up to 3 where others keep both cores busy.
    # One solve that goes on takes more than 10, the solver's own threads alone.
    assert after["seconds"] - before["seconds"] < 5, "abandoned solves go on"
    assert max(size["bytes"] for size in sizes) < middle["bytes"] + 2 * CACHE_BYTES
    assert after["files"] <= middle["files"] + 10 and after["threads"] <= middle["threads"] + 10
