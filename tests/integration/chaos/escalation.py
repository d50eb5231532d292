"""Paths of escalation that are walked while routers are killed, Sentinel fails over and configurations are reloaded."""

from collections import Counter

from .checker import LEAST, spans_of, undisturbed
from .faults import Fault, RunbookdKilled, SentinelFailover
from .generator import Generator
from .world import PAGERS, PATH, Setup, escalating_catalog

LAST = 3.0  # seconds after which the last step of world.PATH is due


class Reloaded(Fault):
    name = "reload"

    def inject(self):
        """The same path in another file: what is on its way goes on as it was."""
        router = self.dice.choice(self.world.routers)
        router.house.write("catalog.yml", {**escalating_catalog(), "owners": [{"name": f"n{self.dice.randrange(1000)}"}]})
        assert router.reload()[0] == 200

    def heal(self):
        pass


class WalkedPaths(Generator):
    lives = (6.0, 45.0)  # most outlive the last step, many a fault and what it holds up


class Escalation(Fault):
    name, what = "escalation", "kill -9 of a router, Sentinel failover, reload, while escalations of four steps are walked"
    setup = Setup(store="sentinel", escalates=True)
    load = WalkedPaths
    margin, rest = 9.0, 90  # the lease of what a router had claimed of the clock (3 s), then of the delivery (4 s)
    hold, quiet = (0.0, 0.5), (11.0, 13.0)  # longer than the margin: what a fault held up is seen to be told
    parts = (RunbookdKilled, SentinelFailover, Reloaded)

    def inject(self):
        self.part = self.dice.choice(self.parts)(self.world, self.dice)
        self.part.inject()
        self.detail = self.part.detail

    def heal(self):
        self.part.heal()

    @staticmethod
    def examine(history):
        skipped, walked = skipped_steps(history, Escalation.margin)
        twice, again = told_twice(history.steps)
        return skipped + twice + zombies(history), [f"{walked} steps told", f"{again} of them again under the same key"]


# ---- what is judged; pure, as the checker is ----


def whole_spans(history, margin):
    """(span, when the next one begins) of those that went on for a while beside faults when the last step was due."""
    for own in spans_of(history.posts).values():
        for number, span in enumerate(own, 1):
            if span.acked is None or span.closing is None or span.continued or span.late:
                continue
            if undisturbed(span.acked + LAST, span.closing, history.windows, margin) >= LEAST:
                yield span, next((s.begun for s in own[number:]), float("inf"))


def skipped_steps(history, margin):
    """(lines, how many were told as they should be)"""
    told, wrong, walked = {}, [], 0
    for s in history.steps:
        if s.action == "trigger":
            told.setdefault((s.incident, s.pager), []).append(s.at)
    for span, until in whole_spans(history, margin):
        for pager in PAGERS:
            if any(span.begun <= at < until for at in told.get((span.incident, pager), [])):
                walked += 1
            else:
                wrong.append(f"skipped: {span.incident}: {pager} was never told, fired {span.acked:.3f} to {span.closing:.3f}")
    return wrong, walked


def told_twice(steps):
    """
    (lines about more keys than steps of one page, how many were told again under the same one). Of two steps that a fault
    has made due at once the second may have found the first one's page on its way: fewer keys are none the worse.
    """
    stepping = Counter(pager for _, pager in PATH)
    keys, open_keys, again = {}, set(), 0
    for s in steps:
        if s.action == "resolve":
            open_keys.discard(s.key)
            continue
        keys.setdefault((s.incident, s.generation, s.pager), set()).add(s.key)
        again += s.key in open_keys
        open_keys.add(s.key)
    return [f"twice: {who}: {sorted(k)}" for who, k in keys.items() if len(k) > stepping[who[2]]], again


def zombies(history):
    """Whoever was told a step is told its end: at a rest nothing of a step is open but of what fires."""
    wrong = set()
    for rest in history.rests:
        open_now = {}
        for s in history.steps:
            if s.at <= rest.at:
                open_now[s.key] = (s.action == "trigger", s.incident)
        wrong |= {f"zombie: {key} of {incident}" for key, (is_open, incident) in open_now.items()
                  if is_open and incident not in rest.firing | rest.doubtful}
    return sorted(wrong)
