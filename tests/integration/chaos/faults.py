"""The faults. Each is a small class: what it needs of the world, how it begins, how it ends."""

import signal
import time
from email.utils import parsedate_to_datetime

from harness import Reply, call, now, wait_until

from . import clock, disk, proxy
from .checker import LEAST
from .generator import Generator
from .world import Setup

AGAIN = 30  # seconds that a program may take to come back
FAILOVER, ASK_AGAIN = 90, 15


class Fault:
    """
    `hold`: least and most seconds from inject() to heal(); `quiet`: to the next inject(). `excused`: nobody has to be told
    of what comes and goes while it is on. `margin`: seconds that delivery may need after heal(), `least`: see checker.
    """

    name, what = "", ""
    setup = Setup()
    load = Generator
    hold, quiet = (0.2, 0.8), (0.3, 1.0)
    excused = True
    margin, least = 3.0, LEAST
    rest = 45  # seconds within which everything must have come to rest afterwards

    def __init__(self, world, dice):
        self.world, self.dice = world, dice
        self.detail = self.name  # which of its variants it is, once injected

    @staticmethod
    def missing():
        """Why it cannot be had on this machine, or None."""
        return None

    @staticmethod
    def examine(history):
        """(what is wrong beside what the checker finds, what is worth a note): two lists of lines."""
        return [], []

    def inject(self):
        raise NotImplementedError

    def heal(self):
        raise NotImplementedError


class RunbookdKilled(Fault):
    name, what = "runbookd-kill", "kill -9 of one of two runbookd"
    hold = (0.0, 0.5)
    margin = 6.0  # the lease of what it was about to send

    def inject(self):
        self.router = self.dice.choice(self.world.routers)
        self.router.kill()

    def heal(self):
        """Ready is another matter: its store may be away as well."""
        self.router.launch()
        wait_until(self.router.listening, AGAIN, "Listening on")


class RunbookdKilledOnSqlite(RunbookdKilled):
    name, what = "runbookd-kill-sqlite", "kill -9 of the only runbookd, on SQLite"
    setup = Setup(store="sqlite", routers=1)


class RedisKilled(Fault):
    name, what = "redis-kill", "kill -9 of Redis, appendfsync always"

    def inject(self):
        self.world.redis.process.kill()

    def heal(self):
        self.world.redis.start()


class RedisKilledEverysec(RedisKilled):
    name, what = "redis-kill-everysec", "kill -9 of Redis, appendfsync everysec"
    setup = Setup(fsync="everysec")


class RedisStopped(Fault):
    name, what = "redis-stop", "SIGSTOP of Redis, then SIGCONT"
    hold = (0.2, 1.5)  # shorter and longer than the deadline

    def inject(self):
        self.world.redis.process.send(signal.SIGSTOP)

    def heal(self):
        self.world.redis.process.send(signal.SIGCONT)
        wait_until(self.world.redis.answers, AGAIN, "Redis answers again")


class RedisFull(Fault):
    name, what = "redis-full", "Redis full (maxmemory)"

    def inject(self):
        self.world.redis.ask("CONFIG", "SET", "maxmemory", "1mb")

    def heal(self):
        self.world.redis.ask("CONFIG", "SET", "maxmemory", "0")


class DiskFull(Fault):
    name, what = "disk-full", "disk full under SQLite"
    setup = Setup(store="sqlite", routers=1, disk=True)

    @staticmethod
    def missing():
        return disk.NO_COMPILER

    def inject(self):
        self.world.disk.fill()

    def heal(self):
        self.world.disk.heal()


class DiskReadOnly(DiskFull):
    name, what = "disk-readonly", "disk read-only under SQLite"

    def inject(self):
        self.world.disk.read_only()


class SentinelFailover(Fault):
    name, what = "sentinel", "Sentinel failover: planned, or the master killed -9"
    setup = Setup(store="sentinel")
    hold = (0.0, 0.2)
    ask_again = 0.0

    def inject(self):
        """Fails over; the world is whole again only when heal() has brought the old master back as a replica."""
        self.killed, redis_set = None, self.world.redis_set
        if self.dice.random() < 0.5:
            self.detail = "planned failover"
            old = wait_until(redis_set.master, AGAIN, "a master")
            wait_until(lambda: self.planned(old), FAILOVER, "another master")
        else:
            self.detail = "master killed"
            self.killed = redis_set.kill_master()
            redis_set.wait_master_other_than(self.killed, FAILOVER)

    def planned(self, old):
        """True when it is done. One that the Sentinels give up, as they do on a busy machine, is asked for again."""
        if self.world.redis_set.master() not in (None, old):
            return True
        if time.monotonic() > self.ask_again:
            self.world.redis_set.begin_failover(old)
            self.ask_again = time.monotonic() + ASK_AGAIN
        return False

    def heal(self):
        if self.killed:
            self.killed.start()
        wait_until(self.world.redis_set.replicas_ready, AGAIN, "a replica follows the master")
        self.world.redis_set.wait_agreed()


