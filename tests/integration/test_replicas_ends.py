"""Replicas that end: killed, stopped, restarted one after the other. Whoever is left carries on."""

import random
import signal
import threading
import time

from harness import Reply, alert, body, now, post_json, wait_until

RULES = [{"name": "by-name", "matchers": ['alertname="Down"'], "group_by": ["..."], "severity": "P1"}]
LEASE = 4  # as in harness.settings
LONG = {"lease": "60s", "timeout": "20s"}


def test_killed_while_the_provider_holds_its_request_the_other_pages_within_the_lease(shared_house, start, recorder):
    hold = threading.Event()
    recorder.answer = lambda request: Reply(hold=hold)
    one = start(shared_house(RULES, name="one"))
    key = one.send(body(alert("Down", name="a")))[0]["key"]
    wait_until(recorder.all, 10, "the provider has it")
    start(shared_house(RULES, name="two"))
    recorder.answer = lambda request: Reply()
    held_since = recorder.all()[0].at
    one.kill()
    wait_until(lambda: len(recorder.all()) == 2, 20, "the other router's page")
    waited = recorder.all()[1].at - held_since
    hold.set()
    assert {r.key for r in recorder.all()} == {key}, "the provider can tell that it is the same"
    assert LEASE - 0.5 < waited < LEASE + 4, f"the lease is {LEASE} s, a router looks every 2 s: {waited} s"


def test_a_clean_stop_leaves_nothing_to_wait_for(shared_house, start, recorder):
    """What is under way is finished, what was claimed is given back: nobody waits for a lease of a minute."""
    hold = threading.Event()
    recorder.answer = lambda request: Reply(hold=hold)
    one = start(shared_house(RULES, name="one", delivery=LONG))
    decisions = one.send(body(*(alert("Down", name=f"n{i:03}") for i in range(300))))
    wait_until(recorder.all, 10, "the provider has some")
    one.process.send(signal.SIGTERM)
    stopped = time.monotonic()
    wait_until(lambda: "Stopping" in one.process.log(), 10, "it knows")
    start(shared_house(RULES, name="two", delivery=LONG))
    hold.set()
    assert one.process.wait(12) == 0, one.process.log()
    wait_until(lambda: len(recorder.triggers()) >= 300, 40, "all pages")
    took = time.monotonic() - stopped
    assert sorted(recorder.keys()) == sorted(d["key"] for d in decisions), "each once"
    assert took < 50, f"{took} s: somebody waited for a lease of 60 s"


def test_a_clean_stop_beside_a_provider_that_hangs_keeps_the_page_for_no_lease(shared_house, start, recorder):
    """The request cannot be waited for: it is cut off, and the next router tries at once under the same key."""
    hold = threading.Event()
    recorder.answer = lambda request: Reply(hold=hold)
    one = start(shared_house(RULES, name="one", delivery=LONG))
    key = one.send(body(alert("Down", name="a")))[0]["key"]
    wait_until(recorder.all, 10, "the provider has it")
    recorder.answer = lambda request: Reply()
    start(shared_house(RULES, name="two", delivery=LONG))
    one.process.send(signal.SIGTERM)
    stopped = time.monotonic()
    wait_until(lambda: len(recorder.all()) == 2, 40, "the other router's page")
    took = time.monotonic() - stopped
    assert one.process.wait(12) == 0, one.process.log()
    hold.set()
    assert {r.key for r in recorder.all()} == {key}
    assert took < 50, f"{took} s: the other waited for the lease of 60 s"


