"""
Judges a History. Pure: tests feed it made-up ones, for a checker that cannot fail proves nothing.

What was true is taken from the webhooks themselves. A *span* of an incident begins with the first webhook that has it
firing, and closes with the first one after that which has its last member resolved; it is *acked* when a webhook inside
it was answered 200. What a sender that lags says of a member after something newer was said of it is no news; but while it
has a member firing that is over, the incident may well be open still, and what fires then need not be told anew: but then
the provider has it open all the time.

lost          (a) a span that was acked, went on for `least` seconds and more outside of faults (and `margin` seconds after
              each), and about which the provider accepted no trigger from its beginning until the next one's; or (b) an incident that fires at a
              rest, and for which the provider has nothing open.
zombie        a provider key that is open at a rest although its incident is resolved, or although a later generation
              of its incident is open too; its resolve did not come.
out of order  the same, where the resolve did come, but before the trigger; likewise a trigger of an older generation
              after a newer one's, when that older one stays open in its place.
doubled       two provider keys for one span: two generations with one start that were first told in one span, or more
              generations told than spans had begun. (Somebody was woken twice, and the provider could not know.)
              Of two senders' webhooks that overlap, one firing and one resolved, nobody knows which came last: each such
              pair may have been one more span. So may a "firing" that a lagging peer sends after the "resolved": where no
              resolve follows it, it pages when late_grace has passed, as it would have to if it were true.
              And whoever begins to fire is told of, unless the same webhook has one that fired before: each webhook that
              has some of them firing, but none that its router must know of, may begin one more page (see strangers).
duplicated    triggers accepted for a key that was open already. Harmless there, and so only counted.

A violation that several rests show is one. An echo (the resolve repeated after an unknown outcome, delivery.timeout and
a minute later) changes nothing here: it finds its key closed.
"""

from dataclasses import dataclass, field

LEAST = 2.0
LAG = 2.0  # so long after its peer's "resolved" an Alertmanager may say "firing", and never a word after that


@dataclass
class Span:
    incident: str
    begun: float
    acked: float = None
    closing: float = None
    continued: bool = False  # the one before was never acked as resolved: perhaps nobody heard that it was over
    late: bool = False  # as it began, a sender that lags had a member of the one before firing still


@dataclass
class Verdict:
    acked: int = 0
    duplicated: int = 0
    lost: dict = field(default_factory=dict)
    zombie: dict = field(default_factory=dict)
    out_of_order: dict = field(default_factory=dict)
    doubled: dict = field(default_factory=dict)
    others: list = field(default_factory=list)

    @property
    def clean(self):
        return not (self.lost or self.zombie or self.out_of_order or self.doubled or self.others)

    def lines(self):
        for name in ("lost", "zombie", "out_of_order", "doubled"):
            for what, why in getattr(self, name).items():
                yield f"{name}: {what}: {why}"
        yield from self.others


def judge(history, margin=0.0, least=LEAST):
    verdict = Verdict(others=list(history.others))
    spans = spans_of(history.posts)
    verdict.acked = len({s for p in history.posts if p.acked for s in p.states})
    verdict.duplicated = count_duplicates(history.tellings)
    tellings = by_incident(history.tellings)
    triggers = by_incident([t for t in history.tellings if t.action == "trigger"])

    def long_enough(began, ended):
        return undisturbed(began, ended, history.windows, margin) >= least

    for incident, own in spans.items():
        find_untold(verdict, own, tellings.get(incident, []), long_enough)
        find_doubled(verdict, own, triggers.get(incident, []), lambda since=0: contradictions(history.posts, incident, since),
                     lambda: strangers(history, incident, margin))
    for rest in history.rests:
        judge_rest(verdict, rest, [t for t in history.tellings if t.at <= rest.at])
    return verdict


# ---- what was true ----


