"""Silences in a real Alertmanager: they stop the steps of an escalation, and whoever cannot be asked stops nothing."""

import contextlib
import http.client
import json
import threading

import pytest

from harness import Ctl, Mute, alert, body, newest, now, wait_until
from harness.bodies import stamp
from harness.http import call

GRACE = 4  # seconds: more than the group_interval; what is held is asked about again within it
RULES = [{"name": "all", "matchers": ['alertname=~".+"'], "severity": "P1", "escalation": "steps"}]
ROUTE = {"group_by": ["alertname"], "group_wait": "100ms", "group_interval": "1s", "repeat_interval": "2s"}


def pager(name, recorder):
    return {"name": name, "pagerduty": {"routing_key": name.upper(), "url": recorder.url}, "rate_limit": {"per_second": 0}}


def furnish(make, recorder, after="5s", **over):
    made = make(RULES, catalog={"files": ["catalog.yml"]}, dedup={"late_grace": f"{GRACE}s"},
                receivers=[pager(n, recorder) for n in ("oncall", "lead")], **over)
    made.write("catalog.yml", {"escalations": [{"name": "steps", "steps": [{"after": "0s", "notify": ["oncall"]},
                                                                           {"after": after, "notify": ["lead"]}]}]})
    return made


def ask(made, daemon, urls, **source):
    """From here on `urls` are the Alertmanagers of eu1."""
    with open(made.file, encoding="utf-8") as f:
        config = json.load(f)
    made.write("runbookd.yml", {**config, "sources": [{"name": "eu1", "alertmanagers": urls, **source}]})
    assert daemon.reload()[0] == 200


@pytest.fixture(params=["prometheus-alertmanager", newest("prometheus-alertmanager")])
def front(request, alertmanager):
    return lambda d, **more: alertmanager(d.url + "/api/v1/webhook/eu1", route=ROUTE, program=request.param, **more)


def silence(am, **labels):
    body = {"matchers": [{"name": n, "value": v, "isRegex": False} for n, v in labels.items()],
            "startsAt": stamp(now() - 1), "endsAt": stamp(now() + 3600), "createdBy": "a test", "comment": "maintenance"}
    code, _, text = call(am.url + "/api/v2/silences", "POST", json.dumps(body).encode(), {"Content-Type": "application/json"})
    assert code == 200, text
    return json.loads(text)["silenceID"]


def end_silence(am, number):
    assert call(f"{am.url}/api/v2/silence/{number}", "DELETE", b"", {})[0] == 200


def told(recorder, action="trigger"):
    return [r.body["routing_key"] for r in recorder.all(action, accepted=True)]


def one(daemon):
    found = daemon.api("incidents")["incidents"]
    assert len(found) == 1
    return daemon.api("incidents/" + found[0]["key"])


def passed(began, seconds):
    wait_until(lambda: now() - began > seconds, seconds + 20, "time passes")


def test_a_silence_stops_the_next_step_and_its_end_lets_it_go_on(house, start, recorder, front):
    made = furnish(house, recorder)
    d = start(made)
    am = front(d)
    ask(made, d, [am.url])
    began = now()
    am.fire([{"alertname": "Silo", "job": "a"}, {"alertname": "Silo", "job": "b"}])
    wait_until(lambda: told(recorder) == ["ONCALL"], 10)
    number = silence(am, alertname="Silo")
    wait_until(lambda: one(d)["silenced"], 20, "it is asked before the step")
    assert number in one(d)["silenced"]["by"] and one(d)["escalation"]["next"] is None
    assert "silenced" in Ctl(None, d).run("incidents", "show", one(d)["key"])
    passed(began, 9)
    assert told(recorder) == ["ONCALL"]
    end_silence(am, number)
    wait_until(lambda: told(recorder) == ["ONCALL", "LEAD"], 20, "the step that waited")
    assert one(d)["silenced"] is None
    what = [e["what"] for e in one(d)["timeline"]]
    assert what.index("silenced") < what.index("silence_ended") < len(what) - what[::-1].index("escalated") - 1
    assert d.metric("silence_questions_total", source="eu1", answer="silenced") >= 1


def test_a_silence_of_one_of_two_stops_nothing(house, start, recorder, front):
    made = furnish(house, recorder, "3s")
    d = start(made)
    am = front(d)
    ask(made, d, [am.url])
    am.fire([{"alertname": "Silo", "job": "a"}, {"alertname": "Silo", "job": "b"}])
    wait_until(lambda: told(recorder) == ["ONCALL"], 10)
    silence(am, job="a")
    wait_until(lambda: told(recorder) == ["ONCALL", "LEAD"], 20)


