"""The harness itself: what it says of a program must not depend on how busy the machine is."""

import os
import signal
import sys

import pytest

from harness.process import Process
from harness.waiting import wait_until

LIVES_ON = "import signal, sys; print('here', file=sys.stderr, flush=True); signal.pause()"


class GoneAtOnce(Process):
    """The child's end is known before whoever sent the signal goes on, as on a machine where that one has to wait."""

    def send(self, number):
        super().send(number)
        self.child.wait(60)


@pytest.fixture
def child():
    made = GoneAtOnce([sys.executable, "-c", LIVES_ON])
    wait_until(lambda: "here" in made.log(), 20, "its first line")
    yield made
    made.kill()


@pytest.mark.parametrize("end", [Process.kill, Process.stop])
def test_a_child_ended_on_purpose_has_not_died(child, end):
    end(child)
    assert child.child.returncode < 0 and child.ended_on_purpose


def test_a_child_that_dies_of_itself_has_died_whoever_stops_it_afterwards(child):
    child.send(signal.SIGSEGV)
    child.kill()
    assert child.child.returncode == -signal.SIGSEGV and not child.ended_on_purpose


def test_what_was_said_can_be_read_when_it_was_said(tmp_path):
    """No thread has to come by first."""
    told = str(tmp_path / "told")
    text = f"import sys, os; os.write(2, b'one\\ntwo\\nthr'); os.mkfifo({told!r}); open({told!r}).read(); os.write(2, b'ee\\n')"
    child = Process([sys.executable, "-c", text])
    wait_until(lambda: os.path.exists(told), 20, "it has spoken")
    assert child.lines == ["one", "two", "thr"]
    with open(told, "w", encoding="ascii"):
        pass
    assert child.wait(20) == 0 and child.lines == ["one", "two", "three"]