class Known:
    """What has been said of one incident: of each member the newest word, whoever said it."""

    def __init__(self):
        self.rank, self.spans, self.over_acked = {}, [], False
        self.late = set()  # members that a lagging sender has fire after their end, and nobody has taken that back

    def takes(self, state):
        """False: a word from the past, as of a sender that lags."""
        rank = 2 * state.episode + (not state.firing)
        newest = self.rank.get(state.member, 0)
        self.rank[state.member] = max(rank, newest)
        if rank >= newest:
            self.late.discard(state.member)
        elif state.firing and rank + 1 == newest:
            self.late.add(state.member)
        return rank >= newest

    def fires(self):
        return any(rank % 2 == 0 for rank in self.rank.values())

    def hear(self, post, incident):
        late = bool(self.late)
        own = [s for s in post.states if s.incident == incident and self.takes(s)]
        span = self.spans[-1] if self.spans else None
        if self.fires():
            if not span or span.closing is not None:
                span = Span(incident, post.began, continued=bool(span) and not self.over_acked, late=late)
                self.spans.append(span)
            if post.acked and span.acked is None and any(s.firing for s in own):
                span.acked = post.ended
        elif span and own:
            if span.closing is None:
                span.closing, self.over_acked = post.began, False
            self.over_acked = self.over_acked or post.acked


def spans_of(posts):
    """{incident: [Span]}"""
    known = {}
    for post in sorted(posts, key=lambda p: p.began):
        for incident in {s.incident for s in post.states}:
            known.setdefault(incident, Known()).hear(post, incident)
    return {incident: k.spans for incident, k in known.items()}


def by_incident(tellings):
    out = {}
    for t in tellings:
        out.setdefault(t.incident, []).append(t)
    return out


# ---- over the whole run ----


def undisturbed(began, ended, windows, margin):
    """Seconds of began..ended that no window, drawn out by `margin`, covers."""
    left, at = 0.0, began
    for w in sorted(windows, key=lambda w: w.began):
        if w.began > at:
            left += max(0.0, min(w.began, ended) - at)
        at = max(at, w.ended + margin)
    return left + max(0.0, ended - at)


def stays_open(tellings, began, ended):
    """Whether one key is open at the provider from `began` to `ended`."""
    for key in {t.key for t in tellings}:
        own = [t for t in tellings if t.key == key and t.at < ended]
        before = [t for t in own if t.at <= began]
        if before and before[-1].action == "trigger" and all(t.action == "trigger" for t in own[len(before):]):
            return True
    return False


def find_untold(verdict, spans, tellings, long_enough):
    for number, span in enumerate(spans, 1):
        if span.acked is None or span.closing is None or span.continued:  # one that still fires is judged at rests
            continue
        until = next((s.begun for s in spans[number:] if not s.continued), float("inf"))
        if any(t.action == "trigger" and span.begun <= t.at < until for t in tellings):
            continue
        if span.late and stays_open(tellings, span.begun, span.closing):
            continue
        if long_enough(span.acked, span.closing):
            verdict.lost[f"{span.incident}, span {number}"] = (
                f"answered 200 at {span.acked:.3f}, over at {span.closing:.3f}, and was never told")


def contradictions(posts, incident, since=0):
    """How many webhooks that have it firing overlap with one that has it resolved, or follow it from a peer that lags."""
    sides = {True: [], False: []}
    for p in (p for p in posts if p.began >= since):
        own = [s.firing for s in p.states if s.incident == incident]
        if own:
            sides[any(own)].append(p)

    def meet(f, r):
        return f.began < r.ended + (LAG if f.router != r.router else 0) and r.began < f.ended

    return sum(any(meet(f, r) for r in sides[False]) for f in sides[True])