@pytest.mark.parametrize("how", ["stopped", "mute", "wrong"])
def test_an_alertmanager_that_cannot_be_asked_stops_nothing(house, start, recorder, alertmanager, how):
    made = furnish(house, recorder, "4s")
    d = start(made)
    am = alertmanager(d.url + "/api/v1/webhook/eu1", route=ROUTE)
    mute = Mute()
    ask(made, d, [{"stopped": am.url, "mute": mute.url, "wrong": recorder.url + "/no/such"}[how]])
    am.fire([{"alertname": "Silo", "job": "a"}])
    wait_until(lambda: told(recorder) == ["ONCALL"], 10)
    silence(am, alertname="Silo")
    if how == "stopped":
        am.stop()
    wait_until(lambda: told(recorder) == ["ONCALL", "LEAD"], 30)
    assert d.metric("silence_questions_total", source="eu1", answer="cannot_tell") >= 1
    mute.close()


def test_one_peer_that_answers_is_enough(house, start, recorder, alertmanager):
    made = furnish(house, recorder)
    d = start(made)
    am = alertmanager(d.url + "/api/v1/webhook/eu1", route=ROUTE)
    mute = Mute()
    ask(made, d, [mute.url, am.url], rename={"job": "service"}, labels={"cluster": "eu1"})
    began = now()
    am.fire([{"alertname": "Silo", "job": "a"}])
    wait_until(lambda: told(recorder) == ["ONCALL"], 10)
    silence(am, job="a")
    wait_until(lambda: one(d)["silenced"], 30)
    passed(began, 8)
    assert told(recorder) == ["ONCALL"]
    mute.close()


def test_an_alert_that_ended_while_it_was_silenced_is_over_soon(house, start, recorder, front):
    """Nothing is sent of it any more; without asking it would stay open for expire_after, eight days."""
    made = furnish(house, recorder, "20m")
    d = start(made)
    am = front(d)
    ask(made, d, [am.url])
    began = now()
    am.fire([{"alertname": "Silo", "job": "a"}], began)
    wait_until(lambda: told(recorder) == ["ONCALL"], 10)
    silence(am, alertname="Silo")
    wait_until(lambda: one(d)["silenced"], 40, "it is asked about when nothing is heard of it")
    am.resolve([{"alertname": "Silo", "job": "a"}], began)
    wait_until(lambda: told(recorder, "resolve") == ["ONCALL"], 60)
    assert not d.api("incidents")["incidents"]


def test_a_silence_by_command_has_the_labels_that_are_shared(house, start, recorder, front):
    made = furnish(house, recorder)
    d = start(made)
    am = front(d)
    ask(made, d, [am.url], rename={"job": "service"}, labels={"cluster": "eu1"})
    began = now()
    am.fire([{"alertname": "Silo", "job": "a", "pod": "1"}, {"alertname": "Silo", "job": "a", "pod": "2"}])
    wait_until(lambda: told(recorder) == ["ONCALL"], 10)
    key = one(d)["key"]
    wait_until(lambda: one(d)["members"]["firing"] == 2, 10)
    said = Ctl(None, d).run("silence", key, "--for=2h", "--comment=a \"new\" belt", "--by=ana")
    assert am.url in said and "job=a" in said
    assert one(d)["silenced"]["since"] and one(d)["escalation"]["next"] is None
    made_there = json.loads(call(am.url + "/api/v2/silences")[2])
    assert len(made_there) == 1 and made_there[0]["createdBy"] == "ana" and made_there[0]["comment"] == 'a "new" belt'
    assert {(m["name"], m["value"]) for m in made_there[0]["matchers"]} == {("alertname", "Silo"), ("job", "a")}
    note = [e for e in one(d)["timeline"] if e["what"] == "silence_made"]
    assert len(note) == 1 and made_there[0]["id"] in note[0]["detail"] and "belt" in note[0]["detail"]
    passed(began, 8)
    assert told(recorder) == ["ONCALL"]


RELABEL = [{"source_labels": ["job"], "regex": "(.+)-(.+)", "target_label": "service", "replacement": "$2"},
           {"regex": "job", "action": "labeldrop"}]


