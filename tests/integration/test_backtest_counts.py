"""backtest counts what was sent, as noise does and the receivers got it: escalations and reminders too, and nothing after the end."""

import json

import pytest

from harness import Ctl, alert, body, now, wait_until

HOUR, MINUTE = 3600, 60
BEGIN = 1790848800  # 2026-10-01T10:00:00Z, a Thursday
REST = {"name": "rest", "matchers": ['alertname=~".+"'], "severity": "P1", "owner": "crew", "group_by": ["..."]}


def saved(at, value):
    """A webhook as a proxy would have kept it."""
    return json.dumps({"at": alert("x", starts=at)["startsAt"], "body": value}) + "\n"


def fires(at, name, starts=None, **labels):
    return saved(at, body(alert(name, starts=starts or at, **labels), group={"alertname": name, **labels}))


def by(report, field):
    return {row["name"]: row["before"] for row in report["rows"] if row["by"] == field}


@pytest.fixture
def replay(local_house, tmp_path):
    """Lines of a history to the report by these rules."""

    def run(rules, lines, *flags, text=False):
        path = tmp_path / "history.jsonl"
        path.write_text("".join(lines), encoding="utf-8")
        ctl = Ctl(local_house(rules=rules), folder=tmp_path)
        return (ctl.run if text else ctl.json)("backtest", "--journal", str(path), *flags)

    return run


# ---- the end of a history


def test_what_waits_at_the_end_was_not_sent(local_house, start, recorder, tmp_path):
    """A page that waits and a heartbeat that is not missed yet: neither is a page, for anybody who counts."""
    house = local_house(journal={"path": "journal"}, rules=[
        {"name": "waits", "matchers": ['alertname="Slow"'], "severity": "P1", "page_after": "10m"},
        {"name": "beats", "matchers": ['alertname="Watchdog"'], "severity": "P1", "heartbeat": {"every": "10m"}}, REST])
    d = start(house)
    for name in ("Slow", "Watchdog", "Down"):
        d.send(body(alert(name, starts=now()), group={"alertname": name}))
    wait_until(lambda: recorder.triggers(), 30, "one of them pages")
    ctl = Ctl(house, daemon=d, folder=tmp_path)
    wait_until(lambda: ctl.json("noise")["totals"]["pages"] == 1, 30, "it is counted")
    wait_until(lambda: ctl.json("backtest", f"--daemon={d.url}")["alerts"] == 3, 30, "the journal holds all three")
    report = ctl.json("backtest", f"--daemon={d.url}")
    assert (report["before"]["pages"], by(report, "alertname")) == (1, {"Down": 1})
    assert len(recorder.triggers()) == 1


def test_a_timer_after_the_last_alert_is_in_the_journal(local_house, start, recorder, tmp_path):
    house = local_house(journal={"path": "journal"}, rules=[
        {"name": "waits", "matchers": ['alertname="Slow"'], "severity": "P1", "page_after": "1s"}, REST])
    d = start(house)
    d.send(body(alert("Slow", starts=now()), group={"alertname": "Slow"}))
    wait_until(lambda: recorder.triggers(), 30, "the timer pages")
    ctl = Ctl(house, daemon=d, folder=tmp_path)
    wait_until(lambda: ctl.json("backtest", f"--daemon={d.url}")["before"]["pages"] == 1, 30, "the journal says so")


def test_a_page_that_would_come_after_the_end_is_later_and_not_lost(replay):
    lines = [fires(BEGIN, "Slow"), fires(BEGIN + 20 * MINUTE, "Other")]
    report = replay([REST], lines, "--set", "page_after=30m")
    assert (report["before"]["pages"], report["after"]["pages"]) == (2, 0)
    changes = report["changes"]
    assert (changes["delayed"], changes["hidden"], changes["added"]) == (2, 0, 0)
    back = replay([{**REST, "page_after": "30m"}], lines)
    assert (back["before"]["pages"], back["rows"], back["changes"]["added"]) == (0, [], 0)


def test_a_heartbeat_that_beats_until_the_end_pages_nobody(replay):
    rule = {"name": "beats", "matchers": ['alertname="Watchdog"'], "severity": "P1", "heartbeat": {"every": "5m"}}
    beats = [saved(BEGIN + i * MINUTE, body(alert("Watchdog", starts=BEGIN))) for i in range(30)]
    assert replay([rule], beats)["before"]["pages"] == 0
    later = replay([rule, REST], [*beats, fires(BEGIN + HOUR, "Other")])
    assert by(later, "alertname") == {"Watchdog": 1, "Other": 1}, "between the last beat and the end it was missed"


