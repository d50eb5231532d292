"""The two scenarios that the store is judged by, as kinds of their own."""

from .faults import Fault, SentinelFailover
from .load_alertmanager import AlertmanagerLoad
from .world import Setup

FIRST_PAGE = 2.0  # seconds from the cut


class RedisAway(Fault):
    name, what = "redis-away", "Redis killed for minutes, then back"
    excused = False  # pages go out meanwhile
    hold = (300, 300)
    rest = 150  # some thousand incidents are merged

    def inject(self):
        self.world.redis.process.kill()

    def heal(self):
        self.world.redis.start()

    @staticmethod
    def examine(history):
        """(what is wrong, what is worth knowing): the first page about something that began to fire after the cut."""
        cut, back = (w.began for w in history.windows[:2])
        known = {s.incident for p in history.posts if p.began < cut for s in p.states}
        pages = [t.at - cut for t in history.tellings
                 if t.action == "trigger" and t.at > cut and t.incident not in known]
        first = min(pages, default=float("inf"))
        wrong = [f"the first page after the cut came after {first:.2f} s, not within {FIRST_PAGE}"]
        agreed = history.rests[0].at - back
        notes = [f"away for {back - cut:.0f} s", f"first page {first:.2f} s after the cut",
                 f"all stores agree {agreed:.0f} s after the return"]
        return wrong if first > FIRST_PAGE else [], notes


class SentinelPair(SentinelFailover):
    name, what = "sentinel-pair", "two routers, two Alertmanager peers, Sentinel failing over every 20 s"
    # the grace is longer than a failover, as the default of 5m30s is
    setup = Setup(store="sentinel", alertmanagers=True, late_grace="8s")
    quiet = (15, 18)
    least = 6.0  # a peer that lags says "firing" late, and such a page is deferred (late_grace)
    rest = 90

    load = AlertmanagerLoad


SCENARIOS = {f.name: f for f in (RedisAway, SentinelPair)}
