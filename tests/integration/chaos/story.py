"""What happened to one incident, for whoever looks for the cause of a violation: a line per event, in order."""


def incidents_of(verdict, history):
    """The incidents that the verdict is about; keys of providers are looked up."""
    of_key = {t.key: t.incident for t in history.tellings}
    for found in (verdict.lost, verdict.zombie, verdict.out_of_order, verdict.doubled):
        for what in found:
            yield of_key.get(what, what.split(",")[0])


def told_in_full(verdict, history, most):
    """The verdict's lines, and the stories of the first `most` incidents that it is about."""
    yield from verdict.lines()
    for incident in list(dict.fromkeys(incidents_of(verdict, history)))[:most]:
        yield f"\n== {incident}"
        yield from story(history, incident)


def story(history, incident):
    lines = []
    for p in history.posts:
        own = [s for s in p.states if s.incident == incident]
        if own:
            said = ", ".join(f"{s.member}/{s.episode} {'firing' if s.firing else 'resolved'}" for s in own)
            lines.append((p.began, f"webhook to {p.router}, answered {p.status} at {p.ended:.3f}: {said}"))
    lines += [(t.at, f"provider accepts {t.action} {t.key} {t.started}") for t in history.tellings if t.incident == incident]
    for w in history.windows:
        lines += [(w.began, f"fault {w.what} begins"), (w.ended, "fault is over")]
    lines += [(r.at, f"rest: {'fires' if incident in r.firing else 'is resolved'}") for r in history.rests]
    return [f"{at:.3f}  {line}" for at, line in sorted(lines)]
