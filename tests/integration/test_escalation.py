"""Escalation in the real daemon, scaled to seconds: who is told when, once, and hears the end."""

import copy
import json
import re
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from harness import Ctl, Mute, alert, body, call, now, wait_until
from harness.bodies import stamp

PEOPLE = [{"name": "ana", "receivers": ["ana"], "contact": "@ana"}, {"name": "ben", "receivers": ["ben"]}]
SCHEDULES = [{"name": "crew", "names": ["Weekly rotation"],
              "rotation": {"people": ["ana"], "start": "2020-01-06T09:00", "every": "7d"}}]
CONTACTS = [{"role": "On-call Engineer", "primary": "Weekly rotation"},
            {"role": "Team Lead", "receivers": ["lead"], "say": "room 7"},
            {"role": "Harbour Master", "primary": "Dora", "address": "+49 1"}]
RULES = [{"name": "all", "matchers": ['alertname=~".+"'], "severity": "P1", "escalation": "steps", "group_by": ["..."]}]


def pager(name, recorder):
    return {"name": name, "pagerduty": {"routing_key": name.upper(), "url": recorder.url}, "rate_limit": {"per_second": 0}}


def catalog(steps):
    return {"people": PEOPLE, "schedules": SCHEDULES, "contacts": CONTACTS,
            "escalations": [{"name": "steps", "steps": [{"after": after, "notify": roles} for after, roles in steps]}]}


def furnish(make, recorder, steps, **over):
    over.setdefault("receivers", [pager(n, recorder) for n in ("oncall", "ana", "ben", "lead")])
    house = make(RULES, catalog={"files": ["catalog.yml"]}, **over)
    house.write("catalog.yml", catalog(steps))
    return house


STEPS = [("0s", ["On-call Engineer"]), ("2s", ["Team Lead"]), ("4s", ["Harbour Master"])]


def told(recorder, action="trigger"):
    return [r.body["routing_key"] for r in recorder.all(action, accepted=True)]


def one(daemon):
    found = daemon.api("incidents")["incidents"]
    assert len(found) == 1
    return daemon.api("incidents/" + found[0]["key"])


def test_left_alone_it_is_walked_and_everybody_hears_the_end(house, start, recorder):
    daemon = start(furnish(house, recorder, STEPS))
    began = now()
    daemon.send(body(alert("Silo")))
    wait_until(lambda: len(told(recorder)) == 2, 10)
    assert sorted(told(recorder)) == ["ANA", "ONCALL"]
    escalation = one(daemon)["escalation"]
    assert [s["told"] for s in escalation["steps"]] == ["On-call Engineer, ana", None, None]
    assert escalation["next"]["notify"] == ["Team Lead"]
    shown = Ctl(None, daemon).run("incidents", "show", one(daemon)["key"])
    assert "On-call Engineer, ana" in shown and "next" in shown and "Team Lead" in shown
    wait_until(lambda: "LEAD" in told(recorder), 10)
    assert now() - began >= 2
    # Nobody's phone: the default receiver is told anew, with whom to call.
    wait_until(lambda: len(told(recorder)) == 4, 10)
    assert now() - began >= 4
    last = recorder.triggers()[-1]
    assert last.body["routing_key"] == "ONCALL" and "Harbour Master" in json.dumps(last.body) and "+49 1" in json.dumps(last.body)
    assert one(daemon)["escalation"]["next"] is None
    assert len({r.key for r in recorder.triggers() if r.body["routing_key"] == "ONCALL"}) == 2
    daemon.send(body(alert("Silo", status="resolved")))
    wait_until(lambda: not recorder.open_keys(), 20)
    assert sorted(told(recorder, "resolve")) == ["ANA", "LEAD", "ONCALL", "ONCALL"]
    assert daemon.metric("timer_decisions_total", reason="escalated") == 2


def test_an_acknowledgement_stops_it_and_taking_it_back_goes_on(house, start, recorder):
    daemon = start(furnish(house, recorder, STEPS))
    daemon.send(body(alert("Silo")))
    wait_until(lambda: len(told(recorder)) == 2, 10)
    key = one(daemon)["key"]
    ctl = Ctl(None, daemon)
    ctl.run("incidents", "ack", key, "--by=ana")
    wait_until(lambda: len(told(recorder, "acknowledge")) == 2, 10)
    assert one(daemon)["escalation"]["next"] is None
    began = now()
    wait_until(lambda: now() - began > 2.5, 10, "the time of a step passes")
    assert "LEAD" not in told(recorder)
    ctl.run("incidents", "unack", key, "--by=ana")
    wait_until(lambda: "LEAD" in told(recorder), 10)


