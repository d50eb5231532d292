"""Two routers on one Redis."""

import threading

from harness import Reply, alert, body, now, post_json, wait_until

MEMBERS = 1000


def post_at_once(posts):
    """Starts all of them within a moment; their results in order."""
    gate, results = threading.Barrier(len(posts)), [None] * len(posts)

    def run(i, daemon, value):
        gate.wait(10)
        results[i] = daemon.send(value)

    threads = [threading.Thread(target=run, args=(i, d, v)) for i, (d, v) in enumerate(posts)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(60)
    return results


def service_down(first, status="firing", starts=None):
    return body(*(alert("Down", status=status, starts=starts, service="web", instance=f"i{first + i:05}")
                  for i in range(MEMBERS)), group={"alertname": "Down", "rack": str(first)})


RULES = [{"name": "by-service", "matchers": ['alertname="Down"'], "group_by": ["service"], "severity": "P1"}]


def test_two_webhooks_of_1000_members_each_are_one_page_with_right_counts(shared_house, start, recorder):
    one, two = start(shared_house(RULES, name="one")), start(shared_house(RULES, name="two"))
    starts = now() - 60
    decisions = post_at_once([(one, service_down(0, starts=starts)), (two, service_down(MEMBERS, starts=starts))])
    reasons = [d["reason"] for some in decisions for d in some]
    assert reasons.count("new") == 1 and reasons.count("member_joined") == 2 * MEMBERS - 1
    wait_until(recorder.triggers, 20, "the page")
    found = one.api("incidents")["incidents"]
    assert len(found) == 1
    assert found[0]["members"] == {"firing": 2 * MEMBERS, "total": 2 * MEMBERS}
    assert found[0]["received"] == 2 * MEMBERS and found[0]["pages"] == 1
    post_at_once([(two, service_down(0, "resolved", starts)), (one, service_down(MEMBERS, "resolved", starts))])
    wait_until(recorder.resolves, 20, "the resolve")
    assert [r.action for r in recorder.all()] == ["trigger", "resolve"]


def test_the_same_webhook_at_both_replicas_counts_once(shared_house, start, recorder):
    """An Alertmanager pair during a partition: both send everything."""
    one, two = start(shared_house(RULES, name="one")), start(shared_house(RULES, name="two"))
    value = body(*(alert("Down", starts=now() - 60, service="web", instance=f"i{i}") for i in range(100)))
    post_at_once([(one, value), (two, value)] * 4)
    wait_until(recorder.triggers, 20, "the page")
    assert one.api("incidents")["incidents"][0]["members"] == {"firing": 100, "total": 100}
    assert len(recorder.triggers()) == 1


def test_what_one_replica_acknowledges_the_other_knows(shared_house, start, recorder):
    one, two = start(shared_house(RULES, name="one")), start(shared_house(RULES, name="two"))
    value = body(alert("Down", starts=now() - 60, service="web"))
    key = one.send(value)[0]["key"]
    status, reply = post(two, key, "ack", {"by": "ada", "note": "on it"})
    assert status == 200, reply
    assert one.send(value)[0]["reason"] == "acknowledged"
    assert one.api(f"incidents/{key}")["acknowledged"]["by"] == "ada"


def test_a_dead_replicas_page_is_sent_by_the_other(shared_house, start, recorder):
    """The first router dies with the provider down; its lease runs out and the second takes over."""
    recorder.answer = lambda request: Reply(status=503)
    one = start(shared_house(RULES, name="one"))
    key = one.send(body(alert("Down", service="web")))[0]["key"]
    wait_until(recorder.all, 10, "an attempt")
    one.kill()
    recorder.answer = lambda request: Reply()
    start(shared_house(RULES, name="two"))
    wait_until(lambda: recorder.keys() == [key], 30, "the page")


def post(daemon, key, verb, value):
    return post_json(f"{daemon.url}/api/v1/incidents/{key}/{verb}", value)
