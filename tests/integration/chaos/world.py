"""What a fault is injected into: routers, their store, the provider behind them, and whatever can be done to each."""

import json
import os
import sqlite3
import urllib.parse
from dataclasses import dataclass

from harness import Alertmanager, House, Recorder, Redis, RedisSet, Runbookd, settings, wait_until
from harness.process import lasting_port

from .alerts import RULES
from .clock import Clock
from .disk import Disk
from .load_alertmanager import Tap
from .proxy import Proxy

PREFIX = "chaos"
PAGE = 1000  # incidents asked for at once


# When a step is due, and the routing key of whom it tells. Ana is woken twice, under a key for each.
PATH = (("1s", "ANA"), ("2s", "LEAD"), ("3s", "BEN"), ("3s", "ANA"))
PAGERS = tuple(dict.fromkeys(pager for _, pager in PATH))


def escalating_catalog():
    return {"contacts": [{"role": f"Role {pager}", "receivers": [pager.lower()]} for pager in PAGERS],
            "escalations": [{"name": "path", "steps": [{"after": after, "notify": [f"Role {pager}"]} for after, pager in PATH]}]}


def escalating(recorder):
    """Settings with a pager for each step, beside the one that is paged."""
    pagers = [{"name": name.lower(), "pagerduty": {"routing_key": name, "url": recorder.url}, "rate_limit": {"per_second": 0}}
              for name in ("ONCALL", *PAGERS)]
    return {"receivers": pagers, "catalog": {"files": ["catalog.yml"]}}


@dataclass(frozen=True)
class Setup:
    """`on_redis_failure`: local, or reject to see what becomes of it without a second store."""
    store: str = "redis"  # sqlite, redis, sentinel
    routers: int = 2
    durable: bool = True
    fsync: str = "always"
    proxied: bool = False  # between each router and Redis
    clock: bool = False  # of the last router
    disk: bool = False  # under the first router's file
    alertmanagers: bool = False  # a pair of real ones posts, one to each router
    on_redis_failure: str = "local"
    timeout: str = "500ms"  # Redis'
    late_grace: str = "2s"
    escalates: bool = False  # every incident walks PATH


class Router(Runbookd):
    """On the same port after each start; whoever loads it cannot be surprised by an error in its log: faults make some."""

    def __init__(self, house, env=None):
        super().__init__(house, env=env)
        self.expected_errors.append("level=error")
        self.port = lasting_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.earlier = []  # logs of those that were killed

    def start(self, listen=None):
        return super().start(listen or f"127.0.0.1:{self.port}")

    def launch(self, listen=None):
        if self.process:
            self.earlier += self.process.lines
        return super().launch(listen or f"127.0.0.1:{self.port}")

    def open_incidents(self):
        """The label `incident` of each that is firing."""
        found, cursor = set(), ""
        while cursor is not None:
            answer = self.api(f"incidents?state=firing&limit={PAGE}" + (f"&cursor={cursor}" if cursor else ""))
            found |= {i["labels"]["incident"] for i in answer["incidents"]}
            cursor = answer["cursor"]
        return frozenset(found)

    def incident(self, name):
        """All that it knows of one, whatever its state; None where it knows none."""
        matcher = urllib.parse.quote(f'incident="{name}"')
        for state in ("firing", "resolved"):
            for found in self.api(f"incidents?state={state}&matcher={matcher}")["incidents"]:
                return self.api("incidents/" + found["key"])
        return None

    def database(self):
        with open(self.house.file, encoding="utf-8") as f:
            path = json.load(f)["store"].get("sqlite", {}).get("path")
        return path and os.path.join(self.house.folder, path)

    def owned_open(self):
        """How many open incidents the local file answers for; it can be read only when the router has ended."""
        path = self.database()
        if not path or not os.path.exists(path):
            return 0
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            return db.execute("SELECT count(*) FROM incident WHERE open = 1").fetchone()[0]