@pytest.mark.parametrize("how", ["kill", "reload"])
def test_no_step_is_lost_or_told_twice_when_it_is_interrupted(house, start, recorder, how):
    made = furnish(house, recorder, STEPS)
    daemon = start(made)
    daemon.send(body(alert("Silo")))
    wait_until(lambda: "LEAD" in told(recorder), 10)
    if how == "kill":
        daemon.kill()
        daemon = start(made)
    else:
        made.write("catalog.yml", catalog(STEPS[:1]))  # the incident goes on by the path that its page announced
        assert daemon.reload()[0] == 200
    wait_until(lambda: len({r.key for r in recorder.triggers()}) == 4 if how == "kill" else len(told(recorder)) == 4, 20)
    daemon.send(body(alert("Silo", status="resolved")))
    wait_until(lambda: not recorder.open_keys(), 30)
    keys = {(r.body["routing_key"], r.key) for r in recorder.triggers()}
    assert len(keys) == 4


def test_two_replicas_run_each_step_once(shared_house, start, recorder):
    daemons = [start(furnish(shared_house, recorder, STEPS, name=n)) for n in ("one", "two")]
    daemons[0].send(body(alert("Silo")))
    wait_until(lambda: len(told(recorder)) == 4, 20)
    timeline = one(daemons[1])["timeline"]
    assert [e["what"] for e in timeline].count("escalated") == 3
    assert sum(d.metric("timer_decisions_total", reason="escalated") for d in daemons) == 2
    daemons[1].send(body(alert("Silo", status="resolved")))
    wait_until(lambda: not recorder.open_keys(), 20)
    assert len(told(recorder)) == 4


def test_deadlines_that_pass_are_events_and_counted(house, start, recorder):
    made = furnish(house, recorder, STEPS[:1])
    made.write("catalog.yml", {**catalog(STEPS[:1]), "severities": [{"name": "P1", "response": "1s", "resolution": "2s"}]})
    daemon = start(made)
    for kind in ("response", "resolution"):  # so that increase() sees the first
        assert daemon.metric("sla_breaches_total", severity="P1", owner="", kind=kind) == 0
    daemon.send(body(alert("Silo")))
    for kind in ("response", "resolution"):
        wait_until(lambda: daemon.metric("sla_breaches_total", severity="P1", owner="", kind=kind), 10)
    shown = one(daemon)
    assert shown["response_missed_at"] == shown["response_due"]
    assert shown["resolution_missed_at"] == shown["resolution_due"]
    assert [e["what"] for e in shown["timeline"]].count("response_missed") == 1


def after_work(began, hours, zone):
    """The minute in which so many hours of work have passed, counted minute by minute."""
    at, left = began, hours * 60
    while left:
        local = at.astimezone(zone)
        left -= local.weekday() < 5 and 9 <= local.hour < 17
        at += timedelta(minutes=1)
    return at


def test_deadlines_of_work_are_by_the_configured_zone_and_no_other(local_house, start, recorder):
    made = furnish(local_house, recorder, STEPS[:1], time_zone="America/New_York")
    made.write("catalog.yml", {**catalog(STEPS[:1]), "severities": [
        {"name": "P1", "response_text": "next business day", "resolution_text": "2 business days"}]})
    daemon = start(made, env={"TZ": "Asia/Tokyo"})
    daemon.send(body(alert("Silo")))
    wait_until(lambda: told(recorder), 10)
    shown, zone = one(daemon), ZoneInfo("America/New_York")
    began, response, resolution = (datetime.fromisoformat(shown[k]) for k in ("started_at", "response_due", "resolution_due"))
    local, first = response.astimezone(zone), began.astimezone(zone)
    days = {4: 3, 5: 2}.get(first.weekday(), 1)
    assert (local.date(), local.hour, local.minute) == ((first + timedelta(days=days)).date(), 9, 0)
    assert abs(resolution - after_work(began, 16, zone)) <= timedelta(minutes=1)


