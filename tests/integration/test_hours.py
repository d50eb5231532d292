"""Hours: what rules, owners and severities say, whom that holds, and that what is held is paged once when it ends."""

import datetime as dt
import glob
import re
import time

from harness import Ctl, alert, body, now, wait_until

FAKETIME = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
INTERVALS = [
    {"name": "office", "time_intervals": [{"weekdays": ["monday:friday"], "location": "Europe/Berlin",
                                           "times": [{"start_time": "09:00", "end_time": "17:00"}]}]},
    {"name": "fair", "time_intervals": [{"months": ["march"], "days_of_month": ["2:9"]}]},
    {"name": "night", "time_intervals": [{"times": [{"start_time": "00:00", "end_time": "06:00"}]}]},
]
CATALOG = {
    "severities": [{"name": "P0", "aliases": ["critical"]}, {"name": "P1", "aliases": ["high"]},
                   {"name": "P3", "aliases": ["info"], "active": ["office"]}],
    "owners": [{"name": "crew", "mute": ["night"]}, {"name": "shop"}],
}
RULES = [
    {"name": "fair", "matchers": ['alertname="Stall"'], "mute": ["fair"], "continue": True},
    {"name": "named", "matchers": ['alertname="Gate"'], "mute": ["night"], "severity": "P0"},
    {"name": "others", "matchers": ['alertname=~".+"'], "owner": "crew"},
]


def furnish(make, **over):
    house = make(RULES, catalog={"files": ["catalog.yml"]}, time_intervals=INTERVALS, **over)
    house.write("catalog.yml", CATALOG)
    return house


def hours(ctl, at, **labels):
    document = ctl.json("explain", f"--at={at}", *(f"{k}={v}" for k, v in labels.items()))
    return document["alerts"][0]["fields"]["hours"]


def test_explain_says_whose_hours_hold_and_until_when(local_house):
    ctl = Ctl(furnish(local_house))
    ctl.run("check")
    # the rule's go before the owner's and the severity's
    found = hours(ctl, "2026-03-03T03:00", alertname="Stall", severity="high")
    assert (found["value"], found["rule"], found["held_until"]) == (
        {"active": [], "mute": ["fair"]}, "fair", "2026-03-10T00:00:00Z")
    assert hours(ctl, "2026-03-12T03:00", alertname="Stall", severity="high")["held_until"] is None
    # the owner's before the severity's
    found = hours(ctl, "2026-03-07T03:00", alertname="Silo", severity="info")
    assert (found["value"]["mute"], found["held_until"]) == (["night"], "2026-03-07T06:00:00Z")
    # the gravest severity is held by nobody who does not name it
    found = hours(ctl, "2026-03-07T03:00", alertname="Silo", severity="critical")
    assert found["value"] is None and found["ignored"] is True and found["held_until"] is None
    assert hours(ctl, "2026-03-07T03:00", alertname="Gate", severity="info")["held_until"] == "2026-03-07T06:00:00Z"
    printed = ctl.run("explain", "--at=2026-03-07T03:00", "alertname=Silo")
    assert "mute night" in printed and "held until     2026-03-07T06:00:00Z" in printed


def test_the_severitys_own_hours_are_those_of_their_place(local_house):
    house = local_house([], catalog={"files": ["catalog.yml"]}, time_intervals=INTERVALS)
    house.write("catalog.yml", CATALOG)
    ctl = Ctl(house)
    # Friday 2026-03-27, 17:30 in Berlin, to Monday, when summer time has begun.
    assert hours(ctl, "2026-03-27T16:30:00Z", alertname="Silo", severity="info")["held_until"] == "2026-03-30T07:00:00Z"
    assert hours(ctl, "2026-03-27T12:00:00Z", alertname="Silo", severity="info")["held_until"] is None


def test_names_that_are_none_are_errors(local_house):
    house = local_house([{"name": "r", "matchers": ['a="b"'], "mute": ["nights"]}], catalog={"files": ["catalog.yml"]},
                        time_intervals=INTERVALS)
    house.write("catalog.yml", {})
    ctl = Ctl(house)
    ctl.run("check", status=1)
    assert 'time interval "nights" does not exist' in ctl.errors
    house.rules([])
    house.write("catalog.yml", {"owners": [{"name": "crew", "active": ["offices"]}]})
    ctl.run("check", status=1)
    assert 'owner "crew": time interval "offices" does not exist' in ctl.errors


def test_hours_that_never_open_are_found(local_house):
    intervals = [*INTERVALS, {"name": "gone", "time_intervals": [{"years": ["1999"]}]}]
    house = local_house([{"name": "r", "matchers": ['alertname="Silo"'], "active": ["gone"]}], time_intervals=intervals,
                        catalog={"files": ["catalog.yml"]})
    house.write("catalog.yml", CATALOG)
    ctl = Ctl(house)
    ctl.run("check")
    assert re.search(r'rules\S*:\d+:\d+: warning: rule "r": its hours \(active: gone\) do not open within a year', ctl.errors)
    found = [f for f in ctl.json("lint")["findings"] if "do not open within a year" in f["message"]]
    assert [f["code"] for f in found] == ["load-warning"] and found[0]["line"] > 0


def clocked(at):
    """The daemon's wall clock begins at this time and goes on from there."""
    seconds = at.timestamp() - now()
    return {"LD_PRELOAD": FAKETIME[0], "FAKETIME": f"{seconds:+.3f}s", "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1", "ASAN_OPTIONS": "verify_asan_link_order=0"}


def test_an_interval_that_ends_pages_what_still_fires_once(local_house, start, recorder):
    assert FAKETIME, "libfaketime is not installed: make deps-check"
    ends = dt.datetime(2027, 3, 1, 6, tzinfo=dt.timezone.utc)
    really = time.monotonic() + 8
    daemon = start(furnish(local_house), env=clocked(ends - dt.timedelta(seconds=8)))
    for name in ("Silo", "Short"):
        daemon.send(body(alert(name, starts=ends.timestamp() - 60, severity="high")))
    daemon.send(body(alert("Gate", starts=ends.timestamp() - 60)))
    daemon.send(body(alert("Grave", starts=ends.timestamp() - 60, severity="critical")))
    wait_until(recorder.triggers, 10, "the gravest is not held")
    daemon.send(body(alert("Short", status="resolved", starts=ends.timestamp() - 60, ends=ends.timestamp() - 5, severity="high")))
    assert len(recorder.triggers()) == 1
    held = daemon.api("incidents?state=firing")["incidents"]
    assert sorted(i["labels"]["alertname"] for i in held) == ["Gate", "Grave", "Silo"]
    wait_until(lambda: len(recorder.triggers()) == 3, 20)
    assert sorted(r.labels["alertname"] for r in recorder.triggers()) == ["Gate", "Grave", "Silo"]
    assert all(-1 < r.at - really < 10 for r in recorder.triggers() if r.labels["alertname"] != "Grave")
    timeline = daemon.api("incidents/" + next(i["key"] for i in held if i["labels"]["alertname"] == "Silo"))["timeline"]
    assert "held" in [e["what"] for e in timeline]
    daemon.send(body(alert("Silo", starts=ends.timestamp() - 60, severity="high")))
    assert len(recorder.triggers()) == 3
