"""What happened in one run, as the checker reads it. All times are monotonic seconds of this machine."""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class State:
    """One alert in one webhook. `incident` is what the rules make one incident of."""
    incident: str
    member: str
    episode: int  # 1, 2, … : each firing of this alert
    firing: bool


@dataclass(frozen=True)
class Post:
    """One webhook: from the first byte sent to its answer, or to when that could not come any more (status None)."""
    began: float
    ended: float
    status: int
    states: tuple
    router: str = ""

    @property
    def acked(self):
        return self.status == 200


@dataclass(frozen=True)
class Telling:
    """A trigger or resolve that the provider accepted."""
    at: float
    action: str
    key: str  # the provider's: KEY, KEY-2, …
    incident: str
    generation: int
    started: str = ""  # the incident's start as the trigger says it


@dataclass(frozen=True)
class Step:
    """The same of a step's role: KEY.ROLE, KEY-2.ROLE, … is its key, the incident's generation stands in it."""
    at: float
    action: str
    key: str
    incident: str
    generation: int
    pager: str


@dataclass(frozen=True)
class Window:
    """One fault, from before it was injected until after it was healed."""
    began: float
    ended: float
    what: str = ""


@dataclass(frozen=True)
class Rest:
    """A moment when no fault was on, every webhook was answered, and the provider had been given time to hear of it."""
    at: float
    firing: frozenset  # incidents
    doubtful: frozenset = frozenset()  # those of which the senders' last words contradict each other or what is so


@dataclass
class History:
    posts: list = field(default_factory=list)
    tellings: list = field(default_factory=list)  # in the order of their acceptance
    windows: list = field(default_factory=list)
    rests: list = field(default_factory=list)
    others: list = field(default_factory=list)  # what else went wrong, each a line
    steps: list = field(default_factory=list)  # in the order of their acceptance


def is_step(key):
    return "." in key


def steps_of(requests):
    known, out = {}, []
    for r in requests:
        if not is_step(r.key):
            continue
        if r.action == "trigger":
            details = r.body["payload"]["custom_details"]
            generation = re.fullmatch(re.escape(details["key"]) + r"(?:-(\d+))?\.\w+", r.key)[1]
            known[r.key] = details["labels"]["incident"], int(generation or 1)
        if r.key in known and r.action in ("trigger", "resolve"):
            out.append(Step(r.at, r.action, r.key, *known[r.key], r.body["routing_key"]))
    return out


def tellings_of(requests):
    """Tellings from what harness.Recorder accepted; a resolve of a key that no trigger ever had belongs to nobody."""
    known, out = {}, []
    for r in requests:
        if is_step(r.key):
            continue
        if r.action == "trigger":
            details = r.body["payload"]["custom_details"]
            suffix = re.fullmatch(re.escape(details["key"]) + r"(?:-(\d+))?", r.key)
            known[r.key] = details["labels"]["incident"], int(suffix[1] or 1)
        if r.key in known and r.action in ("trigger", "resolve"):
            incident, generation = known[r.key]
            started = r.body["payload"].get("timestamp", "") if r.action == "trigger" else ""
            out.append(Telling(r.at, r.action, r.key, incident, generation, started))
    return out