def test_check_names_roles_that_nobody_reaches(house, recorder):
    made = furnish(house, recorder, [*STEPS, ("5s", ["Nobody"])])
    ctl = Ctl(made)
    ctl.run("check")
    assert '"Harbour Master", who has no receiver' in ctl.errors and '"Nobody", who is neither' in ctl.errors
    assert '"On-call Engineer"' not in ctl.errors and '"Team Lead"' not in ctl.errors
    codes = [f["code"] for f in ctl.json("lint")["findings"]]
    assert codes.count("role-without-receiver") == 1 and codes.count("unknown-contact") == 1


@pytest.mark.parametrize("receiver, why", [("lad", 'does not exist; did you mean "lead"?'), ("old", "is retired")])
def test_people_without_a_receiver_that_is_told_are_refused(local_house, start, recorder, receiver, why):
    pagers = [pager(n, recorder) for n in ("oncall", "ana", "ben", "lead")]
    made = furnish(local_house, recorder, STEPS, receivers=[*pagers, {**pager("old", recorder), "retired": True}])
    daemon = start(made, expected_errors=["The configuration was not loaded"])
    wrong = catalog(STEPS)
    wrong["people"] = [{**PEOPLE[0], "receivers": [receiver]}, PEOPLE[1]]
    made.write("catalog.yml", wrong)
    ctl, said = Ctl(made), f'person "ana": receiver "{receiver}" {why}'
    ctl.run("check", status=1)
    assert re.search(r"catalog\.yml:\d+:\d+: error: " + re.escape(said), ctl.errors)
    findings = json.loads(ctl.run("lint", "-o", "json", status=1))["findings"]
    assert [(f["code"], f["message"]) for f in findings if f["level"] == "error"] == [("load-error", said)]
    assert said in json.dumps(daemon.reload()[1]).replace('\\"', '"')
    daemon.send(body(alert("Silo")))
    wait_until(lambda: sorted(told(recorder)) == ["ANA", "LEAD", "ONCALL", "ONCALL"], 15, "what was loaded before holds on")


def test_whoever_is_named_as_one_of_two_is_told_as_both_are(house, start, recorder):
    made = furnish(house, recorder, [("0s", ["On-call Engineer"]), ("1s", ["either ben or the Team Lead"])])
    ctl = Ctl(made)
    ctl.run("check")
    assert "leaves open whom: all of them are told" in ctl.errors
    daemon = start(made)
    daemon.send(body(alert("Weir")))
    wait_until(lambda: {"BEN", "LEAD"} <= set(told(recorder)), 10)
    assert one(daemon)["escalation"]["steps"][1]["notify"] == ["ben", "Team Lead"]


def test_missed_deadlines_are_steps(house, start, recorder):
    made = furnish(house, recorder, STEPS)
    made.write("catalog.yml", {**catalog(STEPS), "severities": [{"name": "P1", "response": "2s", "resolution": "4s"}],
                               "escalations": [{"name": "steps", "steps": [
                                   {"notify": ["On-call Engineer"]}, {"when": "response_missed", "notify": ["Team Lead"]},
                                   {"when": "resolution_missed", "notify": ["ben"]}]}]})
    daemon = start(made)
    daemon.send(body(alert("Silo")))
    wait_until(lambda: "LEAD" in told(recorder), 15)
    key = one(daemon)["key"]
    Ctl(None, daemon).run("incidents", "ack", key, "--by=ana")
    wait_until(lambda: "BEN" in told(recorder), 15, "the end may be missed although somebody has it")
    assert sorted(told(recorder)) == ["ANA", "BEN", "LEAD", "ONCALL"]
    whens = [s["when"] for s in one(daemon)["escalation"]["steps"]]
    assert whens == [None, "response_missed", "resolution_missed"]
    assert "response time has passed" in json.dumps([r.body for r in recorder.triggers() if r.body["routing_key"] == "LEAD"])


def shown_steps(daemon, key):
    """The incident's page below "Escalation", as words."""
    page = call(daemon.url + "/incidents/" + key)[2].decode()
    part = re.search(r"<h2>Escalation.*?</ol>", page, re.S)[0]
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", li)).strip() for li in part.split("<li>")[1:]]


