"""A bad file changes nothing."""

import re
import signal

from harness import Runbookd, alert, body, post_json, wait_until

GOOD = [{"name": "good", "matchers": ['alertname="Down"'], "severity": "P1", "owner": "crew"}]
BETTER = [{**GOOD[0], "name": "better"}]
BROKEN = "rules:\n  - name: broken\n    matchers: ['alertname=~\"(\"']\n    severty: P1\n"
PLACE = r"rules/10-test\.yml:\d+:\d+: error: "


def rule_of(daemon, **labels):
    """Which rule routes an alert, without effects."""
    return explain(daemon, {"alertname": "Down", **labels})["matched_rules"]


def explain(daemon, labels):
    status, reply = post_json(daemon.url + "/api/v1/explain", {"labels": labels})
    assert status == 200, reply
    return reply["data"]["alerts"][0]


def test_reload_brings_new_rules(local_house, start):
    h = local_house(GOOD)
    d = start(h)
    before = d.api("status")["config_hash"]
    h.rules(BETTER)
    assert d.reload()[0] == 200
    assert rule_of(d) == ["better"]
    assert d.api("status")["config_hash"] != before
    assert d.metric("config_last_reload_successful") == 1


def test_a_broken_rule_file_changes_nothing(local_house, start, recorder):
    h = local_house(GOOD)
    d = start(h, expected_errors=["The configuration was not loaded"])
    before = d.api("status")["config_hash"]
    h.rules(BROKEN)
    status, reply = d.reload()
    assert status == 500 and reply["errorType"] == "internal"
    lines = reply["error"].splitlines()
    assert len([x for x in lines if re.search(PLACE, x)]) >= 2, "every error is reported, not only the first"
    assert d.metric("config_last_reload_successful") == 0
    assert d.api("status")["config_hash"] == before
    assert d.send(body(alert("Down")))[0]["rule"] == "good"
    wait_until(recorder.triggers, 10, "the old rules still page")
    h.rules(BETTER)
    assert d.reload()[0] == 200
    assert d.metric("config_last_reload_successful") == 1


def test_sighup_reloads_as_the_api_does(local_house, start):
    h = local_house(GOOD)
    d = start(h, expected_errors=["The configuration was not loaded"])
    h.rules(BROKEN)
    d.process.send(signal.SIGHUP)
    wait_until(lambda: d.metric("config_last_reload_successful") == 0, 10, "the failure shows")
    assert rule_of(d) == ["good"]
    h.rules(BETTER)
    d.process.send(signal.SIGHUP)
    wait_until(lambda: d.metric("config_last_reload_successful") == 1, 10, "the success shows")
    assert rule_of(d) == ["better"]


def test_a_start_with_a_broken_file_falls_back_to_the_last_good_set(local_house, start, recorder):
    h = local_house(GOOD)
    start(h).finish()
    h.rules(BROKEN)
    d = start(h, expected_errors=["Configuration error", "starting with the last good one"])
    assert d.metric("config_last_reload_successful") == 0
    assert d.send(body(alert("Down")))[0]["rule"] == "good"
    wait_until(recorder.triggers, 10, "the page")


def test_strict_refuses_a_broken_file(local_house, start):
    h = local_house(GOOD)
    start(h).finish()
    h.rules(BROKEN)
    d = Runbookd(h, ["--strict"]).launch()
    assert d.process.wait(30) == 1
    assert re.search(PLACE, d.process.log())


def test_without_a_last_good_set_it_does_not_start(local_house):
    d = Runbookd(local_house(BROKEN)).launch()
    assert d.process.wait(30) == 1
    assert re.search(PLACE, d.process.log())


def test_a_removed_receiver_still_tells_the_resolve(local_house, start, recorder):
    """Zombies do not come from a reload: who was paged is told that it is over."""
    old = {"name": "old", "pagerduty": {"routing_key": "R0UTE", "url": recorder.url}, "rate_limit": {"per_second": 0}}
    new = {**old, "name": "new"}
    h = local_house(GOOD, defaults={"receivers": ["old"]}, receivers=[old])
    d = start(h)
    value = alert("Down")
    key = d.send(body(value))[0]["key"]
    wait_until(recorder.triggers, 10, "the page")
    local_house(GOOD, defaults={"receivers": ["new"]}, receivers=[new])
    assert d.reload()[0] == 200
    d.send(body({**value, "status": "resolved", "endsAt": "2030-01-01T00:00:00Z"}))
    wait_until(lambda: not recorder.open_keys(), 20, "the resolve")
    assert recorder.keys("resolve") == [key]