class Crowd:
    """Posts new alerts to whichever router answers, as Alertmanager does: again until one says 200."""

    def __init__(self, routers):
        self.routers, self.kept, self.enough = routers, {}, threading.Event()
        self.lock, self.dice = threading.Lock(), random.Random(9195)
        self.threads = [threading.Thread(target=self.run, args=(i,)) for i in range(3)]

    def run(self, sender):
        n = 0
        while not self.enough.is_set():
            name, starts = f"s{sender}n{n:05}", now() - 60
            n += 1
            self.post(name, starts)

    def post(self, name, starts):
        while not self.enough.is_set():
            urls = [r.url for r in self.routers if r.url]
            with self.lock:
                url = self.dice.choice(urls)
            try:
                status, reply = post_json(f"{url}/api/v1/webhook", body(
                    alert("Down", starts=starts, name=name), group={"alertname": "Down", "name": name}))
            except (OSError, ValueError):
                continue
            if status == 200:
                with self.lock:
                    self.kept[name] = (starts, reply["data"]["decisions"][0]["key"])
                return

    def count(self):
        with self.lock:
            return len(self.kept)

    def stop(self):
        self.enough.set()
        for t in self.threads:
            t.join(60)


def test_three_routers_one_killed_again_and_again_no_alert_is_lost(shared_house, start, recorder):
    routers = [start(shared_house(RULES, name=name)) for name in ("one", "two", "three")]
    crowd = Crowd(routers)
    for t in crowd.threads:
        t.start()
    try:
        for i in range(6):
            before = crowd.count()
            wait_until(lambda: crowd.count() >= before + 20, 60, "alerts are taken")
            routers[i % 3].kill()
            wait_until(lambda: crowd.count() >= before + 40, 60, "the others take them")
            routers[i % 3].start()
    finally:
        crowd.stop()
    keys = {key for _, key in crowd.kept.values()}
    wait_until(lambda: keys <= set(recorder.keys()), 60, "every kept alert is paged")
    pages = recorder.triggers()
    of = {}
    for p in pages:
        of.setdefault(p.labels["name"], set()).add(p.key)
    assert all(len(k) == 1 for k in of.values()), "a repeat carries the key of the first"
    # only what a killed router had under way may have gone twice: at most some dozens each time
    assert len(pages) - len(set(recorder.keys())) <= 6 * 64
    names = list(crowd.kept)
    for i in range(0, len(names), 500):
        routers[0].send(body(*(alert("Down", status="resolved", starts=crowd.kept[n][0], name=n)
                               for n in names[i:i + 500])))
    wait_until(lambda: not recorder.open_keys() & keys, 60, "nothing stays open at the provider")


def test_a_rolling_restart_onto_other_rules_pages_nobody_twice(shared_house, start, recorder):
    """For a while one router has the old files and one the new: whichever gets an alert, it is the same incident."""
    old = [{"name": "old", "matchers": ['alertname="Down"'], "group_by": ["service"], "severity": "P1"}]
    new = [{"name": "new", "matchers": ['alertname="Down"'], "group_by": ["service", "zone"], "severity": "P2"}]
    starts = now() - 60
    fire = body(alert("Down", starts=starts, service="web", zone="a"))
    one, two = start(shared_house(old, name="one")), start(shared_house(old, name="two"))
    key = one.send(fire)[0]["key"]
    wait_until(recorder.triggers, 10, "the page")
    two.finish()
    two.house.rules(new)
    two.start()
    for daemon in (one, two, one, two):
        decision = daemon.send(fire)[0]
        assert (decision["key"], decision["reason"]) == (key, "repeat")
    one.finish()
    one.house.rules(new)
    one.start()
    assert one.send(fire)[0]["key"] == key
    other = body(alert("Down", starts=starts, service="web", zone="b"))
    assert one.send(other)[0]["reason"] == "new", "the new files hold for what is new"
    wait_until(lambda: len(recorder.triggers()) == 2, 10, "both pages")  # one that resolves before it is told is not told
    two.send(body(alert("Down", status="resolved", starts=starts, service="web", zone="a"),
                  alert("Down", status="resolved", starts=starts, service="web", zone="b")))
    wait_until(lambda: len(recorder.resolves()) == 2, 10, "both resolves")
    assert sorted(recorder.keys()) == sorted(recorder.keys("resolve")) and len(recorder.keys()) == 2