def test_a_silence_says_what_rewritten_labels_were_called(house, start, recorder, front):
    made = furnish(house, recorder, after="1h")
    made.rules([{**RULES[0], "group_by": ["service"]}])
    d = start(made)
    am = front(d)
    ask(made, d, [am.url], relabel_configs=RELABEL, labels={"cluster": "eu1"})
    am.fire([{"alertname": "Silo", "job": "north-belt", "pod": "1"}, {"alertname": "Silo", "job": "north-belt", "pod": "2"},
             {"alertname": "Silo", "job": "north-crane", "pod": "1"}, {"alertname": "Silo", "job": "south-crane", "pod": "2"},
             {"alertname": "Silo", "job": "south-crane", "pod": "3"}])
    keys = lambda: {i["labels"].get("service"): i["key"] for i in d.api("incidents")["incidents"]}
    wait_until(lambda: set(keys()) == {"belt", "crane"}, 20)
    wait_until(lambda: {i["members"]["firing"] for i in d.api("incidents")["incidents"]} == {2, 3}, 20)
    ctl = Ctl(None, d)
    assert "job=north-belt" in ctl.run("silence", keys()["belt"], "--for=1h", "--by=ana")
    there = json.loads(call(am.url + "/api/v2/silences")[2])
    assert [{(m["name"], m["value"]) for m in s["matchers"]} for s in there] == [{("alertname", "Silo"), ("job", "north-belt")}]
    # Two jobs there are one service here, and share nothing that the belt does not have.
    ctl.run("silence", keys()["crane"], "--for=1h", status=1)
    assert "others have too" in ctl.errors
    assert len(json.loads(call(am.url + "/api/v2/silences")[2])) == 1


def test_a_silence_that_nobody_answers_ends_with_the_daemon(local_house, start, recorder):
    """The daemon waits ten seconds for what is in hand: less than so many peers may take."""
    mutes = [Mute() for _ in range(6)]
    d = start(furnish(local_house, recorder, "1h", sources=[{"name": "eu1", "alertmanagers": [m.url for m in mutes]}]))
    d.send(body(alert("Silo")), source="eu1")
    wait_until(lambda: told(recorder) == ["ONCALL"], 10)
    key = one(d)["key"]
    url = f"{d.url}/api/v1/incidents/{key}/silence"

    def ask_for_it():
        with contextlib.suppress(OSError, http.client.HTTPException):
            call(url, "POST", b'{"for": "2h"}', {})

    asking = threading.Thread(target=ask_for_it)
    asking.start()
    wait_until(lambda: any(m.held for m in mutes), 10)
    assert d.process.stop(25) == 0
    asking.join(20)
    for m in mutes:
        m.close()


def test_a_silence_that_cannot_be_made_says_why(house, start, recorder):
    d = start(furnish(house, recorder))
    d.send({"version": "4", "groupKey": "g", "truncatedAlerts": 0, "status": "firing", "receiver": "r", "groupLabels": {},
            "alerts": [{"status": "firing", "labels": {"alertname": "Silo"}, "startsAt": stamp(now())}]})
    wait_until(lambda: told(recorder) == ["ONCALL"], 10)
    key = one(d)["key"]
    code, _, text = call(f"{d.url}/api/v1/incidents/{key}/silence", "POST", b'{"for": "2h"}', {})
    assert code == 400 and b"no named source" in text
    code, _, text = call(f"{d.url}/api/v1/incidents/{key}/silence", "POST", b'{"for": "soon"}', {})
    assert code == 400 and b"for:" in text
    Ctl(None, d).run("silence", "ffffffffffff", "--for=1h", status=1)


def test_many_incidents_are_asked_about_at_once(house, start, recorder, alertmanager):
    """More questions than may be on their way: the others wait in line, and each step is held."""
    made = furnish(house, recorder, "6s")
    made.rules([{**RULES[0], "group_by": ["..."]}])
    d = start(made)
    am = alertmanager(d.url + "/api/v1/webhook/eu1", route=ROUTE)
    ask(made, d, [am.url])
    began = now()
    am.fire([{"alertname": "Silo", "job": f"j{i}"} for i in range(40)])
    wait_until(lambda: len(told(recorder)) == 40, 20)
    silence(am, alertname="Silo")
    silenced = lambda: sum(i["silenced"] is not None for i in d.api("incidents?limit=100")["incidents"])
    wait_until(lambda: silenced() == 40, 30)
    passed(began, 10)
    assert "LEAD" not in told(recorder)