def test_nothing_is_announced_that_will_not_happen(house, start, recorder):
    made = furnish(house, recorder, STEPS)
    made.write("catalog.yml", {**catalog(STEPS), "severities": [{"name": "P1", "response": "1h"}],
                               "escalations": [{"name": "steps", "steps": [
                                   {"after": "0s", "notify": ["On-call Engineer"]}, {"after": "30m", "notify": ["Team Lead"]},
                                   {"notify": ["ben"]}, {"when": "response_missed", "notify": ["Team Lead"]},
                                   {"when": "resolution_missed", "notify": ["ben"]}]}]})
    daemon = start(made)
    ctl = Ctl(None, daemon)
    daemon.send(body(alert("Silo")))
    wait_until(lambda: len(told(recorder)) == 2, 10)
    key = one(daemon)["key"]

    def states():
        return [s["state"] for s in daemon.api("incidents/" + key)["escalation"]["steps"]]

    assert states() == ["told", "due", "by_hand", "due", "never"]
    _, lead, ben, missed, never = shown_steps(daemon, key)
    assert "next, after 30m: Team Lead" in lead and ben == "by hand: ben" and "when the response time has passed" in missed
    assert "when the resolution time has passed, which nobody sets" in never
    ctl.run("incidents", "ack", key, "--by=ana")
    assert states() == ["told", "acknowledged", "by_hand", "never", "never"] and one(daemon)["escalation"]["next"] is None
    assert "not while it is acknowledged" in shown_steps(daemon, key)[1] and "next" not in " ".join(shown_steps(daemon, key))
    assert "  next " not in ctl.run("incidents", "show", key)
    daemon.send(body(alert("Silo", status="resolved")))
    wait_until(lambda: daemon.api("incidents/" + key)["state"] == "resolved", 10)
    assert states() == ["told"] and len(shown_steps(daemon, key)) == 1


def test_who_is_held_says_until_when_and_who_comes_then(house, start, recorder):
    held = [{**RULES[0], "page_after": "1h"}]
    made = house(held, catalog={"files": ["catalog.yml"]}, receivers=[pager(n, recorder) for n in ("oncall", "ana", "ben", "lead")])
    made.write("catalog.yml", catalog(STEPS))
    daemon = start(made)
    daemon.send(body(alert("Silo")))
    shown = one(daemon)
    assert shown["held_until"] and shown["escalation"]["next"] == {
        "at": shown["held_until"], "after": "0s", "when": None, "notify": ["On-call Engineer"]}
    text = Ctl(None, daemon).run("incidents", "show", shown["key"])
    assert re.search(r"held until +" + re.escape(shown["held_until"]), text) and shown["held_until"] in text.split("next", 1)[1]
    page = call(daemon.url + "/incidents/" + shown["key"])[2].decode()
    assert "<dt>Held until" in page and "next, after 0s: On-call Engineer" in shown_steps(daemon, shown["key"])[0]
    assert not recorder.requests


def test_a_step_outside_its_hours_waits(house, start, recorder):
    tomorrow = (datetime.now(timezone.utc) + timedelta(days=2)).strftime("%A").lower()
    made = furnish(house, recorder, STEPS,
                   time_intervals=[{"name": "always", "time_intervals": [{"times": [{"start_time": "00:00", "end_time": "24:00"}]}]},
                                   {"name": "tomorrow", "time_intervals": [{"weekdays": [tomorrow]}]}])
    steps = catalog(STEPS)
    steps["escalations"][0]["steps"][1]["active"] = ["tomorrow"]
    made.write("catalog.yml", steps)
    daemon = start(made, expected_errors=["The configuration was not loaded"])
    daemon.send(body(alert("Silo")))
    # The one behind it is told; it waits for its day.
    wait_until(lambda: len(told(recorder)) == 3, 15)
    assert "LEAD" not in told(recorder)
    following = one(daemon)["escalation"]["next"]
    assert following["notify"] == ["Team Lead"] and following["at"] > stamp(now() + 3600)
    steps["escalations"][0]["steps"][1]["active"] = ["no-such"]
    made.write("catalog.yml", steps)
    assert "no-such" in json.dumps(daemon.reload()[1])


def test_sentinels_failover_in_the_middle_loses_and_repeats_nothing(redis_set, local_house, start, recorder):
    s = redis_set()
    made = furnish(local_house, recorder, [("0s", ["On-call Engineer"]), ("5s", ["Team Lead"]), ("12s", ["ben"])], store=s.store())
    daemon = start(made)
    daemon.send(body(alert("Silo")))
    wait_until(lambda: len(told(recorder)) == 2, 20)
    wait_until(s.in_step, 10, "the replica has everything")
    s.kill_master()
    wait_until(lambda: sorted(told(recorder)) == ["ANA", "BEN", "LEAD", "ONCALL"], 60)
    keys = [(r.body["routing_key"], r.key) for r in recorder.triggers()]
    assert len(keys) == len(set(keys)) == 4
    wait_until(s.master, 30, "a master")
    wait_until(lambda: daemon.webhook(body(alert("Silo", status="resolved")))[0] == 200, 30)
    wait_until(lambda: not recorder.open_keys(), 40)


