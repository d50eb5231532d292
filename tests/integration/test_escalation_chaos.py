"""
Paths that are walked while routers are killed, Redis is killed and configurations are reloaded: no step is skipped, none is told
under two keys. CHAOS_FAULTS=25 makes the row of the README (pytest -s prints it).
"""

import os
import random

from harness import alert, body, now, wait_until
from test_escalation import catalog, furnish

FAULTS, SEED = int(os.environ.get("CHAOS_FAULTS", "4")), int(os.environ.get("SEED", "7"))
PATH = [("0s", ["On-call Engineer"]), ("3s", ["Team Lead"]), ("6s", ["ben"])]
PAGERS = {"ONCALL", "ANA", "LEAD", "BEN"}  # the page and its three steps
EVERY = 0.5  # seconds between two alerts


class Chaos:
    def __init__(self, start, houses, redis):
        self.start, self.houses, self.redis = start, houses, redis
        self.routers = [start(h) for h in houses]
        self.dice = random.Random(SEED)
        self.sent = []

    def kill_a_router(self):
        i = self.dice.randrange(len(self.routers))
        self.routers[i].kill()
        self.send()
        self.routers[i] = self.start(self.houses[i])

    def kill_redis(self):
        self.redis.process.kill()
        self.send()
        self.redis.start()

    def reload(self):
        i = self.dice.randrange(len(self.routers))
        self.houses[i].write("catalog.yml", {**catalog(PATH), "planned": []} if self.dice.random() < 0.5 else catalog(PATH))
        assert self.routers[i].reload()[0] == 200

    def send(self):
        name = f"n{len(self.sent)}"
        self.sent.append(name)
        wait_until(lambda: any(self.taken(r, name) for r in self.routers), 30, "somebody takes it")

    @staticmethod
    def taken(router, name):
        try:
            return router.webhook(body(alert("Silo", instance=name), group={"instance": name}))[0] == 200
        except OSError:
            return False

    def run(self):
        kinds = [self.kill_a_router, self.kill_redis, self.reload]
        for i in range(FAULTS):
            until = now() + self.dice.uniform(1, 2)
            while now() < until:
                began = now()
                self.send()
                wait_until(lambda: now() - began > EVERY, 10)
            kinds[i % len(kinds)]()


def instance_of(request):
    return request.labels.get("instance")


def told_of(recorder):
    """{(instance, pager): [key, …]} of every trigger that was accepted."""
    found = {}
    for r in recorder.triggers():
        found.setdefault((instance_of(r), r.body["routing_key"]), []).append(r.key)
    return found


def test_no_step_is_skipped_or_told_under_two_keys(shared_house, start, recorder, redis):
    houses = [furnish(shared_house, recorder, PATH, name=n) for n in ("one", "two")]
    chaos = Chaos(start, houses, redis)
    chaos.run()
    wanted = {(name, pager) for name in chaos.sent for pager in PAGERS}
    wait_until(lambda: wanted <= set(told_of(recorder)), 90, "every step of every path")
    found = told_of(recorder)
    twice = {who: keys for who, keys in found.items() if len(set(keys)) > 1}
    again = sum(len(keys) - len(set(keys)) for keys in found.values())
    assert set(found) == wanted and not twice
    print(f"| steps of escalations while routers, Redis and configurations fail | {FAULTS} | {len(chaos.sent)} | 0 | 0 | 0 | {again} |")
