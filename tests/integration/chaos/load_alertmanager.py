"""Load through two real Alertmanager peers, each posting to a router of its own, with a tap between that sees the answers."""

import bisect
import http.client
import json
import random
import threading
import time
from datetime import datetime
from http.server import BaseHTTPRequestHandler

from harness import call, stamp
from harness.recorder import Server

from .alerts import CHANGES, LONG_LIVES, draw_group
from .history import Post, State

TICK = 0.1  # seconds between two posts of whoever evaluates alerting rules
TIMEOUT = 15
QUIET, SILENT = 2.0, 8.0  # seconds without a webhook: more than group_interval; more than any retry


def seconds_of(text):
    return datetime.fromisoformat(text).timestamp()


class TapHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, reply = self.server.tap.forward(self.path, data)
        if status is None:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *args):
        pass


class Tap:
    """Passes webhooks on to one router, and tells `saw(router, began, ended, status, body)`, to be set, of each."""

    def __init__(self, target):
        self.target, self.saw = target, lambda *seen: None
        self.server = Server(("127.0.0.1", 0), TapHandler)
        self.server.tap = self
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def forward(self, path, data):
        began = time.monotonic()
        try:
            status, _, reply = call(self.target + path, "POST", data, {"Content-Type": "application/json"}, TIMEOUT)
        except (OSError, http.client.HTTPException):
            status, reply = None, None
        self.saw(self.target, began, time.monotonic(), status, json.loads(data))
        return status, reply

    def stop(self):
        self.server.shutdown()
        self.thread.join(10)
        self.server.server_close()


class AlertmanagerLoad:
    """
    As Generator, but what it makes goes to every Alertmanager, and what gets answered the taps have seen.

    A peer that lags says "firing" after the other's "resolved", and under load may take no word of it back (a request that
    it gave up arrives late). Of such incidents nobody can say how they should stand at a router: `doubtful`.
    """

    def __init__(self, world, rate, seed):
        self.alertmanagers, self.rate, self.dice = world.alertmanagers, rate, random.Random(seed)
        self.wall = time.time() - time.monotonic()
        self.lock = threading.Lock()
        self.alerts, self.posts, self.refused = {}, [], []
        self.said = {}  # alert name: State, of the last webhook that was answered 200
        self.number, self.making, self.ended = 0, True, threading.Event()
        self.thread = threading.Thread(target=self.work)
        for tap in world.taps:
            tap.saw = self.saw

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        self.ended.set()
        self.thread.join(60)

    # ---- alerts come and go ----

    def work(self):
        before = due = time.monotonic()
        while not self.ended.wait(TICK):
            now = time.monotonic()
            with self.lock:
                while self.making and due <= now:
                    for a in draw_group(self.dice, self.number, now, lives=LONG_LIVES).alerts:
                        self.alerts[a.name] = a
                    self.number, due = self.number + 1, due + CHANGES / self.rate
                if not self.making:
                    due = now
                batch = [self.as_posted(a, now) for a in self.alerts.values()
                         if bisect.bisect(a.toggles, before) != bisect.bisect(a.toggles, now)]
            if batch:
                for each in self.alertmanagers:
                    each.post(batch)
            before = now

    def as_posted(self, a, now):
        n = a.passed(now)
        times = [stamp(t + self.wall) for t in a.toggles[(n - 1) // 2 * 2:n]]
        return {"labels": a.labels, **dict(zip(("startsAt", "endsAt"), times))}

    def freeze(self):
        with self.lock:
            self.making, now = False, time.monotonic()
            for a in self.alerts.values():
                a.toggles = [t for t in a.toggles if t <= now]

    def thaw(self, making=True):
        with self.lock:
            self.making, now = making, time.monotonic()
            for a in self.alerts.values():
                if a.passed(now) % 2:
                    a.toggles.append(now + 0.5 + self.dice.random() * 3)

    def firing(self):
        with self.lock:
            now = time.monotonic()
            return frozenset(a.labels["incident"] for a in self.alerts.values() if a.passed(now) % 2)

    def doubtful(self):
        with self.lock:
            return frozenset(self.alerts[name].labels["incident"] for name in self.unsaid(time.monotonic()))

    def over(self):
        return not self.firing()

    # ---- what was answered ----

    def saw(self, router, began, ended, status, body):
        with self.lock:
            states = tuple(self.state(a) for a in body["alerts"])
            self.posts.append(Post(began, ended, status, states, router))
            if status == 200:
                self.said.update((s.member, s) for s in states)
            elif status and status < 500:
                self.refused.append(f"a webhook was answered {status}")

    def state(self, sent):
        a = self.alerts[sent["labels"]["member"]]
        starts = bisect.bisect(a.toggles, seconds_of(sent["startsAt"]) - self.wall + 0.01)
        return State(a.labels["incident"], a.name, (starts + 1) // 2, sent["status"] == "firing")

    def all_said(self):
        """Everything that is so has been said, or the Alertmanagers have fallen silent about it."""
        with self.lock:
            now = time.monotonic()
            if self.posts and now - self.posts[-1].ended < QUIET:
                return False
            return not self.unsaid(now) or now - self.posts[-1].ended > SILENT

    def unsaid(self, now):
        return [a.name for a in self.alerts.values() if not self.is_said(a, a.passed(now) % 2 == 1)]

    def is_said(self, a, firing):
        said = self.said.get(a.name)
        return said.firing == firing if said else not firing

    @property
    def notes(self):
        left = len(self.doubtful())
        return [f"{left} incidents of which Alertmanager said no last word"] if left else []
