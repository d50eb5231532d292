"""runbookctl oncall: rules of calendars against python3-dateutil, which shares no code with libical, over changes of the clocks
on both hemispheres; rotations; and what is no calendar."""

import datetime as dt
import json

import pytest
from dateutil import rrule, tz

from harness import Ctl

UTC = dt.timezone.utc
ZONES = {"Europe/Berlin": ("2026-03-29", "2026-10-25"), "America/New_York": ("2026-03-08", "2026-11-01"),
         "Australia/Sydney": ("2026-10-04", "2026-04-05")}
# DTSTART's wall time, and the rule; each is tried in the three zones, where 02:30 once does not exist and once comes twice.
RULES = [
    ("20260101T023000", "FREQ=DAILY"),
    ("20260101T033000", "FREQ=DAILY;INTERVAL=2"),
    ("20260101T013000", "FREQ=DAILY;COUNT=200"),
    ("20260101T023000", "FREQ=DAILY;UNTIL=20261020T003000Z"),
    ("20260101T023000", "FREQ=DAILY;BYDAY=SA,SU"),
    ("20260101T023000", "FREQ=DAILY;BYMONTH=3,4,10,11"),
    ("20260101T020000", "FREQ=DAILY;BYHOUR=2,14;BYMINUTE=0,30"),
    ("20260104T023000", "FREQ=WEEKLY"),
    ("20260104T023000", "FREQ=WEEKLY;BYDAY=SU,MO"),
    ("20260104T090000", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU"),
    ("20260104T090000", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=MO"),
    ("20260104T023000", "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU"),
    ("20260101T023000", "FREQ=MONTHLY;BYMONTHDAY=1,8,29"),
    ("20260131T023000", "FREQ=MONTHLY"),
    ("20260131T023000", "FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("20260104T023000", "FREQ=MONTHLY;BYDAY=1SU"),
    ("20260125T023000", "FREQ=MONTHLY;BYDAY=-1SU"),
    ("20260108T023000", "FREQ=MONTHLY;BYDAY=2TH,-1TH"),
    ("20260101T023000", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1"),
    ("20260130T023000", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
    ("20260329T023000", "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU"),
    ("20260308T023000", "FREQ=YEARLY;BYMONTH=3,11;BYDAY=2SU,1SU"),
    ("20260101T023000", "FREQ=YEARLY;BYYEARDAY=1,94,95,277,-61"),
    ("20260112T023000", "FREQ=YEARLY;BYWEEKNO=3,13,44;BYDAY=SU,MO"),
    ("20260101T023000", "FREQ=HOURLY;INTERVAL=12"),
    ("20260101T023000", "FREQ=HOURLY;INTERVAL=5"),
]
CASES = [(zone, start, rule) for start, rule in RULES for zone in ZONES]
FROM, UNTIL = dt.datetime(2026, 1, 1, tzinfo=UTC), dt.datetime(2026, 12, 20, tzinfo=UTC)


def text(t):
    return t.strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(wall, zone):
    """RFC 5545, section 3.3.5: the first of two, and past the gap where there is none."""
    return tz.resolve_imaginary(wall.replace(tzinfo=tz.gettz(zone), fold=0)).astimezone(UTC)


def expected(zone, start, rule):
    """dateutil on the wall clock; its UNTIL is in UTC and compared as an instant."""
    parts = dict(part.split("=") for part in rule.split(";"))
    until = parts.pop("UNTIL", None)
    last = dt.datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if until else UNTIL
    walls = rrule.rrulestr(";".join(f"{k}={v}" for k, v in parts.items()),
                           dtstart=dt.datetime.strptime(start, "%Y%m%dT%H%M%S"))
    found = set()
    for wall in walls:
        at = instant(wall, zone)
        if at > last or at >= UNTIL:
            break
        if at >= FROM:
            found.add(at)
    return sorted(found)


def calendar(*events, more=()):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *more]
    for i, event in enumerate(events):
        lines += ["BEGIN:VEVENT", *([] if any(e.startswith("UID") for e in event) else [f"UID:{i}"]), *event, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


@pytest.fixture
def schedules(local_house):
    """schedules(entries, people=…): a house with these."""

    def make(entries, people=(), **over):
        house = local_house(rules=[], catalog={"files": ["catalog.yml"]}, **over)
        house.write("catalog.yml", json.dumps({"schedules": entries, "people": list(people)}))
        return house

    return make


def test_rules_fall_where_dateutil_says(schedules):
    assert len(CASES) >= 60
    house = schedules([{"name": f"c{i}", "ical_file": f"c{i}.ics"} for i in range(len(CASES))])
    for i, (zone, start, rule) in enumerate(CASES):
        event = [f"DTSTART;TZID={zone}:{start}", "DURATION:PT10M", f"RRULE:{rule}", "SUMMARY:ana"]
        house.write(f"c{i}.ics", calendar(event))
    data = Ctl(house).json("oncall", f"--at={text(FROM)}", f"--until={text(UNTIL)}")
    wrong = {}
    for case, schedule in zip(CASES, data["schedules"]):
        assert schedule["unknown_because"] is None
        begun = [s["from"] for s in schedule["shifts"] if s["person"]]
        wanted = [text(t) for t in expected(*case)]
        if begun != wanted:
            wrong[" ".join(case)] = (sorted(set(begun) - set(wanted))[:5], sorted(set(wanted) - set(begun))[:5])
    assert wrong == {}
    # The corpus holds what it is for: occurrences in each zone's missing hour and in the one that comes twice.
    for zone, (spring, autumn) in ZONES.items():
        for day in (spring, autumn):
            at = instant(dt.datetime.fromisoformat(f"{day}T02:30:00"), zone)
            assert sum(at in expected(*case) for case in CASES if case[0] == zone) >= 5, (zone, day)
