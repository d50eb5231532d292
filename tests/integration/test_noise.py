"""noise: what was sent to whom, counted as it happened: pages by day and night, chat apart, what was cancelled."""

import os
import time

from harness import Recorder, alert, body, get_json, now, wait_until

RULES = [{"name": "waits", "matchers": ['alertname="Waits"'], "severity": "P2", "owner": "shop", "page_after": "1h"},
         {"name": "chatty", "matchers": ['alertname="Chatty"'], "severity": "P3", "owner": "shop", "receivers": ["room"]},
         {"name": "both", "matchers": ['alertname=~".+"'], "severity": "P1", "owner": "crew", "receivers": ["oncall", "far", "room"]}]


def zone_where_it_is(night):
    """A fixed zone (its sign is POSIX's, the reverse of what people say) in which it is 2 or 12 o'clock now; weekends are nights."""
    offset = ((2 if night else 12) - time.gmtime().tm_hour + 12) % 24 - 12
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"


def test_pages_are_messages_that_were_sent(house, start, recorder):
    room = Recorder()
    try:
        h = house(rules=RULES, catalog={"files": ["catalog.yml"]}, receivers=[
            {"name": "oncall", "pagerduty": {"routing_key": "a", "url": recorder.url}},
            {"name": "far", "pagerduty": {"routing_key": "b", "url": recorder.url}, "time_zone": zone_where_it_is(night=True)},
            {"name": "room", "pagerduty": {"routing_key": "c", "url": room.url}, "kind": "chat"}])
        h.write("catalog.yml", {"people": [{"name": "ana", "receivers": ["far"]}]})
        d = start(h)
        for name in ("Down", "Slow", "Waits", "Chatty"):
            d.send(body(alert(name, starts=now() - 60)))
        for _ in range(3):
            d.send(body(alert("Down", starts=now() - 60)))
        d.send(body(alert("Waits", status="resolved", starts=now() - 60)))
        wait_until(lambda: len(recorder.triggers()) == 4 and len(room.triggers()) == 3, 30, "everybody is told")
        report = wait_until(lambda: enough(d.api("noise?since=1h"), 4), 30, "what was sent is counted")
    finally:
        room.stop()
    by_name = {row["name"]: row for row in report["rows"]}
    assert report["totals"]["pages"] == 4 and report["totals"]["people"] == 2
    assert [by_name[n]["pages"] for n in ("Down", "Slow", "Waits", "Chatty")] == [2, 2, 0, 0]
    assert [by_name[n]["chat"] for n in ("Down", "Slow", "Waits", "Chatty")] == [1, 1, 0, 1]
    assert by_name["Waits"]["decided"] == by_name["Waits"]["cancelled"] == 1
    assert by_name["Down"]["deduplicated"]["repeat"] == 3
    receivers = {row["name"]: row for row in d.api("noise?since=1h&by=receiver")["rows"]}
    assert receivers["far"]["pages"] == receivers["far"]["night_pages"] == 2, "it is night there"
    assert receivers["room"]["chat"] == 3 and receivers["room"]["pages"] == 0
    people = {row["name"]: row["pages"] for row in d.api("noise?since=1h&by=person")["rows"]}
    assert people["ana"] == 2 and people["oncall"] == 2, "far is ana's, oncall nobody's"
    only = d.api("noise?since=1h&matcher=alertname%3DSlow")
    assert [row["name"] for row in only["rows"]] == ["Slow"] and only["totals"]["pages"] == 2
    assert d.api("noise?since=1h&owner=shop")["totals"]["pages"] == 0
    assert sum(sum(day) for day in report["heat"]) == 4
    assert report["night"].startswith("22:00 to 07:00")


def enough(report, pages):
    told = report["totals"]["pages"] >= pages and report["totals"]["chat"] >= 3 and report["totals"]["cancelled"]
    return report if told else None


def test_of_a_runbook_those_pages_are_counted_that_woke_somebody(local_house, start, recorder):
    room = Recorder()
    try:
        h = local_house(catalog={"runbooks": "books"}, receivers=[
            {"name": "oncall", "pagerduty": {"routing_key": "a", "url": recorder.url}},
            {"name": "room", "pagerduty": {"routing_key": "c", "url": room.url}, "kind": "chat"}],
            rules=[{**RULES[0], "runbook": "crane.md"}, {**RULES[1], "runbook": "crane.md"},
                   {**RULES[2], "receivers": ["oncall", "room"], "runbook": "crane.md"}])
        os.makedirs(os.path.join(h.folder, "books"))
        h.write("books/crane.md", "# Crane\n")
        d = start(h)
        for name in ("Down", "Waits", "Chatty"):
            d.send(body(alert(name, starts=now() - 60)))
        wait_until(lambda: len(recorder.triggers()) == 1 and len(room.triggers()) == 2, 30, "one page, two lines in a chat")
        wait_until(lambda: d.api("noise")["totals"]["chat"] == 2, 30, "what was sent is counted")
        row, = d.api("noise?by=runbook")["rows"]
    finally:
        room.stop()
    # what waits is decided when its time has come, not yet
    assert (row["name"], row["decided"], row["pages"]) == ("crane.md", 2, 1)


def test_a_restart_loses_no_count(house, start, recorder):
    h = house()
    d = start(h)
    d.send(body(alert("Down", starts=now() - 60)))
    wait_until(lambda: d.api("noise")["totals"]["pages"] == 1, 30, "the page is counted")
    assert d.process.stop(12) == 0
    d.start()
    d.send(body(alert("Slow", starts=now() - 60)))
    wait_until(lambda: d.api("noise")["totals"]["pages"] == 2, 30, "both are counted")
    assert len(recorder.triggers()) == 2


def test_a_matcher_that_counters_know_nothing_of_is_refused(local_house, start):
    d = start(local_house())
    for path, error in (("noise?matcher=job%3Dx", "the counters know alertname"), ("noise?since=1h&until=2h", "until"),
                        ("noise?by=size", "none of alertname"), ("noise?sort=size", "sort is a column")):
        status, reply = call_api(d, path)
        assert status == 400 and error in reply["error"], reply


def call_api(daemon, path):
    return get_json(f"{daemon.url}/api/v1/{path}")