# ---- who is told by whom


CATALOG = {"severities": [{"name": "P0"}, {"name": "P1"}],
           "people": [{"name": "ana", "receivers": ["ana-phone"], "time_zone": "Asia/Tokyo"}],
           "schedules": [{"name": "night crew", "rotation": {"people": ["ana"], "start": "2026-01-05T09:00", "every": "7d",
                                                            "time_zone": "Europe/Berlin"}}],
           "contacts": [{"role": "Lead", "receivers": ["lead"]}, {"role": "Boss", "receivers": ["boss"]}],
           "escalations": [{"name": "up", "steps": [{"after": "0m", "notify": ["night crew"]}, {"after": "1s", "notify": ["Lead"]},
                                                    {"after": "2s", "notify": ["Boss"]}, {"after": "3s", "notify": ["Lead"]}]}]}


@pytest.fixture
def escalated(local_house, recorder):
    names = ("oncall", "lead", "boss", "ana-phone")
    house = local_house(rules=[{**REST, "escalation": "up"}], catalog={"files": ["catalog.yml"]}, journal={"path": "journal"},
                        receivers=[{"name": name, "pagerduty": {"routing_key": name.upper(), "url": recorder.url},
                                    "rate_limit": {"per_second": 0}} for name in names])
    house.write("catalog.yml", CATALOG)
    return house


def test_steps_of_an_escalation_are_pages(escalated, start, recorder, tmp_path):
    """A person by a schedule at once, two roles later, one of them twice: the receivers, noise and backtest say the same."""
    d = start(escalated)
    hosts = ("a", "b")
    for host in hosts:
        d.send(body(alert("Down", starts=now(), host=host), group={"alertname": "Down", "host": host}))
    wait_until(lambda: len({r.key for r in recorder.triggers()}) == 5 * len(hosts), 60, "all steps have run")
    ctl = Ctl(escalated, daemon=d, folder=tmp_path)
    expected = {"oncall": 2, "ana-phone": 2, "boss": 2, "lead": 4}
    wait_until(lambda: {r["name"]: r["pages"] for r in ctl.json("noise", "--by=receiver")["rows"]} == expected, 30, "counted")
    wait_until(lambda: by(ctl.json("backtest", f"--daemon={d.url}"), "receiver") == expected, 30, "replayed as it was")
    report = ctl.json("backtest", f"--daemon={d.url}")
    assert report["before"]["pages"] == sum(expected.values())
    assert report["recorded"]["different"] == 0


def test_nights_of_who_is_on_call_are_by_his_own_clock(escalated, tmp_path):
    """At 14:00 UTC it is 23:00 in Tokyo; who is told beside has day."""
    path = tmp_path / "history.jsonl"
    path.write_text(fires(BEGIN + 4 * HOUR, "Down") + fires(BEGIN + 5 * HOUR, "Other"), encoding="utf-8")
    report = Ctl(escalated, folder=tmp_path).json("backtest", "--journal", str(path))
    nights = {row["name"]: (row["before"], row["nights_before"], row["nights_after"])
              for row in report["rows"] if row["by"] == "receiver"}
    assert nights["ana-phone"] == (2, 2, 2)
    assert nights["oncall"] == (2, 0, 0)
    assert report["before"]["nights"] == 2
    assert "of its person" in report["night"]


def test_the_same_step_in_both_is_the_same_page(escalated, tmp_path):
    """A longer page_after moves the page and its steps, each to its own receiver; the lead is not woken twice at once."""
    path = tmp_path / "history.jsonl"
    path.write_text(fires(BEGIN, "Down") + fires(BEGIN + HOUR, "Other"), encoding="utf-8")
    report = Ctl(escalated, folder=tmp_path).json("backtest", "--journal", str(path), "--set", "page_after=2m")
    assert (report["before"]["pages"], report["after"]["pages"]) == (5 + 2, 4)
    assert (report["changes"]["added"], report["changes"]["delayed"], report["changes"]["hidden"]) == (0, 6, 1)
    assert [page["receiver"] for page in report["removed"]] == ["lead"]
    assert all(moved["from"]["receiver"] == moved["to"]["receiver"] for moved in report["moved"])


