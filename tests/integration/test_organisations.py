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


def scaled(text):
    """An hour is a minute, a minute a second."""
    text = re.sub(r"(?<=\d)(\s*-?\s*)(minutes?|mins?|min)\b", r"\1seconds", text)
    return re.sub(r"(?<=\d)(\s*-?\s*)(hours?|hrs?|hr|h)\b", r"\1minutes", text)


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
    """The steps of the severity of this rank, and its name; None where it has none that run by themselves."""
    read = Ctl(made).json("catalog")
    name = [*(s["name"] for s in read["severities"]), "P0", "P1"][rank]
    plan = Ctl(made).json("explain", "alertname=Silo", f"severity={name}")["alerts"][0]["fields"]["escalation"]
    return name, [s for s in plan.get("steps") or [] if s["after"] is not None]


def with_receivers(made, recorder, steps):
    """Each role has a pager of its own, so that who was told is seen."""
    roles = sorted({role for s in steps for role in s["notify"]})
    with open(made.file, encoding="utf-8") as f:
        config = json.load(f)
    config["receivers"] = [pager("oncall", recorder)] + [pager(f"role {i}", recorder) for i in range(len(roles))]
    made.write("runbookd.yml", config)
    made.write("catalog.yml", {"contacts": [{"role": role, "receivers": [f"role {i}"]} for i, role in enumerate(roles)]})
    return {role: f"role {i}" for i, role in enumerate(roles)}


@pytest.mark.parametrize("number", range(len(FILES)))
@pytest.mark.parametrize("rank", [0, 1])
def test_left_alone_it_walks_the_documented_path(local_house, start, recorder, number, rank):
    made = furnish(local_house, recorder, number)
    name, steps = path_of(made, rank)
    steps = [s for s in steps if seconds(s["after"]) <= LONGEST]
    if not steps:
        pytest.skip(f"{FILES[number]}: {name} has no step with a time")
    pagers = with_receivers(made, recorder, steps)
    d = start(made)
    began = now()
    d.send(body(alert("Silo", severity=name)))
    for step in steps:
        after = seconds(step["after"])
        wanted = {pagers[role] for role in step["notify"]}
        wait_until(lambda: wanted <= told(recorder), after + 20, f"{step['notify']} after {after} s")
        assert now() - began >= after - 0.5, f"{step['notify']} too soon"
    everybody = {"oncall"} | set(pagers.values())
    wait_until(lambda: everybody <= told(recorder), 20, "whom the page itself tells")
    assert told(recorder) == everybody, "exactly those who are named"
    key = d.api("incidents")["incidents"][0]["key"]
    Ctl(None, d).run("incidents", "ack", key, "--by=ana")
    assert d.api("incidents/" + key)["escalation"]["next"] is None


def told(recorder):
    return {r.body["routing_key"] for r in recorder.triggers()}
