"""Tests wait for what they expect, never for a time."""

import time

# Deadlines are written as a quiet machine needs them. A busy one gets so many times as long before a test fails; what a
# test says about time it says in an assert of its own.
SLACK = 4


def wait_until(condition, timeout, what=""):
    """The first true value of condition(); fails after `timeout` seconds (of a quiet machine)."""
    timeout *= SLACK
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout} s: {what or getattr(condition, '__doc__', None) or 'condition'}")
        time.sleep(0.02)
