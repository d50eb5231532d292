"""Alerts that fire and resolve by a plan, in groups as Alertmanager keeps them. Pure: time is an argument."""

from harness import alert, body

from .history import State

GAP = 0.3  # seconds from a webhook that was answered 200 to the group's next one: Alertmanager's group_interval


class Alert:
    """`toggles`: when it begins to fire, ends, begins again, … ascending, monotonic seconds."""

    def __init__(self, name, labels, toggles):
        self.name, self.labels, self.toggles = name, labels, toggles
        self.told_firing = 0  # the last episode that a webhook, answered or not, has shown firing
        self.over = 0  # the last episode whose resolve was answered 200

    def passed(self, now):
        return sum(1 for t in self.toggles if t <= now)

    def state(self, now):
        """What Alertmanager has to say of it: nothing when it never said that it fires, or has said that it is over."""
        n = self.passed(now)
        episode, firing = (n + 1) // 2, n % 2 == 1
        if firing or self.told_firing > self.over:
            return State(self.labels["incident"], self.name, episode, firing)
        return None

    def next_toggle(self, now):
        return next((t for t in self.toggles if t > now), None)

    def said(self, state, acked):
        if state.firing:
            self.told_firing = max(self.told_firing, state.episode)
        elif acked:
            self.over = max(self.over, state.episode)

    def as_sent(self, state, wall):
        """`wall` is what is added to monotonic time to get seconds since 1970."""
        starts, ends = (self.toggles[2 * state.episode - 2 + i:][:1] for i in (0, 1))
        return alert(self.labels["alertname"], status="firing" if state.firing else "resolved", starts=starts[0] + wall,
                     ends=ends[0] + wall if ends else None,
                     **{k: v for k, v in self.labels.items() if k != "alertname"})


class Group:
    def __init__(self, name, alerts, home):
        self.name, self.alerts, self.home = name, alerts, home
        self.acked = frozenset()  # the states of the last webhook that was answered 200
        self.failures = 0
        self.busy, self.ticket = False, 0  # the generator's

    def states(self, now):
        found = {a: a.state(now) for a in self.alerts}
        return {a: s for a, s in found.items() if s}

    def unsaid(self, now):
        """What is to be sent now: the whole group, when anything in it is not as it was last answered 200; else nothing."""
        states = self.states(now)
        return states if frozenset(states.values()) - self.acked else {}

    def took(self, states, acked):
        for a, s in states.items():
            a.said(s, acked)
        self.failures = 0 if acked else self.failures + 1
        if acked:
            self.acked = frozenset(states.values())

    def next_toggle(self, now):
        return min((t for t in (a.next_toggle(now) for a in self.alerts) if t is not None), default=None)

    def firing(self, now):
        return {a.labels["incident"] for a in self.alerts if a.passed(now) % 2}

    def done(self, now):
        return not self.firing(now) and self.next_toggle(now) is None and not self.unsaid(now)

    def body(self, states, wall):
        labels = {"alertname": self.alerts[0].labels["alertname"], "group": self.name}
        return body(*(a.as_sent(s, wall) for a, s in states.items()), group=labels)


# Each alert of a group is an incident of its own, or all of them are one.
RULES = [
    {"name": "each", "matchers": ['alertname="Each"'], "group_by": ["..."], "severity": "P1", "owner": "crew"},
    {"name": "together", "matchers": ['alertname="Together"'], "group_by": ["incident"], "severity": "P1", "owner": "crew"},
]
CHANGES = 5.7  # firings and resolves of a group, on average, as drawn below
LIVES = (0.3, 9.0)  # seconds, short ones more often
LONG_LIVES = (4.0, 20.0)


def draw_toggles(dice, now, lives):
    at, toggles = now + dice.random() * 0.5, []
    for _ in range(dice.choice((1, 1, 2))):
        ends = at + lives[0] * (lives[1] / lives[0]) ** dice.random()
        toggles += [at, ends]
        at = ends + 0.5 + dice.random() * 2.5
    return toggles


def draw_group(dice, number, now, homes=1, lives=LIVES):
    name, together = f"g{number:05}", dice.random() < 0.4
    size = dice.choice((1, 1, 2, 3, 4)) if not together else dice.choice((1, 2, 3))
    made = []
    for i in range(size):
        incident = name if together else f"{name}-{i}"
        labels = {"alertname": "Together" if together else "Each", "incident": incident, "group": name,
                  "member": f"{name}-{i}"}
        made.append(Alert(f"{name}-{i}", labels, draw_toggles(dice, now, lives)))
    return Group(name, made, dice.randrange(homes))