def test_a_template_says_who_is_on_call(local_house, start, recorder):
    receivers = [{**pager(n, recorder), "title": "{{title}}, on call: {{on_call | default:\"nobody\"}}"} for n in ("oncall", "ana", "ben", "lead")]
    daemon = start(furnish(local_house, recorder, STEPS[:1], receivers=receivers))
    daemon.send(body(alert("Silo")))
    wait_until(lambda: len(told(recorder)) == 2, 10)
    assert all("on call: ana (@ana)" in r.body["payload"]["summary"] for r in recorder.triggers())


def test_an_owner_of_no_catalog_has_its_breaches_at_zero_once_it_pages(house, start, recorder):
    made = furnish(house, recorder, STEPS[:1])
    made.write("catalog.yml", {**catalog(STEPS[:1]), "owners": [{"name": "harbour", "receivers": ["oncall"]}],
                               "severities": [{"name": "P1", "response": "1h"}]})
    daemon = start(made)
    name = "sla_breaches_total"
    assert daemon.metric(name, severity="P1", owner="harbour", kind="response") == 0
    labels = [dict(key[1]) for key in daemon.metrics() if key[0] == name]
    assert all(of["kind"] == "response" and of["owner"] in ("", "harbour") for of in labels)
    daemon.send(body(alert("Silo", team="dock")))
    assert daemon.metric(name, severity="P1", owner="dock", kind="response") == 0


def test_a_template_says_whom_a_step_is_for(local_house, start, recorder):
    title = "{{labels.alertname}}{{#escalated}} for {{role}}: {{contact}}{{/escalated}}"
    receivers = [{**pager(n, recorder), "title": title} for n in ("oncall", "ana", "ben", "lead")]
    daemon = start(furnish(local_house, recorder, [("0s", ["On-call Engineer"]), ("1s", ["Harbour Master"])], receivers=receivers))
    daemon.send(body(alert("Silo")))
    wait_until(lambda: len(told(recorder)) == 3, 10)
    said = [r.body["payload"]["summary"] for r in recorder.triggers()]
    assert sorted(said) == ["Silo", "Silo for Harbour Master: Dora (+49 1)", "Silo for On-call Engineer: ana (@ana)"]


@pytest.mark.parametrize("who", ["one", "two"])
def test_a_killed_router_holds_up_a_step_for_a_moment(shared_house, start, recorder, who):
    """
    It dies while it asks an Alertmanager that says nothing; whoever lives, or the same started anew, takes the step much sooner
    than a delivery's lease ends.
    """
    steps = [("0s", ["On-call Engineer"]), ("4s", ["Team Lead"])]
    slow = {"delivery": {"lease": "10m"}}
    with Mute() as mute:
        killed = start(furnish(shared_house, recorder, steps, name="one", sources=[{"name": "eu1", "alertmanagers": [mute.url]}],
                               **slow))
        killed.send(body(alert("Silo")), source="eu1")
        wait_until(lambda: len(told(recorder)) == 2 and mute.held, 20, "it asks before the step")
        killed.kill()
        began = now()
        start(furnish(shared_house, recorder, steps, name=who, **slow))
        wait_until(lambda: "LEAD" in told(recorder), 40)
        assert now() - began < 20
    assert len(told(recorder)) == 3


def handed_over(daemon, made, steps):
    """Ana hands over to ben some seconds after an alert came; when that is."""
    for name in ("Silo", "Crane", "Quay", "Lock", "Barge"):
        at = now() + 6
        said = copy.deepcopy(catalog(steps))
        said["schedules"][0]["overrides"] = [{"person": who, "from": stamp(since), "until": stamp(until)}
                                             for who, since, until in (("ana", at - 3600, at), ("ben", at, at + 3600))]
        made.write("catalog.yml", said)
        assert daemon.reload()[0] == 200
        daemon.send(body(alert(name)))
        if now() < at - 2:
            return name, at
        daemon.send(body(alert(name, status="resolved")))  # a busy machine: it took too long
    raise AssertionError("no alert came before its handover")


