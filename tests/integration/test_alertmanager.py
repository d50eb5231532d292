"""A real Alertmanager in front, the recorder behind."""

from harness import now, wait_until

ALERTS = 200


def label_sets(count):
    return [{"alertname": "NodeDown", "instance": f"node-{i:03}", "severity": "critical"} for i in range(count)]


def check_each_once(recorder, count):
    """Each alert: one trigger, then one resolve, under one key of its own, with its runbook."""
    history = {}
    for request in recorder.all():
        history.setdefault(request.key, []).append(request)
    assert len(history) == count
    instances = set()
    for key, requests in history.items():
        assert [r.action for r in requests] == ["trigger", "resolve"], key
        assert all(r.accepted for r in requests)
        assert requests[0].body["links"][0]["href"] == "https://wiki.test/runbooks/test/NodeDown.md"
        instances.add(requests[0].labels["instance"])
    assert len(instances) == count


def test_200_alerts_page_once_and_resolve_once_each(house, start, recorder, alertmanager):
    d = start(house())
    am = alertmanager(d.url + "/api/v1/webhook")
    starts, sets = now(), label_sets(ALERTS)
    am.fire(sets, starts)
    wait_until(lambda: len(recorder.triggers()) >= ALERTS, 60, "every page")
    am.resolve(sets, starts)
    wait_until(lambda: len(recorder.resolves()) >= ALERTS, 60, "every resolve")
    check_each_once(recorder, ALERTS)
    assert not recorder.open_keys()
    assert d.sum("alerts_received_total") == 2 * ALERTS


def test_a_group_of_many_is_one_incident_with_its_members(house, start, recorder, alertmanager):
    """group_by: alertmanager takes over the grouping that operators tuned there."""
    rules = [{"name": "as-grouped-there", "matchers": ['alertname="NodeDown"'], "severity": "P1"}]
    d = start(house(rules))
    am = alertmanager(d.url + "/api/v1/webhook", route={"group_by": ["alertname"], "group_wait": "500ms"})
    starts, sets = now(), label_sets(30)
    am.fire(sets, starts)
    wait_until(recorder.triggers, 30, "the page")
    wait_until(lambda: d.api("incidents")["incidents"][0]["members"] == {"firing": 30, "total": 30}, 30, "all members")
    am.resolve(sets, starts)
    wait_until(recorder.resolves, 30, "the resolve")
    assert len(recorder.triggers()) == 1 and len(recorder.resolves()) == 1


def test_two_alertmanagers_and_two_replicas_page_once(shared_house, start, recorder, alertmanager):
    """An Alertmanager pair, each posting to a replica of its own, both replicas on one Redis."""
    one, two = start(shared_house(name="one")), start(shared_house(name="two"))
    am_one = alertmanager(one.url + "/api/v1/webhook", cluster=True)
    am_two = alertmanager(two.url + "/api/v1/webhook", cluster=True, peers=[am_one])
    wait_until(lambda: am_one.peers_seen() == am_two.peers_seen() == 2, 30, "they know each other")
    starts, sets = now(), label_sets(60)
    for am in (am_one, am_two):
        am.fire(sets, starts)
    wait_until(lambda: len(recorder.triggers()) >= len(sets), 60, "every page")
    for am in (am_one, am_two):
        am.resolve(sets, starts)
    wait_until(lambda: len(recorder.resolves()) >= len(sets), 60, "every resolve")
    wait_until(lambda: not one.api("incidents")["incidents"], 20, "nothing is open")
    check_each_once(recorder, len(sets))