class NetworkCut(Fault):
    name, what = "network-cut", "network between one of two replicas and Redis: refused, held up, slow, cut half-way"
    setup = Setup(proxied=True)
    hold = (0.2, 1.5)

    def inject(self):
        self.proxy = self.dice.choice(self.world.proxies)
        mode = self.dice.choice(proxy.BAD)
        self.detail = f"{self.name}: {mode}, router {self.world.proxies.index(self.proxy)}"
        self.proxy.set(mode)

    def heal(self):
        self.proxy.set(proxy.PASS)


class ClockJump(Fault):
    name, what = "clock-jump", "clock of one of two replicas jumps by a minute, and back"
    setup = Setup(clock=True)

    @staticmethod
    def missing():
        return clock.MISSING

    def inject(self):
        self.jump(self.dice.choice((-60, 60)))

    def heal(self):
        self.jump(0)

    def jump(self, seconds):
        """And see that its clock does say so: a fault that did not happen proves nothing."""
        self.world.clock.jump(seconds)
        router = self.world.routers[-1]
        wait_until(lambda: not router.process.running or abs(self.away(router) - seconds) < 30, AGAIN,
                   f"the router's clock is {seconds} s away")

    @staticmethod
    def away(router):
        try:
            date = call(router.address + "/-/healthy")[1]["Date"]
        except OSError:
            return float("inf")
        return parsedate_to_datetime(date).timestamp() - now()


TOO_LATE = 3.0  # seconds, longer than delivery.timeout of the tests
PROVIDER = {
    "slow": Reply(delay=1.0),
    "answers too late": Reply(delay=TOO_LATE),
    "429": Reply(status=429, headers={"Retry-After": "1"}, body=b"{}"),
    "500": Reply(status=500, body=b"{}"),
    "503": Reply(status=503, body=b"{}"),
    "took it, then failed": Reply(status=202, cut=True),
    "cut off": Reply(status=0, cut=True),
}


class ProviderSlow(Fault):
    name, what = "provider", "provider slow, overloaded (429, 5xx), cutting connections"
    margin = 35.0  # backoff, and the receiver's breaker
    rest = 100

    def inject(self):
        how = self.dice.choice(sorted(PROVIDER))
        self.detail, reply = f"{self.name}: {how}", PROVIDER[how]
        self.world.recorder.answer = lambda request: reply

    def heal(self):
        self.world.recorder.answer = lambda request: Reply()


class AllAtOnce(Fault):
    name, what = "all", "all of these at random, up to three at once"
    setup = Setup(proxied=True, clock=True, disk=True)
    parts = (RunbookdKilled, RedisKilled, RedisStopped, RedisFull, DiskFull, DiskReadOnly, NetworkCut, ClockJump,
             ProviderSlow)
    # What cannot be on together: it speaks to a Redis, or uses a disk, that the other has taken away.
    one_of = ({RedisKilled, RedisStopped, RedisFull}, {DiskFull, DiskReadOnly, RunbookdKilled})
    margin, rest = 35.0, 100

    @staticmethod
    def missing():
        return disk.NO_COMPILER or clock.MISSING

    def inject(self):
        chosen = self.dice.sample(self.parts, self.dice.randint(1, 3))
        for group in self.one_of:
            for extra in [c for c in chosen if c in group][1:]:
                chosen.remove(extra)
        self.on = []
        for part in chosen:
            fault = part(self.world, self.dice)
            fault.inject()
            self.on.append(fault)
        self.detail = " + ".join(f.detail for f in self.on)

    def heal(self):
        for fault in reversed(self.on):
            fault.heal()


KINDS = {f.name: f for f in (RunbookdKilled, RunbookdKilledOnSqlite, RedisKilled, RedisKilledEverysec, RedisStopped,
                             RedisFull, DiskFull, DiskReadOnly, SentinelFailover, NetworkCut, ClockJump, ProviderSlow,
                             AllAtOnce)}
