"""Replicas whose clocks are a minute apart. What is stored and what is due goes by Redis' clock alone."""

import glob
import re
import time
from datetime import datetime

import pytest

from harness import alert, body, now, wait_until
from test_replicas import post_at_once

SKEW = 60
FAKETIME = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
RULES = [
    {"name": "patient", "matchers": ['kind="patient"'], "page_after": "3s", "continue": True},
    {"name": "held", "matchers": ['kind="held"'], "resolve_hold": "3s", "continue": True},
    {"name": "insistent", "matchers": ['kind="insistent"'], "repeat_interval": "4s", "continue": True},
    {"name": "all", "matchers": ['alertname="Down"'], "group_by": ["..."], "severity": "P1"},
]


def shifted(seconds):
    """The environment of a program whose wall clock is ahead by so much; its monotonic one is not touched."""
    # the sanitizer's runtime is not the first library then, which is all that it would complain of
    return {"LD_PRELOAD": FAKETIME[0], "FAKETIME": f"{seconds:+}s", "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1", "ASAN_OPTIONS": "verify_asan_link_order=0"}


def log_clock(daemon):
    found = re.match(r"ts=(\S+)Z ", daemon.process.lines[0])
    return datetime.fromisoformat(found[1] + "+00:00").timestamp()


@pytest.fixture(params=[SKEW, -SKEW], ids=["ahead", "behind"])
def pair(request, shared_house, start):
    """(a router with the right clock, one whose clock is a minute ahead or behind)"""
    assert FAKETIME, "libfaketime is not installed: make deps-check"
    right = start(shared_house(RULES, name="right"))
    wrong = start(shared_house(RULES, name="wrong"), env=shifted(request.param))
    assert abs(log_clock(wrong) - log_clock(right) - request.param) < 30, "its clock is what we say it is"
    return right, wrong


def kind(what, starts, /, **more):
    return alert("Down", starts=starts, kind=what, **more)


def test_what_both_get_at_once_is_paged_once(pair, recorder):
    value = body(*(kind("plain", now() - 60, name=f"n{i:02}") for i in range(50)))
    decisions = post_at_once([(pair[0], value), (pair[1], value)])
    assert sorted(d["reason"] for some in decisions for d in some) == ["new"] * 50 + ["repeat"] * 50
    wait_until(lambda: len(recorder.triggers()) >= 50, 20, "the pages")
    over = body(*(kind("plain", now() - 60, name=f"n{i:02}", status="resolved") for i in range(50)))
    post_at_once([(pair[1], over), (pair[0], over)])
    wait_until(lambda: len(recorder.resolves()) >= 50, 20, "the resolves")
    assert len(recorder.triggers()) == 50 and len(recorder.resolves()) == 50
    assert not recorder.open_keys()


def test_page_after_is_as_long_as_it_says(pair, recorder):
    sent = []
    for i, router in enumerate(pair):
        sent.append(time.monotonic())
        router.send(body(kind("patient", now() - 60, name=str(i))))
    wait_until(lambda: len(recorder.triggers()) == 2, 20, "both pages")
    for page in recorder.triggers():
        waited = page.at - sent[int(page.labels["name"])]
        assert 2.9 < waited < 30, f"page_after is 3 s: {waited}"


def test_resolve_hold_is_as_long_as_it_says_and_a_blip_stays_one_incident(pair, recorder):
    right, wrong = pair
    starts = now() - 60
    for name in ("blip", "over"):
        right.send(body(kind("held", starts, name=name)))
    wait_until(lambda: len(recorder.triggers()) == 2, 20, "the pages")
    for name in ("blip", "over"):
        wrong.send(body(kind("held", starts, name=name, status="resolved")))
    held_since = time.monotonic()
    assert right.send(body(kind("held", now(), name="blip")))[0]["reason"] == "flapping"
    wait_until(recorder.resolves, 20, "the resolve of what is over")
    waited = recorder.resolves()[0].at - held_since
    assert recorder.resolves()[0].key != right.api("incidents")["incidents"][0]["key"], "the blip is still open"
    assert 2.5 < waited < 30, f"resolve_hold is 3 s: {waited}"


def test_reminders_come_when_repeat_interval_has_passed_whoever_is_asked(pair, recorder):
    right, wrong = pair
    starts = now() - 60
    fire = body(kind("insistent", starts))
    sent = time.monotonic()
    wrong.send(fire)
    wait_until(recorder.triggers, 10, "the page")
    early = [router.send(fire)[0]["reason"] for router in (right, wrong)]
    assert time.monotonic() - sent > 4 or early == ["repeat", "repeat"]
    reasons = wait_until(lambda: {"repeat_interval"} & {r.send(fire)[0]["reason"] for r in pair}, 20, "the reminder")
    assert reasons and time.monotonic() - sent > 3.9


def test_late_grace_is_as_long_as_it_says(pair, recorder):
    """A firing after its resolve, each told to another router."""
    for one, other in (pair, pair[::-1]):
        before, starts = len(recorder.triggers()), now() - 60
        name = one.house.folder
        one.send(body(kind("plain", starts, name=name, status="resolved")))
        sent = time.monotonic()
        assert other.send(body(kind("plain", starts, name=name)))[0]["reason"] == "late_firing"
        wait_until(lambda: len(recorder.triggers()) > before, 20, "the page after late_grace")
        waited = recorder.triggers()[-1].at - sent
        assert 1.9 < waited < 30, f"late_grace is 2 s: {waited}"


def test_what_is_stored_is_redis_time(pair, recorder):
    """Started, seen, told: as the machine's own clock says, whichever router it was."""
    for router in pair:
        at = now()
        key = router.send(body(kind("plain", at - 60, name=router.house.folder)))[0]["key"]
        wait_until(lambda: key in recorder.keys(), 10, "the page")
        for asked in pair:
            shown = wait_until(lambda: told(asked.api(f"incidents/{key}")), 10, "told")
            times = [shown["started_at"], shown["last_seen_at"], shown["last"]["at"],
                     *(event["at"] for event in shown["timeline"])]
            assert all(abs(datetime.fromisoformat(t.replace("Z", "+00:00")).timestamp() - at) < 30 for t in times), times


def told(shown):
    return shown if shown["deliveries"][0]["told"] == "firing" else None
