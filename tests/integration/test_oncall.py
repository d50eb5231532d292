"""runbookctl oncall: rules of calendars against python3-dateutil, which shares no code with libical, over changes of the clocks
on both hemispheres; rotations; and what is no calendar."""

import datetime as dt
import http.server
import json
import random
import re
import threading

import pytest
from dateutil import rrule, tz

from harness import Ctl, alert, body, wait_until

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
    ("20260101T200000", "FREQ=DAILY;BYHOUR=20,8"),
    ("20260105T023000", "FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=14,2;BYMINUTE=30,0"),
    ("20260101T023000", "FREQ=YEARLY;BYMONTHDAY=1,15"),
    ("20260101T090000", "FREQ=YEARLY;BYDAY=TH,FR;BYMONTHDAY=1,2,-1"),
    ("20260107T090000", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=SA"),
    ("20260108T090000", "FREQ=WEEKLY;INTERVAL=3;BYDAY=TH,MO;WKST=FR"),
    ("20260106T090000", "FREQ=WEEKLY;INTERVAL=4;BYDAY=TU,SU,SA;WKST=TH"),
    ("20260105T090000", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU"),
    ("20260105T090000", "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SU;WKST=SA"),
    ("20260108T090000", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU"),
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


WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def some(random, values, most):
    return ",".join(str(v) for v in random.sample(values, random.randint(1, most)))


def random_rule(random):
    """A rule as people on call might write it, and odd ones; its parts by chance."""
    frequency = random.choice(["DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "YEARLY"])
    long = frequency in ("MONTHLY", "YEARLY")
    parts = [("FREQ", frequency, 1), ("INTERVAL", random.randint(2, 4), .4 if not long else .1),
             ("BYDAY", some(random, WEEKDAYS, 4), .5),
             ("BYMONTHDAY", some(random, [1, 2, 7, 15, 28, 30, 31, -1, -2], 3), .3 if long else 0),
             ("BYMONTH", some(random, list(range(1, 13)), 4), .2), ("BYHOUR", some(random, [20, 8, 14, 0], 3), .2),
             ("BYSETPOS", some(random, [1, 2, -1], 1), .1 if frequency == "MONTHLY" else 0),
             ("WKST", random.choice(WEEKDAYS), .4)]
    kept = [f"{name}={value}" for name, value, chance in parts if random.random() < chance]
    return ";".join(part for part in kept if not part.startswith("BYSETPOS") or any("BYDAY" in k for k in kept))


def first_of(start, rule):
    """Calendars begin an event on one of its own days."""
    return next(iter(rrule.rrulestr(rule, dtstart=start)), None)


def test_random_rules_fall_where_dateutil_says_or_are_refused(schedules):
    seed = random.randrange(2**32)
    chance, cases = random.Random(seed), []
    while len(cases) < 250:
        rule = random_rule(chance)
        start = first_of(dt.datetime(2026, 1, 1, 9) + dt.timedelta(days=chance.randint(0, 60)), rule)
        if start and start.year < 2027:
            cases.append(("UTC", start.strftime("%Y%m%dT%H%M%S"), rule))
    house = schedules([{"name": f"c{i}", "ical_file": f"c{i}.ics"} for i in range(len(cases))])
    for i, (_, start, rule) in enumerate(cases):
        house.write(f"c{i}.ics", calendar([f"DTSTART:{start}Z", "DURATION:PT10M", f"RRULE:{rule}", "SUMMARY:ana"]))
    data = Ctl(house).json("oncall", f"--at={text(FROM)}", f"--until={text(UNTIL)}")
    followed, wrong = 0, {}
    for case, schedule in zip(cases, data["schedules"]):
        begun = [s["from"] for s in schedule.get("shifts", []) if s["person"]]
        followed += bool(begun)
        if begun and begun != [text(t) for t in expected(*case)]:
            wrong[" ".join(case)] = begun[:3]
    assert wrong == {}, seed
    assert followed >= 200, seed


def always(who, **more):
    """A calendar in which one is on call all the time."""
    return calendar(["UID:x", "DTSTART:20260101T000000Z", "DURATION:P1D", "RRULE:FREQ=DAILY", f"SUMMARY:{who}"], **more)


PEOPLE = [{"name": "ana", "calendar_names": ["ana@example.org", "A. Muster"], "receivers": ["oncall"], "contact": "@ana"},
          {"name": "ben", "receivers": ["oncall"]}]


def persons(schedule):
    return [(s["person"], s["from"], s["until"], s["source"]) for s in schedule.get("shifts", schedule.get("on_call"))]


def test_a_rotation_hands_over_by_the_wall_clock(schedules):
    house = schedules([{"name": "crew", "names": ["Crew rotation"],
                        "rotation": {"people": ["ana", "ben"], "start": "2026-03-16T09:00", "every": "7d",
                                     "time_zone": "Europe/Berlin"},
                        "overrides": [{"person": "ben", "from": "2026-03-24T18:00", "until": "2026-03-25T06:00:00Z"}]}],
                      PEOPLE)
    ctl = Ctl(house)
    shifts = ctl.json("oncall", "crew rotation", "--at=2026-03-16T00:00Z".replace("Z", ""), "--until=2026-04-06T07:00:00Z")
    assert persons(shifts["schedules"][0]) == [
        (None, "2026-03-16T00:00:00Z", "2026-03-16T08:00:00Z", None),
        ("ana", "2026-03-16T08:00:00Z", "2026-03-23T08:00:00Z", "rotation"),
        ("ben", "2026-03-23T08:00:00Z", "2026-03-24T17:00:00Z", "rotation"),
        ("ben", "2026-03-24T17:00:00Z", "2026-03-25T06:00:00Z", "override"),
        ("ben", "2026-03-25T06:00:00Z", "2026-03-30T07:00:00Z", "rotation"),
        ("ana", "2026-03-30T07:00:00Z", "2026-04-06T07:00:00Z", "rotation"),
    ]
    now = ctl.json("oncall", "--at=2026-03-17T12:00:00Z")["schedules"][0]["on_call"]
    assert now == [{"person": "ana", "from": "2026-03-16T08:00:00Z", "until": "2026-03-23T08:00:00Z",
                    "receivers": ["oncall"], "contact": "@ana", "source": "rotation"}]
    assert "2026-03-23 08:00 UTC" in ctl.run("oncall", "--at=2026-03-17T12:00:00Z")
    for at in ("2026-03-17T12:00Z", "2026-03-17T14:00+02:00", "2026-03-17T14:00:00+02:00"):
        assert ctl.json("oncall", f"--at={at}")["schedules"][0]["at"] == "2026-03-17T12:00:00Z"
    ctl.run("oncall", "nobody", status=1)
    ctl.run("oncall", "--at=yesterday", status=2)


def test_calendars_know_people_by_mail_name_or_mention(schedules):
    house = schedules([{"name": n, "ical_file": f"{n}.ics"} for n in ("mail", "name", "mention", "stranger")], PEOPLE)
    day = ["DTSTART:20260301T000000Z", "DURATION:P1D"]
    house.write("mail.ics", calendar([*day, "SUMMARY:Primary", "ATTENDEE:mailto:ANA@example.org"]))
    house.write("name.ics", calendar([*day, "SUMMARY:a. muster"]))
    house.write("mention.ics", calendar([*day, "SUMMARY:On call: Ana (with Ben)"]))
    house.write("stranger.ics", calendar([*day, "SUMMARY:Diana"]))
    ctl = Ctl(house)
    data = ctl.json("oncall", "--at=2026-03-01T12:00")
    assert [[p["person"] for p in s["on_call"]] for s in data["schedules"]] == [["ana"], ["ana"], ["ana", "ben"], ["Diana"]]
    assert data["schedules"][3]["on_call"][0]["receivers"] == []
    findings = ctl.json("lint", "--as-of=2026-03-01")["findings"]
    assert [f["code"] for f in findings].count("unknown-person") == 1
    assert sum(f["code"] == "schedule-gap" for f in findings) == 4


@pytest.mark.parametrize("words", [
    ["SUMMARY:On Call - Ana Muster - Quay Primary", "ATTENDEE:mailto:ana@example.org"],  # PagerDuty
    ["SUMMARY:ana@example.org", "DESCRIPTION:Quay_schedule"],  # Opsgenie
    ["SUMMARY:Ana Muster (Quay_schedule)"],
    ["SUMMARY:[L1] amuster", "PRIORITY:1"],  # Grafana OnCall
    ["SUMMARY:Ana Muster on call for Quay : primary rotation"],  # Splunk On-Call
    ["SUMMARY:MUSTER\\, Ana"]])
def test_what_tools_export_names_the_person(schedules, words):
    people = [{"name": "ana", "calendar_names": ["ana@example.org", "Ana Muster", "amuster"], "receivers": ["oncall"]}]
    house = schedules([{"name": "quay", "ical_file": "quay.ics"}], people)
    house.write("quay.ics", calendar(["DTSTART:20260301T000000Z", "DURATION:P1D", *words]))
    data = Ctl(house).json("oncall", "--at=2026-03-01T12:00")
    assert [p["person"] for p in data["schedules"][0]["on_call"]] == ["ana"]


def test_a_role_means_a_schedule_by_what_is_left_of_its_words(schedules):
    """Of a role that only says "on call" nothing is left, and where a contact is reached is not what it is called."""
    meant = ["Quay schedule", "On-call Quay", "Quay on-call engineer", "PagerDuty rotation (Quay)"]
    others = ["On-call engineer", "Quay team", "Harbour schedule"]
    rotation = {"people": ["ana"], "start": "2020-01-06T09:00", "every": "7d"}
    house = schedules([])
    house.write("catalog.yml", {"schedules": [{"name": "quay", "rotation": rotation}],
                                "people": [{"name": "ana", "receivers": ["oncall"]}],
                                "escalations": [{"name": "p", "steps": [{"after": "0s", "notify": ["oncall"]},
                                                                       {"after": "9m", "notify": [*meant, *others, "Clerk"]}]}],
                                "contacts": [{"role": "Clerk", "address": "#quay"}]})
    ctl = Ctl(house)
    ctl.run("check", "--no-secrets")
    warned = {role for role in [*meant, *others, "Clerk"] if f'notifies "{role}"' in ctl.errors}
    assert warned == {*others, "Clerk"}


def test_a_contact_names_people_and_the_only_schedule_in_words(schedules, start, recorder):
    """A step reaches whom the contact's words mean when it runs; what could be two people is said by check and reaches nobody."""
    def pager(name):
        return {"name": name, "pagerduty": {"routing_key": name.upper(), "url": recorder.url}, "rate_limit": {"per_second": 0}}
    names = ["ana-phone", "ben-phone", "eve-phone", "two-phone"]
    house = schedules([], receivers=[pager(n) for n in ["oncall", *names]])
    people = [{"name": "Ana Lopez", "receivers": ["ana-phone"]}, {"name": "ben", "receivers": ["ben-phone"], "contact": "@bo"},
              {"name": "Eve Stone", "receivers": ["eve-phone"]}, {"name": "Eve Adamu", "receivers": ["two-phone"]}]
    contacts = [{"role": "Lead", "primary": "Ana (PagerDuty)"}, {"role": "Duty", "say": "PagerDuty rotation"}, {"role": "Head", "primary": "Eve"}]
    house.write("catalog.yml", {
        "people": people, "contacts": contacts,
        "schedules": [{"name": "quay", "rotation": {"people": ["ben"], "start": "2020-01-06T09:00", "every": "7d"}}],
        "severities": [{"name": "P1", "escalation": "p"}],
        "escalations": [{"name": "p", "steps": [{"after": "0s", "notify": ["oncall"]}, {"after": "1s", "notify": ["Lead", "Duty"]}]}]})
    house.rules([{"name": "all", "matchers": ['alertname=~".+"'], "severity": "P1"}])
    ctl = Ctl(house)
    ctl.run("check", "--no-secrets")
    assert 'catalog.yml:' in ctl.errors and 'contact "Head": "Eve" could be several of people: or schedules:' in ctl.errors
    assert "Lead" not in ctl.errors and "Duty" not in ctl.errors
    assert any('"Eve" could be several' in f["message"] for f in ctl.json("lint")["findings"])
    start(house).send(body(alert("Silo")))
    wait_until(lambda: len(recorder.triggers()) == 3, 10)
    assert sorted(r.body["routing_key"] for r in recorder.triggers()) == ["ANA-PHONE", "BEN-PHONE", "ONCALL"]


def test_later_occurrences_that_were_changed_for_good(schedules):
    """RECURRENCE-ID;RANGE=THISANDFUTURE; one that is not understood leaves nobody on call, and lint names file and event."""
    house = schedules([{"name": "crew", "ical_file": "crew.ics"}], PEOPLE)
    weeks = ["UID:w", "DTSTART:20260302T090000Z", "DURATION:P7D", "RRULE:FREQ=WEEKLY", "SUMMARY:ana"]
    onward = ["UID:w", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260316T090000Z", "DTSTART:20260316T120000Z", "SUMMARY:ben"]
    house.write("crew.ics", calendar(weeks, [*onward, "DURATION:P7D"]))
    ctl = Ctl(house)

    def on_call(day):
        return [p["person"] for p in ctl.json("oncall", f"--at=2026-{day}:00Z")["schedules"][0]["on_call"]]
    assert [on_call(day) for day in ("03-15T12:00", "03-16T10:00", "03-16T12:00", "07-01T12:00")] == [["ana"], [], ["ben"], ["ben"]]
    house.write("crew.ics", calendar(weeks, onward))
    assert [on_call(day) for day in ("03-15T12:00", "07-01T12:00")] == [["ana"], []]
    finding = next(f for f in ctl.json("lint", "--as-of=2026-03-01")["findings"] if "is left out" in f["message"])
    assert re.search(r'crew\.ics:\d+: .*event "ben" is left out: it has no length', finding["message"])


def test_the_most_specific_event_wins_and_equal_ones_overlap(schedules):
    house = schedules([{"name": "crew", "ical_file": "crew.ics"}], PEOPLE)
    house.write("crew.ics", calendar(
        ["DTSTART:20260301T000000Z", "DURATION:P7D", "RRULE:FREQ=WEEKLY", "SUMMARY:ana"],
        ["DTSTART:20260303T120000Z", "DURATION:PT2H", "SUMMARY:ben"],
        ["DTSTART:20260305T000000Z", "DURATION:PT1H", "SUMMARY:ben"],
        ["DTSTART:20260305T000000Z", "DURATION:PT1H", "SUMMARY:carla"]))
    ctl = Ctl(house)
    data = ctl.json("oncall", "--at=2026-03-03T11:00", "--until=2026-03-05T02:00")
    assert [(p, f[11:16]) for p, f, _, _ in persons(data["schedules"][0])] == [
        ("ana", "11:00"), ("ben", "12:00"), ("ana", "14:00"), ("ben", "00:00"), ("carla", "00:00"), ("ana", "01:00")]
    assert "schedule-overlap" in [f["code"] for f in ctl.json("lint", "--as-of=2026-03-02")["findings"]]


def test_a_file_that_is_no_calendar_is_refused(schedules):
    house = schedules([{"name": "crew", "ical_file": "crew.ics"}])
    house.write("crew.ics", "<html>sign in</html>")
    ctl = Ctl(house)
    ctl.run("check", status=1)
    assert 'schedule "crew"' in ctl.errors and "no iCalendar file" in ctl.errors


class Publisher:
    """A web server that publishes one calendar, or what else comes of such a URL."""

    def __init__(self):
        outer = self
        self.status, self.text, self.etag, self.asked = 200, b"", '"1"', []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.headers.get("If-None-Match"))
                unchanged = outer.status == 200 and outer.etag and self.headers.get("If-None-Match") == outer.etag
                self.send_response(304 if unchanged else outer.status)
                if outer.etag:
                    self.send_header("ETag", outer.etag)
                self.send_header("Content-Length", str(0 if unchanged else len(outer.text)))
                self.end_headers()
                try:
                    self.wfile.write(b"" if unchanged else outer.text)
                except OSError:
                    pass  # it hung up: enough is enough

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/crew.ics"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def publish(self, text, etag=None, status=200):
        self.text, self.etag, self.status = text.encode() if isinstance(text, str) else text, etag, status

    def stop(self):
        self.server.shutdown()
        self.thread.join(10)
        self.server.server_close()


@pytest.fixture
def publisher():
    p = Publisher()
    yield p
    p.stop()


def on_call(daemon):
    return [p["person"] for p in daemon.api("oncall?schedule=crew")["schedules"][0]["on_call"]]


def trouble(daemon):
    return daemon.api("oncall")["schedules"][0]["trouble"]


def test_a_calendar_is_polled_and_what_is_none_changes_nothing(schedules, publisher, start):
    publisher.publish(always("ana"), '"1"')
    house = schedules([{"name": "crew", "ical_url": publisher.url, "poll": "1s"}], PEOPLE)
    daemon = start(house)
    wait_until(lambda: on_call(daemon) == ["ana"], 10)
    wait_until(lambda: '"1"' in publisher.asked, 10, "it asks with the ETag")
    publisher.publish(always("ben"), '"2"')
    wait_until(lambda: on_call(daemon) == ["ben"], 10)
    confirmed = daemon.metric("calendar_last_confirmed_timestamp_seconds", schedule="crew")
    assert confirmed > 0 and daemon.metric("calendar_polls_total", schedule="crew", outcome="ok") >= 2
    for text, status, why in (("<html>sign in</html>", 200, "no iCalendar file"), ("gone", 404, "HTTP 404"),
                              (b"BEGIN:VCALENDAR\r\n" + b"X-A:" + b"a" * (40 << 20), 200, "larger than a calendar")):
        publisher.publish(text, None, status)
        wait_until(lambda: why in (trouble(daemon) or ""), 20, why)
        assert on_call(daemon) == ["ben"]
    # A restart while the URL is dead goes by the copy, and so does runbookctl.
    daemon.finish()
    assert [p["person"] for p in Ctl(house).json("oncall")["schedules"][0]["on_call"]] == ["ben"]
    publisher.publish("", None, 503)
    again = start(house)
    wait_until(lambda: trouble(again) == "HTTP 503", 10)
    assert on_call(again) == ["ben"]
    publisher.publish(always("ana"), '"3"')
    wait_until(lambda: on_call(again) == ["ana"], 10)
    assert trouble(again) is None


def test_a_calendar_of_which_nothing_is_heard_is_stale(schedules, publisher, start):
    publisher.publish(always("ana"))
    house = schedules([{"name": "crew", "ical_url": publisher.url, "poll": "1s"}], PEOPLE)
    ctl = Ctl(house)
    codes = [f["code"] for f in ctl.json("lint", status=1)["findings"]]
    assert codes == ["schedule-unknown"]
    daemon = start(house)
    wait_until(lambda: on_call(daemon) == ["ana"], 10)
    daemon.finish()
    assert ctl.json("lint")["findings"] == []
    later = (dt.datetime.now(UTC) + dt.timedelta(days=3)).strftime("%Y-%m-%d")
    assert [f["code"] for f in ctl.json("lint", f"--as-of={later}")["findings"]] == ["calendar-stale"]


def test_a_calendar_whose_server_is_gone_stays_as_it_was(schedules, publisher, start):
    publisher.publish(always("ana"))
    house = schedules([{"name": "crew", "ical_url": publisher.url, "poll": "1s"}], PEOPLE)
    daemon = start(house)
    wait_until(lambda: on_call(daemon) == ["ana"], 10)
    publisher.stop()
    wait_until(lambda: trouble(daemon), 20, "nobody answers")
    assert on_call(daemon) == ["ana"] and daemon.metric("calendar_polls_total", schedule="crew", outcome="failed") >= 1
    daemon.kill()
    again = start(house)
    wait_until(lambda: trouble(again), 20)
    assert on_call(again) == ["ana"], "the last good copy outlives a kill"


def test_a_secret_url_is_read_from_its_file(schedules, publisher, start):
    publisher.publish(always("ana"))
    house = schedules([{"name": "crew", "ical_url_file": "crew.url", "poll": "1s"}], PEOPLE)
    Ctl(house).run("check", status=1)
    house.write("crew.url", publisher.url + "\n")
    daemon = start(house)
    wait_until(lambda: on_call(daemon) == ["ana"], 10)
    publisher.publish("", None, 500)
    wait_until(lambda: trouble(daemon), 10)
    assert publisher.url not in daemon.process.log()
