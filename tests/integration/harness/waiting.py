"""Tests wait for what they expect, never for a time."""

import time


def wait_until(condition, timeout, what=""):
    """The first true value of condition(); fails after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout} s: {what or getattr(condition, '__doc__', None) or 'condition'}")
        time.sleep(0.02)
