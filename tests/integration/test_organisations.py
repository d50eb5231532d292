"""The paths of the organisations' own pages, walked by the real daemon with seconds in place of their minutes."""

import json
import os
import re

import pytest

from harness import Ctl, alert, body, now, wait_until

SEEDS = os.path.join(os.path.dirname(__file__), "..", "..", "..", "shared", "data", "seeds")
FILES = sorted(os.listdir(SEEDS)) if os.path.isdir(SEEDS) else []
LONGEST = 45  # seconds of a path that are waited for: what comes later is only announced
pytestmark = pytest.mark.skipif(not FILES, reason="the organisations' pages are not here")


ROTATION = [(0, ["primary on-call engineer"]), (15, ["secondary on-call engineer"])]
ALONE = [(0, ["on-call engineer"])]
# As a person reads the pages: minutes, and who is told then, of a P0 and of a P1. What has no time is nobody's by itself.
DOCUMENTED = [
    [ROTATION, ROTATION],
    [[(0, ["on-call engineer"]), (15, ["on-call lead", "team lead"]), (30, ["engineering manager"]),
      (60, ["vp engineering", "exec team"])],
     [(0, ["on-call engineer"]), (30, ["on-call lead"]), (60, ["team lead"]), (120, ["engineering manager"])]],
    [ALONE, ALONE],
    [ALONE, [(0, ["engineering lead"])]],
    [[(0, ["primary on-call"])], [(0, ["primary on-call"])]],
]


def scaled(text):
    """An hour is a minute, a minute a second."""
    text = re.sub(r"(?<=\d)(\+?\s*-?\s*)(minutes?|mins?|min)\b", r"\1seconds", text)
    return re.sub(r"(?<=\d)(\+?\s*-?\s*)(hours?|hrs?|hr|h)\b", r"\1minutes", text)


def seconds(text):
    """Of a Prometheus duration."""
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
    return sum(int(n) * units[u] for n, u in re.findall(r"(\d+)(ms|[smhdw])", text))


def pager(name, recorder):
    return {"name": name, "pagerduty": {"routing_key": name, "url": recorder.url}, "rate_limit": {"per_second": 0}}


def furnish(make, recorder, number):
    made = make([{"name": "all", "matchers": ['alertname=~".+"'], "group_by": ["..."]}],
                receivers=[pager("oncall", recorder)], catalog={"runbooks": "books", "files": ["catalog.yml"]})
    os.makedirs(os.path.join(made.folder, "books"), exist_ok=True)
    with open(os.path.join(SEEDS, FILES[number]), encoding="utf-8") as f:
        made.write("books/README.md", scaled(f.read()))
    made.write("catalog.yml", {})
    return made


def path_of(made, rank):
    """What runs by itself of the path of this severity, as DOCUMENTED writes it, and the severity's name."""
    read = Ctl(made).json("catalog")
    name = [*(s["name"] for s in read["severities"]), "P0", "P1"][rank]
    plan = Ctl(made).json("explain", "alertname=Silo", f"severity={name}")["alerts"][0]["fields"]["escalation"]
    steps = [(s["after"] if i or s["after"] else "0s", s["notify"]) for i, s in enumerate(plan["steps"])]
    return name, [(seconds(after), roles) for after, roles in steps if after]


def with_receivers(made, recorder, steps):
    """Each role has a pager of its own, so that who was told is seen."""
    roles = sorted({role for _, some in steps for role in some})
    with open(made.file, encoding="utf-8") as f:
        config = json.load(f)
    config["receivers"] = [pager("oncall", recorder)] + [pager(f"role {i}", recorder) for i in range(len(roles))]
    made.write("runbookd.yml", config)
    made.write("catalog.yml", {"contacts": [{"role": role, "receivers": [f"role {i}"]} for i, role in enumerate(roles)]})
    return {role: f"role {i}" for i, role in enumerate(roles)}


def started(make, start, recorder, number, rank):
    """The daemon, its key of an alert of that severity, the steps and the pagers of their roles."""
    made = furnish(make, recorder, number)
    name, steps = path_of(made, rank)
    assert [(after, [r.lower() for r in roles]) for after, roles in steps] == DOCUMENTED[number][rank]
    pagers = with_receivers(made, recorder, steps)
    d = start(made)
    began = now()
    d.send(body(alert("Silo", severity=name)))
    return d, began, steps, pagers


@pytest.mark.parametrize("number", range(len(FILES)))
@pytest.mark.parametrize("rank", [0, 1])
def test_left_alone_it_walks_the_documented_path(local_house, start, recorder, number, rank):
    d, began, steps, pagers = started(local_house, start, recorder, number, rank)
    walked = [step for step in steps if step[0] <= LONGEST]
    for after, roles in walked:
        wait_until(lambda: {pagers[role] for role in roles} <= told(recorder), after + 20, f"{roles} after {after} s")
        assert now() - began >= after - 0.5, f"{roles} too soon"
    everybody = {"oncall"} | {pagers[role] for _, roles in walked for role in roles}
    wait_until(lambda: everybody <= told(recorder), 20, "whom the page itself tells")
    assert told(recorder) == everybody, "exactly those who are named"
    following = d.api("incidents/" + d.api("incidents")["incidents"][0]["key"])["escalation"]["next"]
    assert (following and following["notify"]) == next((roles for after, roles in steps if after > LONGEST), None)
    d.send(body(alert("Silo", severity="P0" if rank == 0 else "P1", status="resolved")))
    wait_until(lambda: not recorder.open_keys(), 20, "everybody hears the end")


@pytest.mark.parametrize("number,rank", [(0, 1), (1, 0)])
def test_an_acknowledgement_stops_the_documented_path(local_house, start, recorder, number, rank):
    d, began, steps, pagers = started(local_house, start, recorder, number, rank)
    first = {"oncall", *(pagers[role] for role in steps[0][1])}
    wait_until(lambda: told(recorder) == first, 10)
    key = d.api("incidents")["incidents"][0]["key"]
    Ctl(None, d).run("incidents", "ack", key, "--by=ana")
    assert d.api("incidents/" + key)["escalation"]["next"] is None
    wait_until(lambda: now() - began > steps[1][0] + 2, steps[1][0] + 20, "the time of the second step passes")
    assert told(recorder) == first


def told(recorder):
    return {r.body["routing_key"] for r in recorder.triggers()}