class World:
    def __init__(self, folder, setup):
        self.folder, self.setup = str(folder), setup
        self.recorder = Recorder()
        self.redis = self.redis_set = self.disk = self.clock = None
        self.proxies, self.routers, self.alertmanagers, self.taps = [], [], [], []

    # ---- beginning and end ----

    def start(self):
        if self.setup.store == "redis":
            self.redis = Redis(self.path("redis"), self.setup.durable, ["--appendfsync", self.setup.fsync]).start()
        elif self.setup.store == "sentinel":
            self.redis_set = RedisSet(self.path("set")).start()
        if self.setup.disk:
            self.disk = Disk(self.path("disk")).start()
        if self.setup.clock:
            self.clock = Clock(self.path("clock"))
        self.routers = [self.make_router(i) for i in range(self.setup.routers)]
        for router in self.routers:
            router.launch()
        for router in self.routers:
            wait_until(router.listening, 30, "Listening on")
            wait_until(router.ready, 30, "/-/ready")
        if self.setup.alertmanagers:
            self.start_alertmanagers()
        return self

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def make_router(self, i):
        over, rules = {"dedup": {"late_grace": self.setup.late_grace}}, RULES
        if self.setup.escalates:
            over, rules = {**over, **escalating(self.recorder)}, [{**rule, "escalation": "path"} for rule in RULES]
        house = House(self.path(f"router-{i}"), settings(self.recorder, self.store(i), **over), rules)
        if self.setup.escalates:
            house.write("catalog.yml", escalating_catalog())
        env = {}
        if self.clock and i == self.setup.routers - 1:
            env = self.clock.env
        elif self.disk and i == 0:
            env = self.disk.env
        if env:  # the sanitizer's own library wants to be the first; here it need not be
            env["ASAN_OPTIONS"] = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]))
        return Router(house, env)

    def store(self, i):
        path = os.path.join(self.disk.folder, "runbookd.db") if self.disk and i == 0 else "runbookd.db"
        local = {"sqlite": {"path": path}}
        if self.setup.store == "sqlite":
            return local
        if self.redis_set:
            redis = self.redis_set.store()["redis"]
        else:
            redis = {"address": self.redis_address()}
        redis.update(prefix=PREFIX, timeout=self.setup.timeout)
        return {"redis": redis, **local, "on_redis_failure": self.setup.on_redis_failure}

    def redis_address(self):
        if not self.setup.proxied:
            return self.redis.address
        self.proxies.append(Proxy(self.redis.port).start())
        return self.proxies[-1].address

    def start_alertmanagers(self):
        self.taps = [Tap(r.address) for r in self.routers]
        urls = [t.address + "/api/v1/webhook" for t in self.taps]
        route = {"group_by": ["alertname", "group"]}
        # The second peer gives the first one that long: more than a group_interval, and what it says is of the past.
        flags = ["--cluster.peer-timeout=1s"]
        one = Alertmanager(self.path("am-0"), urls[0], route, cluster=True, flags=flags)
        two = Alertmanager(self.path("am-1"), urls[-1], route, cluster=True, peers=[one], flags=flags)
        self.alertmanagers = [one.start(), two.start()]
        wait_until(lambda: one.peers_seen() == two.peers_seen() == 2, 30, "they know each other")

    def finish(self):
        """Each router must end as it should; lines about what did not."""
        problems = []
        for router in self.routers:
            try:
                router.finish()
            except AssertionError as failure:
                problems.append(f"{router.house.folder}: {failure}")
        return problems

    def stop(self):
        for each in self.alertmanagers + self.taps:
            each.stop()
        for router in self.routers:
            if router.process:
                router.process.kill()
        for each in [*self.proxies, self.redis, self.redis_set, self.recorder, self.disk]:
            if each:
                each.stop()

    # ---- what it is like ----

    @property
    def urls(self):
        return [r.address for r in self.routers]

    def all_ready(self):
        return all(self.is_ready(r) for r in self.routers)

    def is_ready(self, router):
        try:
            return router.process.running and router.ready()
        except OSError:
            return False

    def save_incidents(self, names):
        """What each router says of them at this moment, beside the logs."""
        for i, router in enumerate(self.routers):
            for name in names:
                with open(self.path(f"{name}-router-{i}.log"), "w", encoding="utf-8") as f:
                    json.dump(router.incident(name), f, indent=1)

    def save_logs(self):
        for i, router in enumerate(self.routers):
            with open(self.path(f"router-{i}.log"), "w", encoding="utf-8") as f:
                f.write("\n".join(router.earlier + (router.process.lines if router.process else [])) + "\n")
