"""
A life with everything in it, scaled to a minute: two replicas, restarts, kill -9, an outage of Redis, people. Afterwards a
backtest of both journals with the same rules decides every alert as it was decided, and pages what the provider was paged.
"""

import json
import random

from harness import Ctl, alert, body, get_json, now, post_json, wait_until

RULES = [{"name": "slow", "matchers": ['kind="slow"'], "severity": "P2", "owner": "crew", "page_after": "3s",
          "continue": True},
         {"name": "quiet", "matchers": ['kind="quiet"'], "page": False},
         {"name": "grave", "matchers": ['kind="grave"'], "severity": "P0", "owner": "crew"},
         {"name": "rest", "matchers": ['alertname=~".+"'], "severity": "P1", "owner": "crew"}]
GROUPS = [("Disk", "grave"), ("Queue", "rest"), ("Load", "rest"), ("Noise", "quiet"), ("Cache", "rest")]


class Life:
    """Groups of alerts as one Alertmanager states them: whole, in turn to one router and the other."""

    def __init__(self, routers, recorder):
        self.routers, self.recorder = routers, recorder
        self.dice = random.Random(7)
        self.members = {name: {} for name, _ in GROUPS}  # host -> [starts, resolved]
        self.sent = 0

    def send(self, router, name, kind, hosts):
        listed = []
        for host, (starts, resolved) in sorted(hosts.items()):
            listed.append(alert(name, status="resolved" if resolved else "firing", starts=starts, ends=now(), host=host,
                                kind=kind))
        if not listed:
            return
        before = len(self.told())
        decisions = router.send(body(*listed, group={"alertname": name}), source="eu")
        self.sent += len(decisions)
        pages = {d["key"] for d in decisions if d["verdict"] == "page"}
        # what ends before its page is sent is never told, which a replay cannot know
        wait_until(lambda: len(self.told()) >= before + len(pages), 20, "its page is sent before more is said")

    def told(self):
        return {r.key for r in self.recorder.triggers()}

    def step(self, router, name, kind):
        hosts = self.members[name]
        for host in [h for h, (_, resolved) in hosts.items() if resolved]:
            del hosts[host]
        for host in ("a", "b", "c"):
            if host not in hosts and self.dice.random() < 0.5:
                hosts[host] = [now(), False]
            elif host in hosts and self.dice.random() < 0.35:
                hosts[host][1] = True
        self.send(router, name, kind, hosts)

    def run(self, steps, routers=None):
        routers = routers or self.routers
        for i in range(steps):
            name, kind = GROUPS[i % len(GROUPS)]
            self.step(routers[i % len(routers)], name, kind)


def quiet(d):
    return all(r["queue"] == 0 for r in d.api("status")["receivers"])


def back(d):
    failover = d.api("status")["failover"]
    return failover["state"] == "primary" and failover["owned_keys"] == 0


def test_a_backtest_of_the_journals_is_what_happened(redis, local_house, start, recorder, tmp_path):
    store = {"redis": {"address": redis.address, "prefix": "test", "timeout": "5s"}, "sqlite": {"path": "runbookd.db"}}
    houses = [local_house(rules=RULES, name=name, store=store, journal={"path": "journal"},
                          dedup={"late_grace": "1h", "repeat_interval": "1d"}) for name in ("a", "b")]
    one, other = (start(h) for h in houses)
    life = Life([one, other], recorder)
    life.run(20)
    # a page that waits is sent by a timer, another one is over before
    for name in ("Waits", "Ends"):
        one.send(body(alert(name, starts=now(), kind="slow"), group={"alertname": name}), source="eu")
    one.send(body(alert("Ends", status="resolved", starts=now(), kind="slow"), group={"alertname": "Ends"}), source="eu")
    life.sent += 3
    wait_until(lambda: any("Waits" in str(r.body) for r in recorder.triggers()), 30, "the timer pages")
    # people
    key = next(i["key"] for i in one.api("incidents")["incidents"] if i["severity"] == "P1")
    wait_until(lambda: post_json(f"{other.url}/api/v1/incidents/{key}/ack", {"by": "ana"})[0] == 200, 10, "acknowledged")
    life.run(10)
    # a restart, and a death
    assert one.process.stop(12) == 0
    life.run(5, [other])
    one.start()
    life.run(10)
    wait_until(lambda: quiet(one) and quiet(other), 30, "nothing is on its way")
    journals = [f"--daemon={d.url}" for d in (one, other)]
    ctl = Ctl(houses[0], folder=tmp_path)
    wait_until(lambda: ctl.json("backtest", *journals)["alerts"] == life.sent, 30, "the journals hold every alert")
    other.kill()
    life.run(5, [one])
    other.start()
    life.run(10)
    # Redis goes and comes
    life.run(len(GROUPS), [one])  # what the other one has decided last is nobody's knowledge while Redis is away
    wait_until(lambda: quiet(one) and quiet(other), 30, "nothing is on its way")
    redis.process.kill()
    life.run(10, [one])
    redis.start()
    wait_until(lambda: back(one) and back(other), 60, "Redis has it all")
    life.run(10)
    wait_until(lambda: quiet(one) and quiet(other), 30, "nothing is on its way")
    journals = [f"--daemon={d.url}" for d in (one, other)]
    ctl = Ctl(houses[0], folder=tmp_path)
    wait_until(lambda: ctl.json("backtest", *journals)["alerts"] == life.sent, 30, "the journals hold every alert")
    report = ctl.json("backtest", *journals)
    assert report["recorded"]["different"] == 0, json.dumps(report["recorded"]["examples"], indent=1)
    assert report["recorded"]["same"] == life.sent
    paged = {r.key for r in recorder.triggers()}
    assert report["before"]["pages"] == len(paged)
    assert get_json(f"{one.url}/api/v1/status")[0] == 200