def strangers(history, incident, margin):
    """When a webhook had some of it firing, but none whose firing was answered 200 before: by its own router, or by another one
    with no fault since."""
    known, out = [], []  # (member and episode, router, when)
    for post in sorted(history.posts, key=lambda p: p.began):
        firing = [s for s in post.states if s.incident == incident and s.firing]
        names = {(s.member, s.episode) for s in firing}

        def must_know(name, router, at):
            calm = not any(w.began < post.ended and w.ended + margin > at for w in history.windows)
            return name in names and at <= post.began and (router == post.router or calm)

        if firing and not any(must_know(*k) for k in known):
            out.append(post.began)
        if post.acked:
            known += [(name, post.router, post.ended) for name in names]
    return out


def find_doubled(verdict, spans, triggers, contradicted, strange):
    first = {}
    for t in triggers:
        first.setdefault(t.generation, t)
    first = sorted(first.values(), key=lambda t: t.at)
    for number, t in enumerate(first, 1):
        begun = [s.begun for s in spans if s.begun <= t.at]
        if len(begun) < number and max(len(begun) + contradicted(), told_of(strange(), 0, t.at)) < number:
            verdict.doubled[t.key] = f"key number {number} at {t.at:.3f}, but it has fired {len(begun)} times by then"
        same = [o for o in first if begun and begun[-1] <= o.at <= t.at and t.started and o.started == t.started]
        if len(same) > 1 and max(1 + contradicted(begun[-1]), told_of(strange(), begun[-1], t.at)) < len(same):
            verdict.doubled[t.key] = f"told at {t.at:.3f} for the same firing as {same[-2].key} at {same[-2].at:.3f}"


def told_of(strange, since, until):
    return sum(since <= at <= until for at in strange)


def count_duplicates(tellings):
    open_keys, count = set(), 0
    for t in tellings:
        if t.action == "resolve":
            open_keys.discard(t.key)
        elif t.key in open_keys:
            count += 1
        else:
            open_keys.add(t.key)
    return count


# ---- at a rest ----


class Provider:
    """What the provider knows of one incident: per generation the trigger it stands on, or none."""

    def __init__(self, tellings):
        self.key, self.open, self.resolved, self.newest_at = {}, {}, set(), {}
        for t in tellings:
            self.key[t.generation] = t.key
            if t.action == "trigger":
                self.open[t.generation] = t.at
                self.newest_at.setdefault(t.generation, t.at)
            else:
                self.open.pop(t.generation, None)
                self.resolved.add(t.generation)

    def overtaken(self, generation):
        """Its trigger came after its resolve, or after the trigger of a newer generation."""
        return generation in self.resolved or any(
            g > generation and at < self.open[generation] for g, at in self.newest_at.items())


def judge_rest(verdict, rest, tellings):
    told = by_incident(tellings)
    for incident in rest.firing - rest.doubtful:
        if not Provider(told.get(incident, [])).open:
            verdict.lost.setdefault(incident, f"fires at {rest.at:.3f}, and nothing is open at the provider")
    for incident, own in told.items():
        if incident in rest.doubtful:
            continue
        provider = Provider(own)
        wrong = set(provider.open)
        if incident in rest.firing and wrong:
            wrong -= {max(provider.open)}
            newest = max(provider.newest_at)
            if newest not in provider.open:
                note_order(verdict, provider, max(provider.open), rest, newest)
        for generation in wrong:
            note_wrong(verdict, provider, generation, rest, incident in rest.firing)


def note_order(verdict, provider, generation, rest, newest):
    """Fires, and what is open is an older generation than one that was told and resolved already."""
    if provider.overtaken(generation):
        verdict.out_of_order.setdefault(
            provider.key[generation], f"open at {rest.at:.3f} in the place of {provider.key[newest]}")


def note_wrong(verdict, provider, generation, rest, fires):
    key, at = provider.key[generation], provider.open[generation]
    why = f"open at {rest.at:.3f} since its trigger at {at:.3f}, " + (
        "a later generation is open too" if fires else "its incident is resolved")
    found = verdict.out_of_order if provider.overtaken(generation) else verdict.zombie
    if key not in verdict.zombie and key not in verdict.out_of_order:
        found[key] = why
