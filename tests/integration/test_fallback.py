"""A receiver that takes nothing: who takes over, when, and that nobody else is the slower for it."""

import os
import statistics
import time

from harness import Ctl, Reply, alert, body, post_json, wait_until

# In all, of which the gravest are a tenth; under a sanitizer it is the same code that is watched, and each costs five times as much.
PAGES = 300 if "ASAN_OPTIONS" in os.environ else 1000
RULES = [{"name": "each", "matchers": ['alertname!=""'], "group_by": ["..."]}]
ALIVE = ("alive-1", "alive-2", "alive-3", "alive-4", "alive-5")


def receiver(recorder, name, **more):
    url = recorder.url.rsplit("/v2", 1)[0] + f"/{name}"
    return {"name": name, "pagerduty": {"routing_key": "R0UTE", "url": url}, "rate_limit": {"per_second": 0}, **more}


def told(recorder, name):
    return {r.key for r in recorder.all(accepted=True) if r.path == f"/{name}" and r.action == "trigger"}


def is_gravest(request):
    return request.body["payload"]["severity"] == "critical"


def delays(d, recorder, first, count):
    """How long each of the five waited for its pages of one webhook, from when it was sent."""
    sent = time.monotonic()
    keys = {x["key"] for x in d.send(body(*(alert("Down", name=f"n{i}", severity="critical")
                                            for i in range(first, first + count)), group={"part": str(first)}))}
    wait_until(lambda: all(keys <= told(recorder, name) for name in ALIVE), 60, "the five have all")
    return [r.at - sent for r in recorder.all("trigger", accepted=True) if r.key in keys and r.path[1:] in ALIVE]


def test_five_are_as_fast_beside_a_dead_one(house, start, recorder):
    """The sixth is dead and lives by turns; it takes requests and says nothing when it is dead, which is the worst."""
    d = start(house(RULES, delivery={"fallback_after": "1s", "timeout": "1s"}, defaults={"receivers": ["dead", *ALIVE]},
                    receivers=[receiver(recorder, "dead", fallback="stand-in"), receiver(recorder, "stand-in"),
                               *(receiver(recorder, name) for name in ALIVE)]))
    dead, waited = False, {False: [], True: []}
    recorder.answer = lambda request: Reply(delay=3, cut=True, status=503) if dead and request.path == "/dead" else Reply()
    delays(d, recorder, 0, 20)  # connections are made
    for turn in range(10):
        dead = turn % 2 == 1
        if not dead:
            wait_until(lambda: d.metric("delivery_queue", receiver="dead") == 0, 60, "it has caught up")
        waited[dead].append(statistics.median(delays(d, recorder, 100 * (turn + 1), 100)))
    ratio = statistics.median(waited[True]) / statistics.median(waited[False])
    assert ratio < 2, waited


def test_one_of_six_receivers_is_dead(house, start, recorder):
    """The five get all; the fallback gets what the dead one owes; on its return the backlog comes gravest first."""
    fallback_after, per_second, burst = 5, 200, 10
    recorder.answer = lambda request: Reply(status=503 if request.path == "/dead" else 202)
    d = start(house(
        RULES, delivery={"fallback_after": f"{fallback_after}s"}, defaults={"receivers": ["dead", *ALIVE]},
        receivers=[receiver(recorder, "dead", fallback="stand-in", digest_above=0,
                            rate_limit={"per_second": per_second, "burst": burst}), receiver(recorder, "stand-in"),
                   *(receiver(recorder, name) for name in ALIVE)]))
    alerts = [alert("Down", name=f"n{i}", severity="info" if i % 10 else "critical") for i in range(PAGES)]
    sent = {}
    for i in range(0, PAGES, 100):
        at = time.monotonic()
        sent.update((x["key"], at) for x in d.send(body(*alerts[i:i + 100], group={"part": str(i)})))
    for name in ALIVE:
        wait_until(lambda: len(told(recorder, name)) == PAGES, 60, f"all pages of {name}")
    slow = max(r.at - sent[r.key] for r in recorder.all("trigger", accepted=True) if r.path[1:] in ALIVE and is_gravest(r))
    wait_until(lambda: len(told(recorder, "stand-in")) == PAGES, 60, "the fallback has what the dead one owes")
    assert not told(recorder, "dead")
    late = [r.at - sent[r.key] - fallback_after for r in recorder.all("trigger", accepted=True)
            if r.path == "/stand-in" and is_gravest(r)]
    assert len(late) == PAGES // 10 and -0.1 <= min(late) and max(late) < 10 + slow, (min(late), max(late), slow)
    wait_until(lambda: d.metric("delivery_queue", receiver="dead") == PAGES, 30, "how much waits shows")
    wait_until(lambda: d.metric("delivery_oldest_seconds", receiver="dead") >= 2, 30, "how long it waits shows")
    assert d.metric("timer_decisions_total", reason="fallback_after_passed") >= PAGES

    tried = {r.key for r in recorder.all() if r.path == "/dead"}  # these wait for their backoff
    recorder.answer = lambda request: Reply()
    wait_until(lambda: len(told(recorder, "dead")) == PAGES, 90, "the backlog")
    drained = [r for r in recorder.all(accepted=True) if r.path == "/dead"]
    assert len(drained) <= burst + per_second * (drained[-1].at - drained[0].at) + 1, "within its rate"
    fresh = [is_gravest(r) for r in drained if r.key not in tried]
    gravest = fresh.count(True)
    # 64 requests are under way at once, and overtake each other.
    assert all(fresh[:max(0, gravest - 64)]) and not any(fresh[gravest + 64:])


