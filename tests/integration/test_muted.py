"""What Alertmanager never sends: the resolve of an alert that is silenced, inhibited or muted when it resolves. A real one in
front, the installed one and the newest that there is, with a group_interval of a second and a late_grace that is a little longer."""

import json

import pytest

from harness import newest, now, wait_until
from harness.bodies import stamp
from harness.http import call

GRACE = 4  # seconds; more than the group_interval, also on a busy machine
DEDUP = {"late_grace": f"{GRACE}s"}
ROUTE = {"group_by": ["alertname"], "group_wait": "200ms", "group_interval": "1s", "repeat_interval": "2s"}
RULES = [{"name": "as-grouped-there", "matchers": ['alertname=~".+"'], "severity": "P1"}]


@pytest.fixture(params=["prometheus-alertmanager", newest("prometheus-alertmanager")])
def front(request, alertmanager):
    """front(d, more) runs an Alertmanager before d; `more` is merged into its configuration."""

    def run(d, more=None):
        return alertmanager(d.url + "/api/v1/webhook", route=ROUTE, config=more, program=request.param)

    return run


def host(name, **more):
    return {"alertname": "HostDown", "instance": name, **more}


def silence(am, label, value):
    body = {"matchers": [{"name": label, "value": value, "isRegex": False}], "startsAt": stamp(now() - 1),
            "endsAt": stamp(now() + 3600), "createdBy": "a test", "comment": "maintenance"}
    code, _, text = call(am.url + "/api/v2/silences", "POST", json.dumps(body).encode(), {"Content-Type": "application/json"})
    assert code == 200, text


def members(d):
    found = d.api("incidents")["incidents"]
    return found[0]["members"]["firing"] if found else 0


def is_suppressed(am, instance):
    alerts = json.loads(call(am.url + "/api/v2/alerts")[2])
    return any(a["labels"]["instance"] == instance and a["status"]["state"] == "suppressed" for a in alerts)


def mute_by_silence(am, instance):
    silence(am, "instance", instance)
    wait_until(lambda: is_suppressed(am, instance), 10, "the silence is in force")


def mute_by_inhibition(am, instance):
    am.fire([{"alertname": "RackDown", "instance": instance}])
    wait_until(lambda: is_suppressed(am, instance), 10, "the inhibition is in force")


INHIBIT = {"inhibit_rules": [{"source_matchers": ['alertname="RackDown"'], "target_matchers": ['alertname="HostDown"'],
                              "equal": ["instance"]}]}


def mute_by_time(am, instance):
    """A route of its own that is muted at every time of the day. The others stay in the group that they were in."""
    am.config["time_intervals"] = [{"name": "always", "time_intervals": [{"times": [{"start_time": "00:00", "end_time": "24:00"}]}]}]
    am.config["route"]["routes"] = [{"matchers": [f'instance="{instance}"'], "mute_time_intervals": ["always"]}]
    am.reload()


def pages_of(recorder, alertname="HostDown"):
    return [r for r in recorder.triggers() if r.labels.get("alertname") == alertname]


@pytest.mark.parametrize("mute,more", [(mute_by_silence, None), (mute_by_inhibition, INHIBIT), (mute_by_time, None)])
def test_the_next_host_pages_where_a_resolve_was_never_sent(house, start, recorder, front, mute, more):
    """a and b page as one incident; a's resolve happens unseen, b resolves, and c goes down: somebody is woken."""
    d = start(house(RULES, dedup=DEDUP))
    am = front(d, more)
    began = now()
    am.fire([host("a"), host("b")], began)
    wait_until(lambda: pages_of(recorder), 20, "the page of both")
    wait_until(lambda: members(d) == 2, 20, "both are members")
    mute(am, "a")
    am.resolve([host("a")], began)
    am.resolve([host("b")], began)
    wait_until(lambda: members(d) < 2, 20, "b has resolved")
    assert d.metric("alerts_decided_total", verdict="resolve", reason="last_member_resolved") == 0, "a's resolve is never sent"
    am.fire([host("c")])
    wait_until(lambda: len(pages_of(recorder)) == 2, 20, "c's page")
    first, second = (r.key for r in pages_of(recorder))
    assert second == first + "-2" and first in recorder.keys("resolve")


def test_what_ended_under_a_silence_ends_at_the_provider(house, start, recorder, front):
    """The group goes on with others: two bodies that do not list it, late_grace apart, end it; the last one ends the incident."""
    d = start(house(RULES, dedup=DEDUP))
    am = front(d)
    began = now()
    am.fire([host("a"), host("b")], began)
    wait_until(lambda: members(d) == 2, 20, "both are members")
    mute_by_silence(am, "a")
    am.resolve([host("a")], began)
    wait_until(lambda: members(d) == 1, 20 + 10 * GRACE, "a has ended, unsaid")
    assert len(pages_of(recorder)) == 1 and not recorder.resolves()
    am.resolve([host("b")], began)
    wait_until(recorder.resolves, 20, "the resolve")
    assert not recorder.open_keys()


def test_the_last_one_that_ends_under_a_silence_ends_after_the_grace(house, start, recorder, front):
    """b resolves and the body says that nothing fires: Alertmanager's list is empty, and a grace later so is ours."""
    d = start(house(RULES, dedup=DEDUP))
    am = front(d)
    began = now()
    am.fire([host("a"), host("b")], began)
    wait_until(lambda: members(d) == 2, 20, "both are members")
    mute_by_silence(am, "a")
    am.resolve([host("a"), host("b")], began)
    wait_until(recorder.resolves, 20 + 2 * GRACE, "the resolve")
    assert not recorder.open_keys() and not d.api("incidents")["incidents"]


def test_a_restarted_alertmanager_ends_nothing_and_pages_nobody_twice(house, start, recorder, front):
    d = start(house(RULES, dedup={"late_grace": f"{3 * GRACE}s"}))
    am = front(d)
    began = now()
    am.fire([host("a"), host("b")], began)
    wait_until(lambda: members(d) == 2, 20, "both are members")
    am.stop()
    am.start()
    received = d.sum("alerts_received_total")
    am.fire([host("a")], began)
    wait_until(lambda: d.sum("alerts_received_total") > received, 20, "it posts what it has learnt anew")
    am.fire([host("a"), host("b")], began)
    wait_until(lambda: d.sum("alerts_received_total") > received + 2, 20, "it posts both")
    assert members(d) == 2
    assert len(recorder.triggers()) == 1 and not recorder.resolves()


def test_routes_that_are_edited_while_it_fires_page_nobody_anew(house, start, recorder, front):
    """Another group_by makes other groups of the same alerts: they move there."""
    by_name = [{**RULES[0], "group_by": ["alertname"]}]
    d = start(house(by_name, dedup=DEDUP))
    am = front(d)
    began = now()
    am.fire([host("a", zone="x"), host("b", zone="y")], began)
    wait_until(lambda: members(d) == 2, 20, "both are members")
    am.config["route"]["group_by"] = ["alertname", "zone"]
    am.stop()
    am.start()
    received = d.sum("alerts_received_total")
    am.fire([host("a", zone="x"), host("b", zone="y")], began)
    wait_until(lambda: d.sum("alerts_received_total") > received + 1, 30, "the new groups are posted")
    assert len(recorder.triggers()) == 1
    am.resolve([host("a", zone="x"), host("b", zone="y")], began)
    wait_until(recorder.resolves, 20, "the resolve")
    assert len(recorder.triggers()) == 1 and not recorder.open_keys()