def test_a_step_pages_who_is_on_call_then_and_the_end_goes_to_whoever_was_paged(house, start, recorder):
    steps = [("0s", ["On-call Engineer"]), ("8s", ["On-call Engineer"])]
    made = furnish(house, recorder, steps)
    daemon = start(made)
    name, at = handed_over(daemon, made, steps)
    key = one_named(daemon, name)
    told_now = lambda action="trigger": [r.body["routing_key"] for r in recorder.all(action, accepted=True) if key in r.key]
    wait_until(lambda: sorted(told_now()) == ["ANA", "ONCALL"], 10)
    wait_until(lambda: sorted(told_now()) == ["ANA", "BEN", "ONCALL"], 20)
    assert now() > at
    assert [s["told"] for s in daemon.api("incidents/" + key)["escalation"]["steps"]] == [
        "On-call Engineer, ana", "On-call Engineer, ben"]
    daemon.send(body(alert(name, status="resolved")))
    wait_until(lambda: sorted(told_now("resolve")) == ["ANA", "BEN", "ONCALL"], 20)


def one_named(daemon, name):
    return next(i["key"] for i in daemon.api("incidents")["incidents"] if i["labels"]["alertname"] == name)


def test_an_acknowledgement_that_runs_out_lets_it_go_on(house, start, recorder):
    daemon = start(furnish(house, recorder, STEPS[:2], dedup={"ack_timeout": "6s"}))
    daemon.send(body(alert("Silo")))
    wait_until(lambda: len(told(recorder)) == 2, 10)
    acknowledged = now()
    Ctl(None, daemon).run("incidents", "ack", one(daemon)["key"], "--by=ana")
    wait_until(lambda: "LEAD" in told(recorder), 20)
    assert now() - acknowledged >= 5.9
    assert any("ack_timeout" in (e["detail"] or "") for e in one(daemon)["timeline"])


AGAIN = [("0s", ["ana"]), ("1s", ["Team Lead"]), ("2s", ["Team Lead"]), ("3s", ["ana", "Team Lead"]), ("4s", ["oncall"])]


@pytest.mark.parametrize("how", ["left alone", "kill"])
def test_a_step_that_repeats_a_role_wakes_again_under_its_own_key(house, start, recorder, how):
    made = furnish(house, recorder, AGAIN)
    daemon = start(made)
    daemon.send(body(alert("Silo")))
    wait_until(lambda: "LEAD" in told(recorder), 10)
    if how == "kill":
        daemon.kill()
        daemon = start(made)

    def keys(name):
        return [r.key for r in recorder.triggers() if r.body["routing_key"] == name]

    def everybody_is_told():
        return [len(set(keys(name))) for name in ("ONCALL", "ANA", "LEAD")] == [2, 2, 3]

    wait_until(everybody_is_told, 30)
    if how == "left alone":
        assert len(recorder.triggers()) == 7
    third = [r for r in recorder.triggers() if r.key == keys("LEAD")[-1]][0]
    assert "within 3s" in json.dumps(third.body)
    shown = one(daemon)
    assert sorted((d["receiver"], d["target"], d["turn"]) for d in shown["deliveries"] if d["target"] == "Team Lead") == [
        ("lead", "Team Lead", 1), ("lead", "Team Lead", 2), ("lead", "Team Lead", 3)]
    assert "Team Lead (3)" in Ctl(None, daemon).run("incidents", "show", shown["key"])
    daemon.send(body(alert("Silo", status="resolved")))
    wait_until(lambda: not recorder.open_keys(), 30)
    assert {r.key for r in recorder.triggers()} == {r.key for r in recorder.all("resolve", accepted=True)}


def test_a_raised_severity_goes_on_although_somebody_had_it(house, start, recorder):
    made = furnish(house, recorder, STEPS)
    made.rules([{"name": "all", "matchers": ['alertname=~".+"'], "escalation": "steps", "group_by": ["alertname"]}])
    daemon = start(made)
    began = now()
    daemon.send(body(alert("Silo", severity="P2", belt="a", starts=began)))
    wait_until(lambda: len(told(recorder)) == 2, 10)
    Ctl(None, daemon).run("incidents", "ack", one(daemon)["key"], "--by=ana")
    wait_until(lambda: now() - began > 5, 20, "the time of all steps passes")
    assert sorted(told(recorder)) == ["ANA", "ONCALL"]
    daemon.send(body(alert("Silo", severity="P2", belt="a", starts=began), alert("Silo", severity="P0", belt="b")))
    wait_until(lambda: "LEAD" in told(recorder), 20)
    wait_until(lambda: one(daemon)["escalation"]["next"] is None, 20)
