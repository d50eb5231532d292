"""why: what became of an alert, from the journal; or that it was never received."""

import pytest

from harness import Ctl, Reply, alert, body, now, post_json, wait_until


@pytest.fixture
def told(local_house, start, recorder, tmp_path):
    """A daemon that has paged once at the second attempt, was acknowledged and told the end; and its runbookctl."""
    house = local_house(journal={"path": "journal"})
    d = start(house)
    replies = [Reply(status=503, body=b"try later")]
    recorder.answer = lambda request: replies.pop() if replies else Reply()
    key = d.send(body(alert("Down", starts=now() - 60, host="db1")), source="eu")[0]["key"]
    d.send(body(alert("Other", starts=now() - 60, host="db2")))
    wait_until(lambda: {r.key for r in recorder.triggers()} >= {key}, 30, "it is paged")
    wait_until(lambda: post_json(f"{d.url}/api/v1/incidents/{key}/ack", {"by": "ana"})[0] == 200, 10, "acknowledged")
    d.send(body(alert("Down", status="resolved", starts=now() - 60, host="db1")), source="eu")
    wait_until(lambda: recorder.resolves(key), 30, "the end is told")
    assert d.process.stop(12) == 0
    d.start()
    return Ctl(house, folder=tmp_path)


def test_everything_that_happened_is_said(told):
    said = told.json("why", "alertname=Down", 'host=~"db.*"')
    assert said["received"] == 2
    events = [(e["event"], e.get("message") or e.get("command") or e.get("verdict")) for e in said["events"]]
    assert events[0] == ("decided", "page") and ("command", "ack") in events
    assert ("told", "trigger") in events and events[-1] == ("told", "resolve")
    outcomes = [e["outcome"] for e in said["events"] if e["event"] == "told" and e["message"] == "trigger"]
    assert outcomes[-1] == "delivered"
    assert all("Other" not in str(e) for e in said["events"])
    table = told.run("why", "alertname=Down")
    assert "page, new" in table and "trigger to oncall" in table and "by ana" in table


def test_what_was_never_received(told):
    out = told.run("why", "alertname=Nowhere", status=1)
    assert "never received" in out and "last alert from eu:" in out and "a source without a name" in out
    told.run("why", status=2)
    told.run("why", "alertname=~(", status=2)
    told.run("why", "alertname=Down", "--since=soon", status=2)
    told.run("why", "alertname=Down", "--journal=/nowhere/*.jsonl", status=1)
    assert "there is no such file" in told.errors
