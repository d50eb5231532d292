"""Hours: what rules, owners and severities say, whom that holds, and that what is held is paged once when it ends."""

import datetime as dt
import glob
import json
import re
import time

import pytest

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


def at_minute(seconds):
    return time.strftime("%H:%M", time.gmtime(seconds))


def night(begins, ends):
    return [{"name": "night", "time_intervals": [{"times": [{"start_time": at_minute(begins), "end_time": at_minute(ends)}]}]}]


def move_night(house, begins, ends):
    with open(house.file, encoding="utf-8") as f:
        house.write("runbookd.yml", {**json.load(f), "time_intervals": night(begins, ends)})


NIGHTLY = {"severities": [{"name": "P1", "mute": ["night"], "escalation": "p"}, {"name": "P2"}],
           "escalations": [{"name": "p", "steps": [{"after": "0s", "notify": ["oncall"]}, {"after": "1s", "notify": ["lead"]}]}]}
NIGHT_RULES = [{"name": "soon", "matchers": ['alertname="Marker"'], "severity": "P2", "page_after": "9s"},
               {"name": "all", "matchers": ['alertname=~".+"'], "severity": "P1"}]


def paged(recorder):
    return sorted((r.labels["alertname"], r.body["routing_key"]) for r in recorder.triggers())


def nightly(make, recorder, intervals, **over):
    def pager(name):
        return {"name": name, "pagerduty": {"routing_key": name.upper(), "url": recorder.url}, "rate_limit": {"per_second": 0}}
    house = make(NIGHT_RULES, catalog={"files": ["catalog.yml"]}, time_intervals=intervals,
                 receivers=[pager("oncall"), pager("lead")], **over)
    house.write("catalog.yml", NIGHTLY)
    return house


def test_a_reload_that_takes_hours_away_pages_what_they_held(local_house, start, recorder):
    house = nightly(local_house, recorder, night(now() - 600, now() + 3600))
    daemon = start(house)
    names = [f"Silo{i}" for i in range(12)]
    for name in names:
        daemon.send(body(alert(name, starts=now() - 30)))
    assert not recorder.requests
    house.write("catalog.yml", {**NIGHTLY, "severities": [{"name": "P1", "escalation": "p"}, {"name": "P2"}]})
    assert daemon.reload()[0] == 200
    wait_until(lambda: len(recorder.triggers()) == 24, 10)
    assert paged(recorder) == sorted((name, key) for name in names for key in ("ONCALL", "LEAD"))
    key = daemon.api("incidents")["incidents"][0]["key"]
    assert [e["what"] for e in daemon.api("incidents/" + key)["timeline"]][:4] == ["opened", "held", "held", "page_after_passed"]


def test_an_interval_moved_while_nobody_ran_holds_no_more(local_house, start, recorder):
    house = nightly(local_house, recorder, night(now() - 600, now() + 3600))
    daemon = start(house)
    daemon.send(body(alert("Silo", starts=now() - 30)))
    daemon.kill()
    move_night(house, now() + 3600, now() + 7200)
    start(house)
    wait_until(lambda: len(recorder.triggers()) == 2, 10)
    assert paged(recorder) == [("Silo", "LEAD"), ("Silo", "ONCALL")]


def test_an_interval_that_is_made_longer_holds_until_its_new_end(local_house, start, recorder):
    assert FAKETIME, "libfaketime is not installed: make deps-check"
    ends = dt.datetime(2027, 3, 1, 6, tzinfo=dt.timezone.utc)
    house = nightly(local_house, recorder, night(ends.timestamp() - 600, ends.timestamp()))
    daemon = start(house, env=clocked(ends - dt.timedelta(seconds=6)))
    for name in ("Silo", "Marker"):
        daemon.send(body(alert(name, starts=ends.timestamp() - 60)))
    move_night(house, ends.timestamp() - 600, ends.timestamp() + 1800)
    assert daemon.reload()[0] == 200
    wait_until(lambda: recorder.triggers(), 20, "what no hours hold is paged after the old end")
    assert paged(recorder) == [("Marker", "ONCALL")]
    key = next(i["key"] for i in daemon.api("incidents")["incidents"] if i["labels"]["alertname"] == "Silo")
    notes = [e["detail"] for e in daemon.api("incidents/" + key)["timeline"] if e["what"] == "held"]
    assert [re.search(r"T(\d\d:\d\d)", n)[1] for n in notes] == ["06:00", "06:30"]


