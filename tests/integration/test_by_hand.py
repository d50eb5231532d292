"""Incidents that no alert reports, drills, approvals, and what people found a runbook worth."""

import os
from datetime import datetime, timedelta, timezone

import pytest

from harness import Ctl, alert, body, call, post_json, wait_until

RULES = [{"name": "all", "matchers": ['alertname=~".+"'], "severity": "P3", "runbook": "crane.md", "group_by": ["..."]}]
CATALOG = {"owners": [{"name": "harbour", "receivers": ["oncall"]}],
           "severities": [{"name": "P1", "response": "30m", "escalation": "steps"}, {"name": "P3"}],
           "contacts": [{"role": "Lead", "receivers": ["lead"]}],
           "policies": [{"kind": "post_incident", "name": "Post-mortem", "within": "5d", "severities": ["P1"]}],
           "escalations": [{"name": "steps", "steps": [{"after": "0s", "notify": ["oncall"]}, {"after": "2s", "notify": ["Lead"]}]}]}
CRANE = """# Crane stands still

**Owner**: harbour
**Approval**: harbour master
**Last Updated**: 2026-01-05

## Steps

1. Look up.
"""


def pager(name, recorder):
    return {"name": name, "pagerduty": {"routing_key": name.upper(), "url": recorder.url}, "rate_limit": {"per_second": 0}}


def furnish(make, recorder, **over):
    made = make(RULES, receivers=[pager(n, recorder) for n in ("oncall", "lead")],
                catalog={"runbooks": "books", "files": ["catalog.yml"]}, **over)
    os.makedirs(os.path.join(made.folder, "books"), exist_ok=True)
    made.write("books/crane.md", CRANE)
    made.write("catalog.yml", CATALOG)
    return made


def one_open(daemon):
    found = daemon.api("incidents")["incidents"]
    assert len(found) == 1
    return found[0]


def summaries(recorder):
    return [r.body["payload"]["summary"] for r in recorder.triggers()]


def test_opened_by_hand_it_pages_and_escalates_and_is_resolved_by_hand(house, start, recorder):
    d = start(furnish(house, recorder))
    ctl = Ctl(None, d)
    key = ctl.json("incidents", "open", "--runbook=crane.md", "--severity=P1", "--summary=it {{stands}} still", "--by=ana")["key"]
    wait_until(lambda: [r.body["routing_key"] for r in recorder.triggers()] == ["ONCALL", "LEAD"], 15)
    assert all("it {{stands}} still" in s for s in summaries(recorder))
    shown = d.api("incidents/" + key)
    assert shown["severity"] == "P1" and shown["owner"] == "harbour" and shown["runbook"]["path"] == "crane.md"
    assert shown["labels"]["opened_by"] == "ana" and shown["response_due"]
    other = ctl.json("incidents", "open", "--runbook=crane.md", "--severity=P1")["key"]
    assert other != key, "each is one of its own"
    ctl.run("incidents", "resolve", key, other)
    wait_until(lambda: not recorder.open_keys(), 20)
    assert len(ctl.json("postmortems")["postmortems"]) == 2


def test_a_drill_says_so_to_everybody_and_owes_nothing(house, start, recorder):
    d = start(furnish(house, recorder))
    ctl = Ctl(None, d)
    said = ctl.run("incidents", "open", "--runbook=crane.md", "--severity=P1", "--drill")
    assert "DRILL" in said
    wait_until(lambda: len(recorder.triggers()) == 2, 15)
    assert all("DRILL" in s for s in summaries(recorder))
    ctl.run("incidents", "resolve", d.api("incidents")["incidents"][0]["key"])
    wait_until(lambda: not recorder.open_keys(), 20)
    assert ctl.json("postmortems")["postmortems"] == []


def test_what_is_opened_outside_its_hours_says_until_when_it_is_held(local_house, start, recorder):
    later = (datetime.now(timezone.utc) + timedelta(days=2)).strftime("%A").lower()
    made = furnish(local_house, recorder, time_intervals=[{"name": "later", "time_intervals": [{"weekdays": [later]}]}])
    made.write("catalog.yml", {**CATALOG, "severities": [CATALOG["severities"][0], {"name": "P3", "active": ["later"]}]})
    d = start(made)
    said = Ctl(None, d).run("incidents", "open", "--runbook=crane.md", "--severity=P3")
    held = one_open(d)["held_until"]
    assert held and f"held until {held}" in said
    assert "held until" not in Ctl(None, d).run("incidents", "open", "--runbook=crane.md", "--severity=P1")


def test_what_does_not_exist_is_not_opened(house, start, recorder):
    d = start(furnish(house, recorder))
    ctl = Ctl(None, d)
    ctl.run("incidents", "open", "--runbook=no/such.md", status=1)
    ctl.run("incidents", "open", "--runbook=crane.md", "--severity=P9", status=1)
    ctl.run("incidents", "open", "--severity=P1", status=2)
    assert not d.api("incidents")["incidents"]


