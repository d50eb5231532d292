"""The promises of one incident, from webhook to provider, on both stores."""

import json

from harness import alert, body, now, wait_until


def test_an_alert_pages_once_and_its_end_is_told_once(house, start, recorder):
    d = start(house())
    starts = now() - 60
    first = d.send(body(alert("DiskFull", starts=starts, instance="a")))
    assert [(x["verdict"], x["reason"]) for x in first] == [("page", "new")]
    wait_until(recorder.triggers, 10, "the page")
    again = d.send(body(alert("DiskFull", starts=starts, instance="a")))
    assert [(x["verdict"], x["reason"]) for x in again] == [("deduplicate", "repeat")]
    over = d.send(body(alert("DiskFull", status="resolved", starts=starts, instance="a")))
    assert [(x["verdict"], x["reason"]) for x in over] == [("resolve", "last_member_resolved")]
    wait_until(recorder.resolves, 10, "the resolve")
    assert [r.action for r in recorder.all()] == ["trigger", "resolve"]
    assert set(recorder.keys()) == set(recorder.keys("resolve")) == {first[0]["key"]}
    assert not recorder.open_keys()


def test_the_page_carries_runbook_owner_and_severity(house, start, recorder):
    d = start(house())
    d.send(body(alert("DiskFull", instance="a", annotations={"summary": "the disk is full"})))
    page = wait_until(recorder.triggers, 10, "the page")[0].body
    assert {"href": "https://wiki.test/runbooks/test/DiskFull.md", "text": page["links"][0]["text"]} in page["links"]
    details = page["payload"]["custom_details"]
    assert details["owner"] == "crew" and details["severity"] == "P1" and details["rule"] == "everything"
    assert details["runbook"] == "https://wiki.test/runbooks/test/DiskFull.md"
    assert page["payload"]["class"] == "DiskFull" and details["labels"]["instance"] == "a"


def rules(name, **fields):
    return [{"name": name, "matchers": ['alertname=~".+"'], "group_by": ["service"], "severity": "P1", **fields}]


def test_a_changed_rule_neither_pages_again_nor_leaves_a_zombie(house, start, recorder):
    """Renamed, grouped otherwise: an open incident stays what it is. page: false takes its page back, at its provider too."""
    h = house(rules("before"))
    d = start(h)
    starts = now() - 60
    fire = body(alert("Down", starts=starts, service="web", instance="a"))
    key = d.send(fire)[0]["key"]
    wait_until(recorder.triggers, 10, "the page")
    expected = {"renamed": ("deduplicate", "repeat"), "grouped": ("deduplicate", "repeat"),
                "silent": ("suppress", "page_false")}
    for changed in (rules("renamed"), rules("grouped", group_by=["service", "instance"]),
                    rules("silent", page=False, severity="P1")):
        h.rules(changed)
        assert d.reload()[0] == 200
        decision = d.send(fire)[0]
        assert (decision["verdict"], decision["reason"]) == expected[changed[0]["name"]]
        assert decision["key"] == key, changed
    wait_until(lambda: not recorder.open_keys(), 10, "the resolve")
    d.send(body(alert("Down", status="resolved", starts=starts, service="web", instance="a")))
    assert recorder.keys() == [key] and recorder.keys("resolve") == [key]


def test_a_new_start_of_a_firing_alert_pages_again_and_resolves_the_old_one_first(house, start, recorder):
    """Alertmanager never told the resolve (silenced, send_resolved: false): somebody must be woken all the same."""
    d = start(house())
    old, new = now() - 3600, now() - 60
    key = d.send(body(alert("Down", starts=old)))[0]["key"]
    wait_until(lambda: recorder.keys() == [key], 10, "the first page")
    decision = d.send(body(alert("Down", starts=new)))[0]
    assert (decision["verdict"], decision["reason"]) == ("page", "reopened")
    wait_until(lambda: len(recorder.triggers()) == 2, 10, "the second page")
    assert [(r.action, r.key) for r in recorder.all()] == [
        ("trigger", key), ("resolve", key), ("trigger", key + "-2")]
    d.send(body(alert("Down", status="resolved", starts=new)))
    wait_until(lambda: not recorder.open_keys(), 10, "the end")