def test_a_step_that_hours_hold_runs_when_a_reload_ends_them(local_house, start, recorder):
    steps = [{"after": "0s", "notify": ["oncall"]}, {"after": "1s", "notify": ["lead"], "mute": ["night"]}]
    house = nightly(local_house, recorder, night(now() - 600, now() + 3600))
    house.write("catalog.yml", {"severities": [{"name": "P1", "escalation": "p"}, {"name": "P2"}],
                                "escalations": [{"name": "p", "steps": steps}]})
    daemon = start(house)
    daemon.send(body(alert("Silo", starts=now() - 30), alert("Marker", starts=now() - 30)))
    wait_until(lambda: len(recorder.triggers()) == 2, 20)
    assert paged(recorder) == [("Marker", "ONCALL"), ("Silo", "ONCALL")]
    move_night(house, now() - 7200, now() - 3600)
    assert daemon.reload()[0] == 200
    wait_until(lambda: len(recorder.triggers()) == 3, 10)
    assert ("Silo", "LEAD") in paged(recorder)


def test_two_replicas_that_are_reloaded_one_after_the_other_page_once(local_house, shared_store, start, recorder):
    """In between the other one still goes by the hours of before: whoever is reloaded last decides."""
    houses = [nightly(local_house, recorder, night(now() - 600, now() + 3600), name=name, store=shared_store) for name in "ab"]
    daemons = [start(h) for h in houses]
    names = [f"Silo{i}" for i in range(8)]
    for i, name in enumerate(names):
        daemons[i % 2].send(body(alert(name, starts=now() - 30)))
    assert not recorder.requests
    for one, daemon in zip(houses, daemons):
        move_night(one, now() - 7200, now() - 3600)
        assert daemon.reload()[0] == 200
    wait_until(lambda: len(recorder.triggers()) == 16, 15)
    for name in names:
        daemons[0].send(body(alert(name, status="resolved", starts=now() - 30, ends=now())))
    wait_until(lambda: sum(r.action == "resolve" for r in recorder.requests) == 16, 15)
    assert paged(recorder) == sorted((name, key) for name in names for key in ("ONCALL", "LEAD"))


def test_what_somebody_has_wakes_nobody_when_its_hours_end(local_house, start, recorder):
    house = nightly(local_house, recorder, night(now() - 600, now() + 3600))
    daemon = start(house)
    for name in ("Silo", "Barn"):
        daemon.send(body(alert(name, starts=now() - 30)))
    key = next(i["key"] for i in daemon.api("incidents")["incidents"] if i["labels"]["alertname"] == "Silo")
    ctl = Ctl(house, daemon)
    ctl.run("incidents", "ack", key, "--by=ana")
    shown = ctl.json("incidents", "show", key)
    assert shown["held_until"] > time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now() + 7200)), "until ana's time is over"
    move_night(house, now() - 7200, now() - 3600)
    assert daemon.reload()[0] == 200
    wait_until(lambda: len(recorder.triggers()) == 2, 10, "what nobody has is told")
    wait_until(lambda: any("ana has it" in e["detail"] for e in daemon.api("incidents/" + key)["timeline"]), 10)
    assert paged(recorder) == [("Barn", "LEAD"), ("Barn", "ONCALL")]
    ctl.run("incidents", "unack", key)
    wait_until(lambda: len(recorder.triggers()) == 4, 10)
    assert paged(recorder)[2:] == [("Silo", "LEAD"), ("Silo", "ONCALL")]


# ---- a receiver's own ----

def with_hours_of_one(make, recorder, intervals, **over):
    def pager(name, **more):
        return {"name": name, "pagerduty": {"routing_key": name.upper(), "url": recorder.url}, "rate_limit": {"per_second": 0}, **more}
    return make([{"name": "all", "matchers": ['alertname=~".+"'], "receivers": ["oncall", "room"]}], time_intervals=intervals,
                receivers=[pager("oncall"), pager("room", mute=["night"])], **over)


