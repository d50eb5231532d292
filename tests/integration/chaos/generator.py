"""
Posts webhooks as an Alertmanager does: the whole group each time and as it is then, again after 5xx and after network
errors until it is answered 200, to another router where there is one.
"""

import heapq
import http.client
import itertools
import json
import random
import threading
import time

from harness import call

from .alerts import CHANGES, GAP, LIVES, draw_group
from .history import Post

WORKERS = 32
TIMEOUT = 10  # seconds until an answer is not waited for any more
BACKOFF_FIRST, BACKOFF_MOST = 0.3, 3.0
TWICE = 0.1  # so often a webhook goes to a second router as well, at once, as from a pair of Alertmanagers


class Generator:
    """A run with the same seed makes the same alerts; what happens to them is another matter."""

    notes = ()  # what is worth telling of it
    lives = LIVES  # seconds that an alert fires

    def __init__(self, world, rate, seed):
        self.urls, self.rate, self.dice = world.urls, rate, random.Random(seed)
        self.wall = time.time() - time.monotonic()
        self.lock = threading.Condition()
        self.queue, self.order, self.number = [], itertools.count(), 0
        self.groups, self.posts, self.refused = set(), [], []
        self.under_way, self.making, self.ended = 0, False, False
        self.threads = [threading.Thread(target=self.work) for _ in range(WORKERS)]
        self.threads.append(threading.Thread(target=self.make_groups))

    def start(self):
        self.making = True
        for t in self.threads:
            t.start()
        return self

    def stop(self):
        with self.lock:
            self.ended = True
            self.lock.notify_all()
        for t in self.threads:
            if t.ident:
                t.join(30)

    # ---- making alerts ----

    def make_groups(self):
        pause = CHANGES / self.rate
        with self.lock:
            due = time.monotonic()
            while not self.ended:
                if self.making and time.monotonic() >= due:
                    self.make_group()
                    due = max(due + pause, time.monotonic() - 1)
                self.lock.wait(max(0.001, due - time.monotonic()) if self.making else None)

    def make_group(self):
        group = draw_group(self.dice, self.number, time.monotonic(), len(self.urls), self.lives)
        self.number += 1
        self.groups.add(group)
        self.put(group, time.monotonic())

    def freeze(self):
        """From now on nothing changes: what fires goes on firing."""
        with self.lock:
            self.making, now = False, time.monotonic()
            for a in (a for g in self.groups for a in g.alerts):
                a.toggles = [t for t in a.toggles if t <= now]

    def thaw(self, making=True):
        """What fires will end within seconds, and, unless told otherwise, new alerts come."""
        with self.lock:
            self.making, now = making, time.monotonic()
            for group in self.groups:
                for a in group.alerts:
                    if a.passed(now) % 2:
                        a.toggles.append(now + 0.1 + self.dice.random() * (3 if making else 1))
                self.put(group, now)
            self.lock.notify_all()

    def all_said(self):
        """Frozen, and everything has been answered 200."""
        with self.lock:
            now = time.monotonic()
            return not self.under_way and not any(g.unsaid(now) for g in self.groups)

    def firing(self):
        with self.lock:
            now = time.monotonic()
            return frozenset(i for g in self.groups for i in g.firing(now))

    def doubtful(self):
        return frozenset()

    def over(self):
        return not self.firing()

    # ---- sending ----

    def put(self, group, at):
        """In the place of whatever was planned for it."""
        group.ticket = next(self.order)
        heapq.heappush(self.queue, (at, group.ticket, group))
        self.lock.notify_all()

    def take(self):
        """The next group that is due and that nobody else has; None at the end."""
        with self.lock:
            while not self.ended:
                now = time.monotonic()
                if self.queue and self.queue[0][0] <= now:
                    _, ticket, group = heapq.heappop(self.queue)
                    if ticket == group.ticket and not group.busy:
                        group.busy = True
                        self.under_way += 1
                        return group
                    continue
                self.lock.wait(self.queue[0][0] - now if self.queue else None)
        return None

    def work(self):
        while (group := self.take()) is not None:
            self.turn(group)

    def turn(self, group):
        with self.lock:
            states = group.unsaid(time.monotonic())
            value = group.body(states, self.wall) if states else None
        acked = self.send(group, states, value) if states else True
        with self.lock:
            if states:
                group.took(states, acked)
            group.busy = False
            self.under_way -= 1
            self.plan_next(group, bool(states), acked)

    def plan_next(self, group, sent, acked):
        now = time.monotonic()
        if group.done(now):
            self.groups.discard(group)
        elif not acked:
            limit = min(BACKOFF_MOST, BACKOFF_FIRST * 1.5 ** group.failures)
            self.put(group, now + limit * random.uniform(0.5, 1.5))
            group.home = (group.home + 1) % len(self.urls)
        elif group.unsaid(now):
            self.put(group, now + (GAP if sent else 0))
        elif (toggle := group.next_toggle(now)) is not None:
            self.put(group, max(toggle, now + GAP if sent else now))

    def send(self, group, states, value):
        """Answered 200?"""
        second = None
        if len(self.urls) > 1 and random.random() < TWICE:
            other = self.urls[(group.home + 1) % len(self.urls)]
            second = threading.Thread(target=self.post, args=(other, states, value))
            second.start()
        acked = self.post(self.urls[group.home], states, value)
        if second:
            second.join()
        return acked

    def post(self, url, states, value):
        began = time.monotonic()
        try:
            status, _, reply = call(url + "/api/v1/webhook", "POST", json.dumps(value).encode(),
                                    {"Content-Type": "application/json"}, TIMEOUT)
        except (OSError, http.client.HTTPException):
            status, reply = None, None
        with self.lock:
            self.posts.append(Post(began, time.monotonic(), status, tuple(states.values()), url))
            if status and status != 200 and status < 500:
                self.refused.append(f"a webhook was answered {status}: {reply}")
        return status == 200
