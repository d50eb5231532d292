"""
What an alert costs does not creep up: instructions of the real runbookd under callgrind, beside those that were written
down (tests/bench/cost.json). Where a change is worth what it costs, or has made it cheaper:

    make build && RUNBOOKD_BIN_DIR=build/release/bin /usr/bin/python3 tests/bench/bench_cost.py --write
"""

import json
import os
import shutil
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "bench"))

import bench_cost  # noqa: E402
from harness import BIN  # noqa: E402

SLACK = 1.10
COUNTED_AGAIN = 2  # timers that run out while valgrind waits for a busy machine are counted, too: the fewest count


def dearer_than(reference, now):
    return {what: (was, now[what]) for what, was in reference.items() if now[what] > was * SLACK}


def test_an_alert_costs_no_more_than_it_did():
    if "asan" in BIN or not shutil.which("valgrind"):
        pytest.skip("counted with the release build under valgrind")
    with open(bench_cost.REFERENCE, encoding="utf-8") as f:
        reference = json.load(f)
    if reference["made_of"] != bench_cost.made_of():
        pytest.skip("the counts are of another compiler or other libraries")
    now = bench_cost.checked_counts()
    assert set(now) == set(reference["instructions"])
    for _ in range(COUNTED_AGAIN):
        if dearer_than(reference["instructions"], now):
            again = bench_cost.checked_counts()
            now = {what: min(count, again[what]) for what, count in now.items()}
    dearer = dearer_than(reference["instructions"], now)
    assert not dearer, f"instructions per alert, before and now: {dearer}"