def test_the_fallback_survives_a_crash(house, start, recorder):
    recorder.answer = lambda request: Reply(status=503 if request.path == "/dead" else 202)
    place = house(
        RULES, delivery={"fallback_after": "4s", "lease": "4s", "timeout": "1s"}, defaults={"receivers": ["dead"]},
        receivers=[receiver(recorder, "dead", fallback="stand-in"), receiver(recorder, "stand-in")])
    d = start(place)
    key = d.send(body(alert("Down")))[0]["key"]
    wait_until(lambda: recorder.all(), 20, "an attempt")
    d.kill()
    start(place)
    wait_until(lambda: told(recorder, "stand-in") == {key}, 30, "the page at the fallback")


def test_dead_letters_are_listed_with_the_last_words_and_retried_together(house, start, recorder, tmp_path):
    refusal = b'{"status":"invalid event","message":"no such service","errors":[]}'
    recorder.answer = lambda request: Reply(status=400, body=refusal)
    place = house(RULES, receivers=[receiver(recorder, "oncall")])
    d = start(place, expected_errors=["dead letter"])
    ctl = Ctl(place, d, folder=tmp_path)
    keys = {x["key"] for x in d.send(body(alert("Down", name="a", severity="info"), alert("Down", name="b", severity="info"),
                                          alert("Down", name="c", severity="critical")))}
    wait_until(lambda: len(d.api("incidents?state=dead")["incidents"]) == 3, 20, "the dead letters")
    lines = ctl.run("incidents", "--dead").splitlines()
    assert len(lines) == 4 and all("no such service" in line for line in lines[1:]), lines
    recorder.answer = lambda request: Reply()
    assert "retried 1, failed 0" in ctl.run("incidents", "retry", "--all", "--by=ana", 'name="c"')
    wait_until(lambda: len(recorder.triggers()) == 1, 20, "the one that was meant")
    status, reply = post_json(f"{d.url}/api/v1/incidents/retry", {"by": "ana", "note": "they are back"})
    assert status == 200 and reply["data"] == {"retried": 2, "failed": 0, "more": False}
    wait_until(lambda: {r.key for r in recorder.triggers()} == keys, 20, "all of them")
    assert ctl.json("incidents", "retry", "--all") == {"retried": 0, "failed": 0, "more": False}
    assert d.api("incidents?state=dead")["incidents"] == []
    timeline = d.api(f"incidents/{min(keys)}")["timeline"]
    assert any(e["what"] == "retried" and "ana" in e["detail"] for e in timeline)


def test_the_gravest_is_retried_first(house, start, recorder):
    recorder.answer = lambda request: Reply(status=400)
    one_at_a_time = {"per_second": 20, "burst": 1}  # they cannot overtake each other
    limited = {**receiver(recorder, "oncall"), "rate_limit": one_at_a_time}
    d = start(house(RULES, receivers=[limited]), expected_errors=["dead letter"])
    names = [(f"n{i}", "critical" if i % 3 == 0 else "info") for i in range(12)]
    d.send(body(*(alert("Down", name=name, severity=severity) for name, severity in names)))
    wait_until(lambda: len(d.api("incidents?state=dead")["incidents"]) == 12, 20, "the dead letters")
    recorder.answer = lambda request: Reply()
    assert post_json(f"{d.url}/api/v1/incidents/retry", {})[0] == 200
    wait_until(lambda: len(recorder.triggers()) == 12, 20, "all of them")
    order = [is_gravest(r) for r in recorder.triggers()]
    assert order.index(False) >= 3, order
