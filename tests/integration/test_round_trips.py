"""
What a webhook costs on the way to Redis: one round trip to load, one for the commits of a turn, one for the rest. What they
have decided is counted later, and of a webhook that repeats itself nothing is waited for but the load.
"""

import threading

import pytest

from harness import alert, body, call, now, wait_until
from harness.redis_proxy import RedisProxy

INCIDENTS = 50
# nobody is told, so whatever commits there are come from webhooks
RULES = [{"name": "quiet", "matchers": ['alertname="Down"'], "group_by": ["..."], "severity": "P1", "page": False}]


@pytest.fixture
def proxy(redis):
    p = RedisProxy(redis.port)
    yield p
    p.stop()


def webhook(status, starts):
    return body(*(alert("Down", name=f"n{i:02}", status=status, starts=starts) for i in range(INCIDENTS)))


class Watch:
    """From its first commit on Redis says nothing until it is let: who waits in between waits for ever."""

    def __init__(self, proxy):
        self.proxy, self.order, self.lock, self.lets = proxy, [], threading.Lock(), False
        proxy.seen = self.seen

    def seen(self, verb):
        with self.lock:
            if verb not in ("load", "commit", "tally"):
                return
            if verb == "commit" and not self.lets:
                self.proxy.gate.clear()
            self.order.append(verb)

    def let(self):
        with self.lock:
            self.lets = True
            self.proxy.gate.set()

    def commits(self):
        with self.lock:
            return self.order.count("commit")


def test_a_webhook_of_50_incidents_loads_once_and_commits_each_once(proxy, local_house, start, recorder):
    d = start(local_house(RULES, store={"redis": {"address": proxy.address, "prefix": "test", "timeout": "30s"}}))
    starts = now() - 60
    d.send(body(alert("Down", name="warm-up")))  # Redis knows the scripts from now on
    for status in ("firing", "firing", "resolved"):
        watch, decisions = Watch(proxy), []
        sender = threading.Thread(target=lambda: decisions.extend(d.send(webhook(status, starts))))
        sender.start()
        try:
            wait_until(watch.commits, 20, "commits are sent")
            for _ in range(INCIDENTS):  # each turn of the loop decides one at least; those behind the first turn's go together
                call(d.url + "/-/healthy")
        finally:
            watch.let()
            sender.join(30)
        assert len(decisions) == INCIDENTS
        order = [verb for verb in watch.order if verb != "tally"]
        assert order == ["load"] + ["commit"] * INCIDENTS, "one load, then the commits, nothing twice"


def test_of_a_webhook_that_repeats_itself_only_the_load_is_waited_for(proxy, local_house, start, recorder):
    waiting = [dict(RULES[0], page=True, page_after="2h")]
    d = start(local_house(waiting, store={"redis": {"address": proxy.address, "prefix": "test", "timeout": "30s"}}))
    starts = now() - 60
    for _ in range(2):
        d.send(webhook("firing", starts))
    wait_until(lambda: d.metric("store_behind_keys") == 0, 20, "nothing is held")
    watch = Watch(proxy)
    assert {decision["reason"] for decision in d.send(webhook("firing", starts))} == {"repeat"}
    wait_until(lambda: watch.commits() >= INCIDENTS, 20, "all of it is written by itself")
    proxy.gate.set()
    assert [verb for verb in watch.order if verb != "tally"] == ["load"] + ["commit"] * INCIDENTS


def test_a_webhook_of_one_incident_is_two_round_trips(proxy, local_house, start, recorder):
    d = start(local_house(RULES, store={"redis": {"address": proxy.address, "prefix": "test", "timeout": "30s"}}))
    d.send(body(alert("Down", name="warm-up")))
    order = []
    proxy.seen = lambda verb: order.append(verb) if verb in ("load", "commit", "tally") else None
    d.send(body(alert("Down", name="one")))
    assert order == ["load", "commit"]


LOUD = [{"name": "loud", "matchers": ['alertname="Down"'], "group_by": ["..."], "severity": "P1"}]
PAGES = 100


def calls(redis):
    """How often Redis ran a command that touches data, from scripts too."""
    lines = redis.ask("INFO", "commandstats").splitlines()
    found = {x.partition(":")[0].removeprefix("cmdstat_"): int(x.partition("calls=")[2].partition(",")[0]) for x in lines if "calls=" in x}
    return sum(n for name, n in found.items() if name[0] in "hsz" or name == "mget")


def test_a_page_is_few_commands_of_redis(redis, local_house, start, recorder):
    """From the webhook to the kept outcome: 50 before a commit wrote only what is different, 33 before a pair was one field."""
    d = start(local_house(LOUD, store={"redis": {"address": redis.address, "prefix": "test"}}))
    d.send(body(alert("Down", name="warm-up")))
    wait_until(recorder.triggers, 20, "the first page")
    before = calls(redis)
    d.send(body(*(alert("Down", name=f"n{i}") for i in range(PAGES)), group={"many": "yes"}))
    wait_until(lambda: len(recorder.triggers()) == PAGES + 1, 60, "all pages")
    wait_until(lambda: d.sum("deliveries_total") >= PAGES + 1, 20, "their outcomes")
    assert 2 < (calls(redis) - before) / PAGES < 20
