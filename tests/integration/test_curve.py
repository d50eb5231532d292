"""The curve of /noise: who has no journal sees none, why it cannot be made is logged, and nobody waits for it to end."""

import glob
import os
import resource
import sys
import time

from harness import wait_until
from test_pages import curve, fire, furnished, page

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "bench"))

import bench_backtest  # noqa: E402

HEADING = "What waiting would spare"
CPU_OF_THE_REST = 2.5  # seconds; a curve of so many alerts takes several times as long


def replayed(log):
    return [line for line in log.splitlines() if "cannot be replayed for the page of noise" in line]


def test_without_a_journal_there_is_no_curve(local_house, start):
    bare = start(furnished(local_house, journal={"path": ""}))
    fire(bare)
    assert HEADING not in page(bare, "/noise").text
    assert not glob.glob(f"{bare.house.folder}/journal/*")


def lines_of(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def points_to(link, folder):
    """From one moment to the next: a folder that is away for a while would be made again by the next line."""
    os.symlink(folder, link + "-next")
    os.replace(link + "-next", link)


def test_why_it_cannot_be_made_is_logged_once(local_house, start):
    house = furnished(local_house)
    folder = f"{house.folder}/journal"
    os.makedirs(folder + "-mounted")
    points_to(folder, "journal-mounted")
    running = start(house)
    fire(running)
    wait_until(lambda: any('"event":"decided"' in lines_of(f) for f in glob.glob(f"{folder}/*.jsonl")), 30, "what it says of the alert")
    points_to(folder, "journal-unmounted")
    wait_until(lambda: "cannot be replayed yet" in page(running, "/noise").text, 60, "the page says that it cannot")
    first = replayed(running.process.log())
    assert len(first) == 1 and "level=warn" in first[0] and folder in first[0]
    for _ in range(5):
        page(running, "/noise")
    points_to(folder, "journal-mounted")
    curve(running)  # it tries again by itself
    assert replayed(running.process.log()) == first


def cpu_of(pid):
    """Seconds that it has had until now."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_of_ended():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_a_curve_under_way_ends_with_the_daemon(local_house, start, monkeypatch):
    house = furnished(local_house)
    os.makedirs(f"{house.folder}/journal")
    monkeypatch.setattr(bench_backtest, "BEGIN", int(time.time()) - 3 * 86400)
    monkeypatch.setattr(bench_backtest, "DAYS", 2)
    bench_backtest.make_history("journal", 60_000, time.strftime(f"{house.folder}/journal/%Y-%m-%d.jsonl", time.gmtime()))
    running = start(house)
    pid = running.process.child.pid
    idle = cpu_of(pid)
    assert "is being replayed" in page(running, "/noise").text
    wait_until(lambda: cpu_of(pid) > idle + 0.5, 60, "the replay is under way")
    assert "is being replayed" in page(running, "/noise").text
    others, before = cpu_of_ended(), cpu_of(pid)
    assert running.process.stop(12) == 0
    assert cpu_of_ended() - others - before < CPU_OF_THE_REST
