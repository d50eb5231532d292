"""More incidents than a receiver may be sent: they come evenly over some seconds, and what arrived there is looked at."""

import re
import time

from .bodies import alert, body
from .waiting import wait_until

RULES = [{"name": "disks", "matchers": ['what="disk"'], "owner": "storage", "group_by": ["..."]},
         {"name": "rest", "matchers": ['alertname!=""'], "owner": "crew", "group_by": ["..."]}]
BODY = 100  # alerts of a webhook


def is_digest(request):
    return request.body["payload"]["class"] == "Digest"


def told_of(request):
    """Of how many incidents a message speaks."""
    return int(re.search(r"(\d+) incidents", request.body["payload"]["summary"])[1]) if is_digest(request) else 1


def resident(daemon, field="VmRSS"):
    """Megabytes."""
    with open(f"/proc/{daemon.process.child.pid}/status", encoding="ascii") as f:
        return int(re.search(rf"{field}:\s+(\d+) kB", f.read())[1]) / 1024


class Storm:
    """`pages` incidents of which `gravest` are of the gravest severity, within `seconds`; the receiver may be sent `rate` a second."""

    def __init__(self, recorder, pages, gravest, seconds, rate, burst):
        self.recorder, self.pages, self.gravest = recorder, pages, gravest
        self.seconds, self.rate, self.burst = seconds, rate, burst

    def receiver(self):
        return {"name": "oncall", "pagerduty": {"routing_key": "R0UTE", "url": self.recorder.url},
                "rate_limit": {"per_second": self.rate, "burst": self.burst}}

    def alerts(self):
        every = self.pages // self.gravest
        return [alert("Full" if i % 2 else "Slow", name=f"n{i}", what="disk" if i % 2 else "queue",
                      severity="info" if i % every else "critical") for i in range(self.pages)]

    def rage(self, daemon, seconds=600):
        """Sends all, and waits until each was told of."""
        alerts, began = self.alerts(), time.monotonic()
        self.taken, self.slowest = {}, 0.0  # when each incident's webhook was answered; the longest that one took
        self.before = resident(daemon, "VmHWM")
        for i in range(0, self.pages, BODY):
            behind = began + self.seconds * i / self.pages - time.monotonic()
            if behind > 0:
                self.recorder.stopped.wait(behind)
            sent = time.monotonic()
            decisions = daemon.send(body(*alerts[i:i + BODY], group={"part": str(i)}))
            answered = time.monotonic()
            self.taken.update((d["key"], answered) for d in decisions)
            self.slowest = max(self.slowest, answered - sent)
        self.sent_in = time.monotonic() - began
        self.after_intake = resident(daemon, "VmHWM")
        wait_until(lambda: sum(map(told_of, self.recorder.triggers())) >= self.pages, seconds, "each is told of")
        self.peak = resident(daemon, "VmHWM")
        messages = self.recorder.triggers()
        self.digests = [r for r in messages if is_digest(r)]
        self.singles = [r for r in messages if not is_digest(r)]
        self.gravest_told = [r for r in self.singles if r.body["payload"]["severity"] == "critical"]
        self.spent = messages[-1].at - messages[0].at
        self.empty_after = messages[-1].at - began
        return self

    def allowed_seconds(self):
        """The least that so many messages can take at the rate."""
        return max(0, len(self.digests) + len(self.singles) - self.burst) / self.rate