def test_a_stale_firing_after_the_resolve_leaves_nothing_open(house, start, recorder):
    """A lagging Alertmanager peer: firing comes after the resolve, then the resolve once more."""
    d = start(house())
    starts, ends = now() - 60, now()
    fire = body(alert("Down", starts=starts))
    over = body(alert("Down", status="resolved", starts=starts, ends=ends))
    d.send(fire)
    wait_until(recorder.triggers, 10, "the page")
    d.send(over)
    wait_until(recorder.resolves, 10, "the resolve")
    late = d.send(fire)[0]
    assert (late["verdict"], late["reason"]) == ("deduplicate", "late_firing")
    d.send(over)
    wait_until(lambda: not d.api("incidents?limit=10")["incidents"], 10, "nothing is open")
    assert [r.action for r in recorder.all()] == ["trigger", "resolve"]


def test_a_resolve_that_comes_before_its_firing_pages_nobody(house, start, recorder):
    d = start(house())
    starts, ends = now() - 60, now()
    over = body(alert("Down", status="resolved", starts=starts, ends=ends))
    first = d.send(over)[0]
    assert (first["verdict"], first["reason"]) == ("suppress", "never_paged")
    late = d.send(body(alert("Down", starts=starts)))[0]
    assert late["reason"] == "late_firing"
    d.send(over)
    wait_until(lambda: not d.api("incidents")["incidents"], 10, "nothing is open")
    wait_until(lambda: d.metric("incidents", state="firing") == 0, 15, "the gauge agrees")
    assert recorder.all() == []


def test_a_late_firing_that_goes_on_pages_after_the_grace(house, start, recorder):
    """After lost contact a genuine re-fire keeps its startsAt: it is late, not lost."""
    d = start(house())
    starts = now() - 60
    d.send(body(alert("Down", status="resolved", starts=starts)))
    d.send(body(alert("Down", starts=starts)))
    assert recorder.all() == []
    wait_until(recorder.triggers, 15, "the page after late_grace")
    assert d.metric("timer_decisions_total", reason="late_grace_passed") == 1


def test_what_observe_mode_kept_back_is_sent_when_sending_begins(house, start, recorder):
    h = house(delivery={"mode": "observe"})
    d = start(h)
    starts = now() - 60
    over, opened = dict(service="over"), dict(service="open")
    assert d.send(body(alert("Down", starts=starts, **over)))[0]["verdict"] == "page"
    assert d.send(body(alert("Down", starts=starts, **opened)))[0]["verdict"] == "page"
    assert d.send(body(alert("Down", status="resolved", starts=starts, **over)))[0]["verdict"] == "resolve"
    assert d.api("incidents?state=resolved")["incidents"][0]["pages"] == 1
    assert recorder.all() == []
    settings = json.loads(open(h.file, encoding="utf-8").read())
    settings["delivery"]["mode"] = "send"
    h.write("runbookd.yml", settings)
    assert d.reload()[0] == 200
    wait_until(recorder.triggers, 10, "what is open")
    d.send(body(alert("Down", status="resolved", starts=starts, **opened)))
    wait_until(recorder.resolves, 10, "its end")
    assert [(r.action, r.labels["service"]) for r in recorder.all() if r.action == "trigger"] == [("trigger", "open")]
    assert len(recorder.resolves()) == 1


def test_page_after_lets_a_short_blip_pass_unpaged(house, start, recorder):
    d = start(house(rules("patient", page_after="1s")))
    starts = now() - 60
    blip = dict(service="blip")
    d.send(body(alert("Down", starts=starts, **blip)))
    d.send(body(alert("Down", status="resolved", starts=starts, **blip)))
    d.send(body(alert("Down", starts=starts, service="stays")))
    wait_until(recorder.triggers, 10, "the one that stays")
    assert [r.labels["service"] for r in recorder.triggers()] == ["stays"]
