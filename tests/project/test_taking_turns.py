"""Tests that measure how fast something is run while no other does."""

import threading
import time

from taking_turns import taking_turns


def test_a_quiet_one_waits_for_those_that_run_and_others_wait_for_it(tmp_path):
    happened, may_end = [], {name: threading.Event() for name in ("first", "second", "quiet")}

    def one(name, quiet):
        with taking_turns(tmp_path, quiet):
            happened.append(name)
            if name in may_end:
                may_end[name].wait(60)
                happened.append(f"{name} ends")

    def begin(name, quiet=False):
        threading.Thread(target=one, args=(name, quiet), daemon=True).start()

    def until(many):
        end = time.monotonic() + 30
        while len(happened) < many and time.monotonic() < end:
            time.sleep(0.01)

    def see(*expected):
        """Wait until these have happened, in this order, and then for as long as something else is likely to."""
        until(len(expected))
        time.sleep(0.2)
        assert tuple(happened) == expected

    begin("first")
    see("first")
    begin("second")
    see("first", "second")
    begin("quiet", quiet=True)
    see("first", "second")
    begin("late")
    begin("as quiet", quiet=True)
    may_end["first"].set()
    see("first", "second", "first ends")
    may_end["second"].set()
    see("first", "second", "first ends", "second ends", "quiet")
    before = len(happened)
    may_end["quiet"].set()
    until(before + 3)
    assert happened[before] == "quiet ends" and sorted(happened[before + 1 :]) == ["as quiet", "late"]