def test_a_receiver_out_of_its_hours_is_told_when_they_open(local_house, recorder, tmp_path):
    """One pager is active from 20:00 UTC: what still fires then is a page there, what has ended is none."""
    pager = {"pagerduty": {"routing_key": "R0UTE", "url": recorder.url}}
    evenings = {"name": "evenings", "time_intervals": [{"times": [{"start_time": "20:00", "end_time": "24:00"}]}]}
    house = local_house(rules=[{**REST, "receivers": ["oncall", "late"]}], time_intervals=[evenings], receivers=[
        {"name": "oncall", **pager}, {"name": "late", "active": ["evenings"], **pager}])
    ends = saved(BEGIN + HOUR, body(alert("Short", status="resolved", starts=BEGIN, ends=BEGIN + HOUR), group={"alertname": "Short"}))
    lasts = [fires(BEGIN + i * HOUR, "Long", starts=BEGIN) for i in range(12)]
    path = tmp_path / "history.jsonl"
    path.write_text("".join([fires(BEGIN, "Short"), lasts[0], ends, *lasts[1:]]), encoding="utf-8")
    report = Ctl(house, folder=tmp_path).json("backtest", "--journal", str(path))
    assert by(report, "receiver") == {"oncall": 2, "late": 1}
    assert by(report, "hour") == {"10": 2, "20": 1}


# ---- reminders


def test_a_sweep_of_repeat_interval_says_how_often_is_reminded(replay, tmp_path):
    rule = {**REST, "group_by": ["alertname"]}
    lines = [saved(BEGIN + i * HOUR // 2, body(alert("Long", starts=BEGIN), group={"alertname": "Long"})) for i in range(49)]
    lines.append(saved(BEGIN + 26 * HOUR, body(alert("Long", status="resolved", starts=BEGIN, ends=BEGIN + 26 * HOUR),
                                                group={"alertname": "Long"})))
    picture = tmp_path / "sweep.svg"
    report = replay([rule], lines, "--sweep", "repeat_interval=30m,1h,12h,1d,2d", "--svg", str(picture))
    assert [row["pages"] for row in report["sweep"]] == [1] * 5
    assert [row["reminders"] for row in report["sweep"]] == [48, 24, 2, 1, 0]
    assert "With 30m: 1, 0 at night, 48 reminders." in picture.read_text()
    assert 'class="reminders"' in picture.read_text()
    table = replay([rule], lines, "--sweep", "repeat_interval=30m,1d", "--set", "repeat_interval=12h", text=True)
    assert "REMINDERS" in table and "after" in next(line for line in table.splitlines() if line.startswith("reminders of pages"))


def test_reminders_are_what_noise_counts(local_house, start, recorder, tmp_path):
    house = local_house(journal={"path": "journal"}, rules=[{**REST, "repeat_interval": "1s"}])
    d, began = start(house), now()
    ctl = Ctl(house, daemon=d, folder=tmp_path)

    def remind():
        d.send(body(alert("Long", starts=began), group={"alertname": "Long"}))
        return len(recorder.triggers()) >= 3

    wait_until(remind, 60, "a page and two reminders")
    wait_until(lambda: d.api("status")["receivers"][0]["queue"] == 0, 30, "nothing is on its way")
    sent = len(recorder.triggers()) - 1
    wait_until(lambda: ctl.json("noise")["totals"]["reminders"] == sent, 30, "noise has them all")
    wait_until(lambda: ctl.json("backtest", f"--daemon={d.url}")["reminders"]["before"] == sent, 30, "and so has backtest")
    assert ctl.json("backtest", f"--daemon={d.url}")["before"]["pages"] == ctl.json("noise")["totals"]["pages"] == 1


# ---- the tables


def test_tables_name_alerts_and_hours_with_their_nights(replay):
    lines = [fires(BEGIN, "Day"), fires(BEGIN + 13 * HOUR, "Late"), fires(BEGIN + 15 * HOUR, "Later"), fires(BEGIN + HOUR * 16, "Later", host="b")]
    shown = replay([REST], lines, text=True).splitlines()
    tables = {line.split()[0]: i for i, line in enumerate(shown) if line[:1].isupper() and "BEFORE" in line}
    assert list(tables) == ["ALERT", "RULE", "OWNER", "SEVERITY", "RECEIVER", "HOUR"]
    assert "NIGHTS BEFORE" in shown[tables["ALERT"]]
    assert shown[tables["ALERT"] + 1].split() == ["Later", "2", "2", "2", "2"]
    assert [line.split() for line in shown[tables["HOUR"] + 1:tables["HOUR"] + 5]] == [
        ["01", "1", "1", "1", "1"], ["02", "1", "1", "1", "1"], ["10", "1", "1", "0", "0"], ["23", "1", "1", "1", "1"]]