def told(recorder, key, action="trigger"):
    names = {r.body["dedup_key"]: r.labels["alertname"] for r in recorder.triggers()}
    return sorted(names[r.body["dedup_key"]] for r in recorder.requests if r.body["routing_key"] == key and r.action == action)


def ended(name):
    return body(alert(name, status="resolved", starts=now() - 30, ends=now()))


@pytest.mark.parametrize("store", ["local_house", "shared_house"])
def test_a_receiver_outside_its_hours_is_told_when_they_open(store, request, start, recorder):
    """Nobody else waits for it, what ends before is never told there, and an end is told at any time."""
    house = with_hours_of_one(request.getfixturevalue(store), recorder, night(now() - 7200, now() - 3600))
    daemon = start(house)
    daemon.send(body(alert("Early", starts=now() - 30)))
    wait_until(lambda: told(recorder, "ROOM") == ["Early"], 10)
    move_night(house, now() - 600, now() + 3600)
    assert daemon.reload()[0] == 200
    for name in ("Silo", "Short"):
        daemon.send(body(alert(name, starts=now() - 30)))
    wait_until(lambda: told(recorder, "ONCALL") == ["Early", "Short", "Silo"], 10)
    daemon.send(ended("Short"))
    daemon.send(ended("Early"))
    wait_until(lambda: told(recorder, "ROOM", "resolve") == ["Early"], 10)
    wait_until(lambda: told(recorder, "ONCALL", "resolve") == ["Early", "Short"], 10)
    silo = next(i for i in daemon.api("incidents?state=firing")["incidents"] if i["labels"]["alertname"] == "Silo")
    assert "room hears of it at" in str(daemon.api("incidents/" + silo["key"])["timeline"])
    assert {d["receiver"]: d["told"] for d in silo["deliveries"]} == {"oncall": "firing", "room": "nothing"}
    assert daemon.metric("delivery_oldest_seconds", receiver="room") in (0, None)
    assert told(recorder, "ROOM") == ["Early"]
    move_night(house, now() - 7200, now() - 3600)
    assert daemon.reload()[0] == 200
    wait_until(lambda: told(recorder, "ROOM") == ["Early", "Silo"], 10)
    assert told(recorder, "ONCALL") == ["Early", "Short", "Silo"]


def test_what_somebody_has_when_a_receivers_hours_open_wakes_nobody_there(local_house, start, recorder):
    house = with_hours_of_one(local_house, recorder, night(now() - 600, now() + 3600))
    daemon = start(house)
    keys = {name: daemon.send(body(alert(name, starts=now() - 30)))[0]["key"] for name in ("Taken", "Free")}
    wait_until(lambda: told(recorder, "ONCALL") == ["Free", "Taken"], 10)
    ctl = Ctl(house, daemon)
    ctl.run("incidents", "ack", keys["Taken"], "--by=ana")
    move_night(house, now() - 7200, now() - 3600)
    assert daemon.reload()[0] == 200
    wait_until(lambda: told(recorder, "ROOM") == ["Free"], 10)
    assert told(recorder, "ROOM", "acknowledge") == []
    ctl.run("incidents", "unack", keys["Taken"])
    wait_until(lambda: told(recorder, "ROOM") == ["Free", "Taken"], 10)


def test_explain_and_check_know_a_receivers_hours(local_house, recorder):
    ctl = Ctl(with_hours_of_one(local_house, recorder, INTERVALS))
    ctl.run("check")
    def held(at):
        found = ctl.json("explain", f"--at={at}", "alertname=Silo")["alerts"][0]["fields"]["receivers"]
        assert found["value"] == ["oncall", "room"]
        return found["held"]
    assert held("2026-03-07T03:00") == [{"receiver": "room", "until": "2026-03-07T06:00:00Z"}] and held("2026-03-07T07:00") == []
    assert "told later     room until 2026-03-07T06:00:00Z" in ctl.run("explain", "--at=2026-03-07T03:00", "alertname=Silo")
    ctl = Ctl(with_hours_of_one(local_house, recorder, [], name="b"))
    ctl.run("check", status=1)
    assert 'receiver "room": time interval "night" does not exist' in ctl.errors
