"""What stakeholders hear: the opening, what people write, and the end, in the words of the index page."""

import os
import re

import pytest

from harness import Ctl, alert, body, wait_until
from harness.http import post_json

INDEX = """# Runbooks of the harbour

## Communication Templates

### Incident Notification
```
TROUBLE: [SEVERITY] - [TITLE]

Impact: [USER_IMPACT]
ETA: [ESTIMATED_END]
```

### Status Update
```
NEWS: [TITLE]

State: [STATUS]
Done: [WHAT_WAS_DONE]
Graph: [GRAPH]
```

### Resolution
```
OVER: [TITLE]

Cause: [ROOT_CAUSE]
```
"""
RULES = [{"name": "grave", "matchers": ['alertname="Silo"'], "severity": "P1", "summary": "silo full", "group_by": ["..."]},
         {"name": "rest", "matchers": ['alertname=~".+"'], "severity": "P3", "summary": "silo dusty", "group_by": ["..."]}]
RUNBOOK_FOLDER = "books"


def furnish(make, recorder, index=INDEX):
    pager = {"name": "oncall", "pagerduty": {"routing_key": "ONCALL", "url": recorder.url}, "rate_limit": {"per_second": 0}}
    town = {"name": "town", "audience": "stakeholders", "webhook": {"url": recorder.url + "/town"}}
    made = make(RULES, receivers=[pager, town], catalog={"runbooks": RUNBOOK_FOLDER})
    os.makedirs(os.path.join(made.folder, RUNBOOK_FOLDER), exist_ok=True)
    made.write(f"{RUNBOOK_FOLDER}/README.md", index)
    return made


def heard(recorder):
    return [(r.body["event"], r.body["title"], r.body["text"]) for r in recorder.requests if r.path.endswith("/town")]


def key_of(daemon):
    return daemon.api("incidents")["incidents"][0]["key"]


def test_opening_update_and_end(house, start, recorder):
    d = start(furnish(house, recorder))
    d.send(body(alert("Silo")))
    wait_until(lambda: len(heard(recorder)) == 1, 10)
    event, title, text = heard(recorder)[0]
    assert (event, title) == ("trigger", "TROUBLE: P1 - silo full") and "Impact: to follow" in text
    ctl, key = Ctl(None, d), key_of(d)
    printed = ctl.run("incidents", "update", key, "--status=fixing", "--done=emptied", "--print")
    assert "NEWS: silo full" in printed and "Done: emptied" in printed
    assert d.api("incidents/" + key)["update"] is None
    ctl.run("incidents", "ack", key)
    said = ctl.json("incidents", "update", key, "--status=fixing", "--done=emptied", "--impact=all", "--by=ana")
    assert said["missing"] == ["GRAPH"] and said["receivers"] == ["town"] and said["sent"]
    wait_until(lambda: len(heard(recorder)) == 2, 10)
    assert heard(recorder)[1][0] == "update" and "Done: emptied" in heard(recorder)[1][2]
    ctl.run("incidents", "update", key, "--set=graph=on the wall", "--cause=a mouse", "--by=ana")
    wait_until(lambda: len(heard(recorder)) == 3, 10)
    assert "Graph: on the wall" in heard(recorder)[2][2] and "Done: emptied" in heard(recorder)[2][2]
    d.send(body(alert("Silo", status="resolved")))
    wait_until(lambda: len(heard(recorder)) == 4, 10)
    assert heard(recorder)[3][:2] == ("resolve", "OVER: silo full") and "Cause: a mouse" in heard(recorder)[3][2]
    shown = d.api("incidents/" + key)
    assert shown["update"]["by"] == "ana" and [e["what"] for e in shown["timeline"]].count("updated") == 2
    assert not any("town: acknowledge" in e["detail"] for e in shown["timeline"])


def test_a_key_that_is_not_understood_is_refused_by_name(local_house, start, recorder):
    d = start(furnish(local_house, recorder))
    d.send(body(alert("Silo")))
    wait_until(lambda: len(heard(recorder)) == 1, 10)
    update = f"{d.url}/api/v1/incidents/{key_of(d)}/update"
    for key, said in (("statsu", 'unknown key "statsu"; did you mean "status"?'), ("comment", 'unknown key "comment"')):
        status, reply = post_json(update, {"status": "fixing", key: "x"})
        assert (status, reply["error"]) == (400, said)
    assert d.api("incidents/" + key_of(d))["update"] is None and len(heard(recorder)) == 1
    known = {"status": "fixing", "impact": "i", "eta": "e", "done": "d", "next": "n", "cause": "c", "by": "ana"}
    assert post_json(update, {**known, "set": {"GRAPH": "g"}, "print": True})[0] == 200
    assert post_json(update, known)[0] == 200


def test_a_lesser_one_is_told_once_somebody_writes(house, start, recorder):
    d = start(furnish(house, recorder))
    d.send(body(alert("Dust")))
    wait_until(lambda: recorder.triggers(), 10)
    assert not heard(recorder)
    Ctl(None, d).run("incidents", "update", key_of(d), "--status=identified")
    wait_until(lambda: len(heard(recorder)) == 2, 10)
    assert [h[0] for h in heard(recorder)] == ["trigger", "update"]
    Ctl(None, d).run("incidents", "update", key_of(d), "--status=sleeping", status=1)
    Ctl(None, d).run("incidents", "update", "ffffffffff", "--status=fixing", status=1)


SEED = os.path.join(os.path.dirname(__file__), "..", "..", "..", "shared", "data", "seeds")


@pytest.mark.skipif(not os.path.isdir(SEED), reason="the organisations' pages are not here")
def test_the_three_templates_of_the_third_organisation_come_out_filled(house, start, recorder):
    name = sorted(os.listdir(SEED))[2]
    with open(os.path.join(SEED, name), encoding="utf-8") as f:
        d = start(furnish(house, recorder, f.read()))
    d.send(body(alert("Silo")))
    wait_until(lambda: len(heard(recorder)) == 1, 10)
    key = key_of(d)
    said = Ctl(None, d).json("incidents", "update", key, "--status=identified", "--impact=all users", "--eta=17:00",
                             "--done=rolled back", "--next=watch", "--cause=a release")
    assert said["template"] and not said["missing"]
    wait_until(lambda: len(heard(recorder)) == 2, 10)
    d.send(body(alert("Silo", status="resolved")))
    wait_until(lambda: len(heard(recorder)) == 3, 10)
    texts = [title + "\n" + text for _, title, text in heard(recorder)]
    left = [re.findall(r"\[[^\]]+\]", t) for t in texts]
    assert left == [[], [], []], texts
    assert "identified" in texts[1] and "rolled back" in texts[1] and "watch" in texts[1] and "17:00" in texts[1]
    assert "rolled back" in texts[2] and "a release" in texts[2]