def test_an_approval_is_written_down(house, start, recorder):
    d = start(furnish(house, recorder))
    d.send(body(alert("Silo")))
    wait_until(recorder.triggers, 10)
    ctl, key = Ctl(None, d), recorder.triggers()[0].key
    assert d.api("incidents/" + key)["approved"] is None
    assert ctl.run("incidents", "approve", key, "--by=master", "--note=go on") == f"approve {key}: approved by master\n"
    approved = d.api("incidents/" + key)["approved"]
    assert (approved["by"], approved["note"]) == ("master", "go on")
    assert "master" in ctl.run("incidents", "show", key)


@pytest.mark.parametrize("verb, says", [("ack", {"note": "x"}), ("unack", {}), ("note", {"note": "x"}), ("approve", {"note": "x"}),
                                        ("feedback", {"runbook": "helped"}), ("silence", {"for": "1h"}), ("retry", {}),
                                        ("postmortem", {"task": "x"}), ("update", {"status": "fixing"}), ("resolve", {})])
def test_whoever_says_what_nobody_knows_is_told_so(local_house, start, recorder, verb, says):
    d = start(furnish(local_house, recorder))
    d.send(body(alert("Silo")))
    wait_until(recorder.triggers, 10)
    key = recorder.triggers()[0].key
    wait_until(lambda: all(x["told"] == "firing" for x in d.api("incidents/" + key)["deliveries"]), 10, "what happens by itself has happened")
    before = d.api("incidents/" + key)
    status, reply = post_json(f"{d.url}/api/v1/incidents/{key}/{verb}", {**says, "nots": "on it", "by": "ana"})
    assert status == 400 and 'unknown key "nots"' in reply["error"]
    assert ('did you mean "note"' in reply["error"]) == (verb not in ("silence", "update"))
    after = d.api("incidents/" + key)
    assert (after["state"], len(after["timeline"])) == (before["state"], len(before["timeline"]))


def test_what_is_opened_says_nothing_unknown_and_all_retries_do_not(local_house, start, recorder):
    d = start(furnish(local_house, recorder))
    status, reply = post_json(f"{d.url}/api/v1/incidents", {"runbook": "crane.md", "severty": "P1", "drill": True})
    assert (status, reply["error"]) == (400, 'unknown key "severty"; did you mean "severity"?')
    status, reply = post_json(f"{d.url}/api/v1/incidents/retry", {"receiver": "oncall"})
    assert (status, reply["error"]) == (400, 'unknown key "receiver"')
    assert not d.api("incidents")["incidents"]


def test_lint_says_that_a_used_runbook_was_found_outdated(house, start, recorder, tmp_path):
    made = furnish(house, recorder, journal={"path": str(tmp_path / "journal")})
    d = start(made)
    ctl = Ctl(made, d)
    for name in ("a", "b", "c"):
        d.send(body(alert("Silo", crane=name), group={"crane": name}))
    wait_until(lambda: len(recorder.triggers()) == 3, 10)
    keys = recorder.keys()
    assert "found-outdated" not in ctl.run("lint", f"--journal={tmp_path}/journal", "--fail-on=error")
    ctl.run("incidents", "feedback", keys[0], "--runbook=outdated", "--note=no ladder any more", "--by=ana")
    ctl.run("incidents", "feedback", keys[1], "--runbook=outdated", "--by=ben")
    ctl.run("incidents", "feedback", keys[2], "--runbook=Helped")
    ctl.run("incidents", "feedback", keys[2], "--runbook=lovely", status=1)
    said = lambda: ctl.run("lint", f"--journal={tmp_path}/journal", "--fail-on=error")
    wait_until(lambda: "3 pages since last edited 2026-01-05, 2 found it outdated, 1 were helped" in said(), 10)
    ctl.run("incidents", "ack", keys[0], keys[1])
    d.send(body(alert("Silo", crane="a", status="resolved"), group={"crane": "a"}))
    words = "3 pages since last edited 2026-01-05, 2 acknowledged, 1 resolved, 2 found it outdated"
    wait_until(lambda: words in said(), 10)
    lint = ctl.json("lint", f"--journal={tmp_path}/journal", "--fail-on=error")
    counted = {"pages": 3, "acknowledged": 2, "resolved": 1, "helped": 1, "outdated": 2, "missing": 0}
    assert lint["runbooks"] == [{"path": "crane.md", "last_edited": "2026-01-05", **counted}]
    used = lambda: ctl.json("noise", "--by=runbook")["rows"]
    wait_until(lambda: [{k: r[k] for k in counted} for r in used()] == [counted], 10)
    assert used()[0]["last_edited"] == "2026-01-05" and "2 found it outdated" in used()[0]["suggestion"]
    assert "crane.md" in ctl.run("noise", "--by=runbook") and "2026-01-05" in ctl.run("noise", "--by=runbook")
    assert ctl.json("noise", "--by=runbook", "--sort=outdated")["totals"]["pages"] == 3
    page = call(d.url + "/noise?by=runbook")[2].decode()
    assert "Found outdated" in page and "crane.md" in page
    assert "noise?by=runbook" in call(d.url + "/runbooks/crane.md")[2].decode()
    assert "books/crane.md:1:1" in said()
    made.write("books/crane.md", CRANE.replace("2026-01-05", "2099-01-05"))
    assert "found-outdated" not in said(), "an edited page begins anew"
    d.reload()
    assert [r["pages"] for r in used()] == [0] and used()[0]["last_edited"] == "2099-01-05"
