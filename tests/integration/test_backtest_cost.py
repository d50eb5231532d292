"""What a backtest costs does not creep up, in instructions: those do not depend on how busy the machine is."""

import glob
import os
import re
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "bench"))

import bench_backtest  # noqa: E402
from harness import BIN  # noqa: E402

ALERTS = 3000
MOST_OF_AN_ALERT = {"journal": 93_000, "bodies": 95_000}  # measured: 84,000 and 86,000 for so many alerts, a start included
MOST_OF_A_SWEEP = 2.5   # times one replay, of the thread that has most to do
MOST_OF_ALL_OF_IT = 3.6  # likewise, of all threads together; measured: 3.23


def instructions(command, folder):
    """Of each thread, the dearest first."""
    os.makedirs(folder)
    subprocess.run(["valgrind", "--tool=callgrind", "--separate-threads=yes", f"--callgrind-out-file={folder}/cost", *command],
                   check=True, capture_output=True)
    found = []
    for path in glob.glob(f"{folder}/*"):
        with open(path, encoding="utf-8", errors="replace") as f:
            found += [int(n) for n in re.findall(r"^(?:summary|totals): (\d+)$", f.read(), re.MULTILINE)][-1:]
    return sorted(found, reverse=True)


@pytest.fixture(autouse=True)
def counted():
    if "asan" in BIN or not shutil.which("valgrind"):
        pytest.skip("counted with the release build under valgrind")


@pytest.mark.parametrize("form", sorted(bench_backtest.FORMS))
def test_an_alert_of_a_history_costs_little(form, tmp_path):
    path = bench_backtest.make_history(form, ALERTS, str(tmp_path / "history.jsonl"))
    alone = instructions(bench_backtest.command_of(bench_backtest.make_house(str(tmp_path)), path), str(tmp_path / "alone"))
    assert len(alone) == 1
    assert alone[0] / ALERTS < MOST_OF_AN_ALERT[form]


@pytest.mark.skipif(os.cpu_count() < 2, reason="the values are shared out among threads, one for each processor")
def test_a_sweep_of_five_takes_little_more_than_twice_as_long_as_one(tmp_path):
    path = bench_backtest.make_history("journal", ALERTS, str(tmp_path / "history.jsonl"))
    house = bench_backtest.make_house(str(tmp_path))
    alone = instructions(bench_backtest.command_of(house, path), str(tmp_path / "alone"))
    sweep = instructions(bench_backtest.command_of(house, path, "--sweep", bench_backtest.SWEEP), str(tmp_path / "sweep"))
    assert len(sweep) > 2
    assert sweep[0] / sum(alone) <= MOST_OF_A_SWEEP
    assert sum(sweep) / sum(alone) <= MOST_OF_ALL_OF_IT
