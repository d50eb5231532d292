"""A bad file changes nothing."""

import re
import signal
import threading

import pytest

from harness import Ctl, Reply, Runbookd, alert, body, now, post_json, wait_until

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


# ---- rule_files_isolation ----

OTHER = [{"name": "other", "matchers": ['alertname="Up"'], "severity": "P1"}]
ISOLATED = ["Rule files with errors are not in force as they are written"]


def teams(local_house, **over):
    h = local_house(GOOD, rule_files_isolation=True, **over)
    h.rules(OTHER, name="20-other.yml")
    return h


def test_one_teams_mistake_leaves_the_others_new_rules_in_force(local_house, start, recorder):
    h = teams(local_house)
    d = start(h, expected_errors=ISOLATED)
    h.rules(BROKEN)
    h.rules([{**OTHER[0], "name": "newer"}], name="20-other.yml")
    status, reply = d.reload()
    assert status == 500
    lines = reply["error"].splitlines()
    assert len([x for x in lines if re.search(PLACE, x)]) >= 2, "every error is reported, not only the first"
    assert "10-test.yml: error: its last good version stays in force" in reply["error"]
    assert lines[-1].endswith("all other files are in force as they are written")
    assert d.metric("config_last_reload_successful") == 0
    assert rule_of(d) == ["good"] and rule_of(d, alertname="Up") == ["newer"]
    assert d.send(body(alert("Down")))[0]["rule"] == "good"
    wait_until(recorder.triggers, 10, "the old version still pages")
    h.rules(BETTER)
    assert d.reload()[0] == 200
    assert rule_of(d) == ["better"] and d.metric("config_last_reload_successful") == 1


def test_a_start_keeps_the_last_good_version_of_the_broken_file_only(local_house, start):
    h = teams(local_house)
    start(h).finish()
    for _ in range(2):  # the second start finds what the first has kept
        h.rules(BROKEN)
        h.rules([{**OTHER[0], "name": "newer"}], name="20-other.yml")
        d = start(h, expected_errors=["Rule file error"])
        assert rule_of(d) == ["good"] and rule_of(d, alertname="Up") == ["newer"]
        assert d.metric("config_last_reload_successful") == 0
        d.finish()


def test_without_a_last_good_version_a_broken_file_is_left_out_loudly(local_house, start):
    h = teams(local_house)
    h.rules(BROKEN)
    d = start(h, expected_errors=["Rule file error"])
    assert rule_of(d) == [] and rule_of(d, alertname="Up") == ["other"]
    assert "10-test.yml: error: it is left out: no good version of it is known" in d.process.log()
    assert d.metric("config_last_reload_successful") == 0
    h.rules(GOOD)
    assert d.reload()[0] == 200
    assert rule_of(d) == ["good"]


def test_isolation_does_not_hide_mistakes_elsewhere(local_house, start):
    h = teams(local_house)
    d = start(h, expected_errors=["The configuration was not loaded"])
    h.rules(BROKEN)
    h.rules([{**OTHER[0], "name": "newer"}], name="20-other.yml")
    teams_broken = local_house(BROKEN, rule_files_isolation=True, frobnicate=1)
    teams_broken.rules([{**OTHER[0], "name": "newer"}], name="20-other.yml")
    assert d.reload()[0] == 500
    assert rule_of(d, alertname="Up") == ["other"], "nothing has changed"


def test_strict_and_check_know_no_isolation(local_house, tmp_path):
    h = teams(local_house)
    h.rules(BROKEN)
    d = Runbookd(h, ["--strict"]).launch()
    assert d.process.wait(30) == 1
    ctl = Ctl(h, folder=tmp_path)
    out = ctl.run("check", status=1)
    assert re.search(r"^FAILED .*10-test\.yml$", out, re.M) and re.search(r"^SUCCESS .*20-other\.yml$", out, re.M)


def test_a_dead_letter_is_told_once_its_receiver_is_mended(house, start, recorder):
    """A wrong key: pages are refused, and so is the end of one. Whoever mends it and reloads expects both to arrive."""
    recorder.answer = lambda request: Reply(status=400) if request.body["routing_key"] == "OLD" else Reply()
    pager = {"name": "oncall", "rate_limit": {"per_second": 0}, "pagerduty": {"url": recorder.url, "routing_key_file": "key"}}
    made = house([{"name": "each", "matchers": ['alertname!=""'], "group_by": ["..."]}], receivers=[pager])
    made.write("key", "NEW")
    d = start(made, expected_errors=["dead letter"])
    began = now() - 60
    ended = d.send(body(alert("Ends", starts=began)))[0]["key"]
    wait_until(lambda: len(recorder.all("trigger", accepted=True)) == 1, 10)
    made.write("key", "OLD")
    assert d.reload()[0] == 200
    d.send(body(alert("Ends", status="resolved", starts=began)))
    keys = {x["key"] for x in d.send(body(*(alert("Down", starts=began, name=f"n{i}") for i in range(40))))}
    wait_until(lambda: len(d.api("incidents?state=dead&limit=100")["incidents"]) == 41, 20, "all are refused")
    made.write("key", "NEW")
    assert d.reload()[0] == 200
    wait_until(lambda: {r.key for r in recorder.all("trigger", accepted=True)} == keys | {ended}, 10)
    wait_until(lambda: [r.key for r in recorder.all("resolve", accepted=True)] == [ended], 10)
    wait_until(lambda: d.metric("dead_letters", receiver="oncall") == 0, 20)
    events = d.api("incidents/" + next(iter(keys)))["timeline"]
    assert "oncall is defined anew" in [e["detail"] for e in events]


@pytest.mark.parametrize("mended", ["URL", "secret"])
def test_what_failed_at_a_receiver_that_is_mended_is_tried_at_once(house, start, recorder, mended):
    """An hour of Retry-After, and a breaker that is open, were said to the old definition; a secret's file is part of it."""
    late = threading.Event()  # one answer of the old receiver comes after the reload

    def answer(request):
        old = request.path == "/old" if mended == "URL" else request.body["routing_key"] == "OLD"
        hold = late if request.labels["name"] == "n0" else None
        return Reply(status=429, headers={"Retry-After": "3600"}, hold=hold) if old else Reply()

    recorder.answer = answer
    url = recorder.url.rsplit("/v2", 1)[0] + ("/old" if mended == "URL" else "/v2/enqueue")
    pager = {"name": "oncall", "rate_limit": {"per_second": 0}, "pagerduty": {"url": url, "routing_key_file": "key"}}
    made = house([{"name": "each", "matchers": ['alertname!=""'], "group_by": ["..."]}], receivers=[pager])
    made.write("key", "OLD")
    d = start(made)
    keys = {x["key"] for x in d.send(body(*(alert("Down", name=f"n{i}") for i in range(12))))}
    wait_until(lambda: d.api("status")["receivers"][0]["breaker"] == "open", 20, "the breaker opens")
    wait_until(lambda: any(r.labels["name"] == "n0" for r in recorder.all("trigger")), 20, "one is under way")
    if mended == "URL":
        made.write("runbookd.yml", open(made.file, encoding="utf-8").read().replace("/old", "/new"))
    else:
        made.write("key", "NEW")
    assert d.reload()[0] == 200
    told = lambda: {r.key for r in recorder.all("trigger", accepted=True)}  # noqa: E731
    wait_until(lambda: len(told()) == len(keys) - 1, 10, "all but one are told")
    late.set()
    wait_until(lambda: told() == keys, 10, "all are told")
    wait_until(lambda: d.metric("delivery_queue", receiver="oncall") == 0, 5, "the gauge follows")
