"""Tests that measure how fast something is have the machine to themselves."""

import threading
import time

import pytest
from taking_turns import taking_turns


@pytest.mark.quiet
def test_a_quiet_one_waits_for_those_that_run_and_others_wait_for_it(tmp_path):
    happened, may_end = [], {name: threading.Event() for name in ("first", "second", "quiet")}

    def one(name, quiet=False):
        with taking_turns(tmp_path, quiet):
            happened.append(name)
            if name in may_end:
                assert may_end[name].wait(30)
                happened.append(f"{name} ends")

    def begin(name, **options):
        thread = threading.Thread(target=one, args=(name,), kwargs=options)
        thread.start()
        time.sleep(0.2)
        return thread

    threads = [begin("first"), begin("second")]
    assert happened == ["first", "second"]
    threads += [begin("quiet", quiet=True), begin("late"), begin("as quiet", quiet=True)]
    may_end["first"].set()
    time.sleep(0.2)
    assert happened == ["first", "second", "first ends"]
    may_end["second"].set()
    time.sleep(0.2)
    assert happened[3:] == ["second ends", "quiet"]
    may_end["quiet"].set()
    for thread in threads:
        thread.join(30)
    assert happened[5] == "quiet ends" and sorted(happened[6:]) == ["as quiet", "late"]
