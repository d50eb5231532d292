"""backtest: what other rules and settings would have made of what really happened, and that it is what the daemon does."""

import datetime
import glob
import gzip
import json
import os
import random
import re
import subprocess
import zoneinfo

import pytest

from harness import BIN, Ctl, alert, body, now, post_json, wait_until

DAY, HOUR, MINUTE = 86400, 3600, 60
BEGIN = 1790812800  # 2026-10-01T00:00:00Z, a Thursday
RULES = [{"name": "shop", "matchers": ['team="shop"'], "severity": "P1", "owner": "shop", "group_by": ["..."]},
         {"name": "rest", "matchers": ['alertname=~".+"'], "severity": "P2", "owner": "crew", "group_by": ["..."]}]


def iso(seconds):
    return alert("x", starts=seconds)["startsAt"]


def saved(at, value):
    """A webhook as a proxy would have kept it."""
    return json.dumps({"at": iso(at), "body": value}) + "\n"


class Month:
    """Thirty days of alerts whose truth is known: what fires from when to when, one incident each time."""

    def __init__(self):
        self.fired = []

    def fire(self, name, at, lasts, **labels):
        self.fired.append((at, lasts, name, labels))

    def lines(self):
        events = []
        for at, lasts, name, labels in self.fired:
            events.append((at, "firing", at, name, labels))
            events.append((at + lasts, "resolved", at, name, labels))
        out = []
        for at, status, starts, name, labels in sorted(events, key=lambda e: e[0]):
            a = alert(name, status=status, starts=starts, ends=at, **labels)
            out.append(saved(at, body(a, group={"alertname": name, **labels})))
        return out


def month():
    """Noisy: 4 minutes, ten times a day. Night: at 3 o'clock. Honest: an hour, every third day, by day."""
    m = Month()
    for day in range(30):
        at = BEGIN + day * DAY
        for i in range(10):
            m.fire("Noisy", at + (8 + i) * HOUR, 4 * MINUTE, team="shop")
        m.fire("Night", at + 3 * HOUR, 20 * MINUTE, team="crew")
        if day % 3 == 0:
            m.fire("Honest", at + 12 * HOUR, HOUR, team="crew")
    return m


def rows(report, by):
    return {row["name"]: (row["before"], row["after"]) for row in report["rows"] if row["by"] == by}


@pytest.fixture
def ctl(local_house, tmp_path):
    return Ctl(local_house(rules=RULES), folder=tmp_path)


@pytest.fixture
def history(tmp_path):
    path = tmp_path / "month.jsonl"
    path.write_text("".join(month().lines()), encoding="utf-8")
    return str(path)


def is_weekend(at):
    return (at // DAY + 4) % 7 in (0, 6)


def test_every_page_of_a_month_is_counted(ctl, history):
    report = ctl.json("backtest", "--journal", history)
    noisy_nights = sum(10 for day in range(30) if is_weekend(BEGIN + day * DAY))
    honest_nights = sum(1 for day in range(0, 30, 3) if is_weekend(BEGIN + day * DAY))
    assert report["alerts"] == 2 * (300 + 30 + 10)
    assert report["before"] == report["after"] == {"pages": 340, "nights": noisy_nights + 30 + honest_nights}
    assert rows(report, "alertname") == {"Noisy": (300, 300), "Night": (30, 30), "Honest": (10, 10)}
    assert rows(report, "rule") == {"shop": (300, 300), "rest": (40, 40)}
    assert rows(report, "owner") == {"shop": (300, 300), "crew": (40, 40)}
    assert rows(report, "severity") == {"P1": (300, 300), "P2": (40, 40)}
    assert rows(report, "receiver") == {"oncall": (340, 340)}
    assert rows(report, "hour")["03"] == (30, 30)
    assert report["added"] == report["removed"] == report["moved"] == []


def test_a_setting_spares_what_resolves_itself_and_delays_the_rest(ctl, history):
    report = ctl.json("backtest", "--journal", history, "--set", "page_after=5m")
    assert (report["before"]["pages"], report["after"]["pages"]) == (340, 40)
    assert rows(report, "alertname") == {"Noisy": (300, 0), "Night": (30, 30), "Honest": (10, 10)}
    assert (report["changes"]["hidden"], report["changes"]["delayed"]) == (300, 40)
    assert report["changes"]["hidden_lasting"] == 0
    assert all(page["alertname"] == "Noisy" for page in report["removed"])
    moved = report["moved"][0]
    assert moved["from"]["labels"] == moved["to"]["labels"]
    only = ctl.json("backtest", "--journal", history, "--set", "page_after=5m", "--rule", "rest")
    assert rows(only, "alertname") == {"Noisy": (300, 300), "Night": (30, 30), "Honest": (10, 10)}
    assert only["changes"]["delayed"] == 40


def test_a_shorter_wait_tells_the_same_pages_sooner_and_spares_none(local_house, tmp_path):
    """Each page has its own in the other rules, by the episode: not the one of two hours later."""
    ctl = Ctl(local_house(rules=[{"name": "waits", "matchers": ['alertname=~".+"'], "page_after": "2m", "group_by": ["..."]}]),
              folder=tmp_path)
    m = Month()
    for i in range(6):
        m.fire("Lasting", BEGIN + 2 * i * HOUR, HOUR)
    path = tmp_path / "lasting.jsonl"
    path.write_text("".join(m.lines()), encoding="utf-8")
    report = ctl.json("backtest", "--journal", path, "--set", "page_after=1m")
    assert (report["before"]["pages"], report["after"]["pages"]) == (6, 6)
    assert report["changes"]["hidden"] == report["changes"]["delayed"] == 0
    assert report["added"] == report["removed"] == [] and report["moved"]
    assert all(page["to"]["at"] < page["from"]["at"] for page in report["moved"])
    suggested = ctl.json("backtest", "--journal", path, "--suggest")
    assert suggested["suggestions"] == [] and all(row["hidden"] == 0 for row in suggested["sweep"] if row["value"] in ("1m", "2m", "5m"))


def test_a_setting_is_tried_for_each_rule_that_is_named(ctl, history):
    both = ctl.json("backtest", "--journal", history, "--set", "page_after=5m", "--rule=shop", "--rule=rest")
    assert rows(both, "alertname") == {"Noisy": (300, 0), "Night": (30, 30), "Honest": (10, 10)} and both["changes"]["delayed"] == 40
    ctl.run("backtest", "--journal", history, "--set", "page_after=5m", "--rule=shop", "--rule=nobody", status=1)
    assert 'no rule is called "nobody"' in ctl.errors


def test_a_used_up_budget_sends_to_the_chat_as_it_would_live(local_house, recorder, tmp_path):
    """Twelve pages in seven days, then the owner's chat; the gravest severity always pages. Each alert is another incident."""
    house = local_house(catalog={"files": ["catalog.yml"]}, receivers=[
        {"name": "oncall", "pagerduty": {"routing_key": "R0UTE", "url": recorder.url}},
        {"name": "chat", "kind": "chat", "webhook": {"url": recorder.url}}],
        rules=[{"name": "night", "matchers": ['alertname="Night"'], "severity": "P0", "owner": "shop", "group_by": ["..."]}, *RULES])
    budget = {"per": "7d", "pages": 12, "when_exceeded": "chat"}
    owner = {"name": "shop", "receivers": {"default": ["oncall"], "P3": ["chat"]}, "page_budget": budget}
    house.write("catalog.yml", {"severities": [{"name": "P0"}, {"name": "P1"}, {"name": "P2"}, {"name": "P3"}], "owners": [owner]})
    m = Month()
    for day in range(14):
        for i in range(10):
            m.fire("Noisy", BEGIN + day * DAY + (8 + i) * HOUR, 4 * MINUTE, team="shop", run=f"{day}-{i}")
        m.fire("Night", BEGIN + day * DAY + 3 * HOUR, 20 * MINUTE, team="shop", run=f"{day}")
    (tmp_path / "h.jsonl").write_text("".join(m.lines()), encoding="utf-8")
    ctl = Ctl(house, folder=tmp_path)
    report = ctl.json("backtest", "--journal", str(tmp_path / "h.jsonl"))
    assert rows(report, "alertname")["Night"] == (14, 14)
    shown = expected_within_budget(m, pages=12, per=7 * DAY)
    assert rows(report, "alertname")["Noisy"] == (shown, shown)
    assert 10 < shown < 40
    assert rows(report, "receiver") == {"oncall": (14 + shown, 14 + shown)}
    house.write("catalog.yml", {"severities": [{"name": "P0"}, {"name": "P1"}, {"name": "P2"}, {"name": "P3"}],
                                "owners": [{**owner, "page_budget": {**budget, "when_exceeded": "say"}}]})
    assert rows(ctl.json("backtest", "--journal", str(tmp_path / "h.jsonl")), "alertname")["Noisy"] == (140, 140)


def expected_within_budget(m, pages, per):
    """What help says, once more: whole hours, of which those count that end within the period."""
    told, shown = [], 0
    for at, _, name, _ in sorted(m.fired):
        used = sum(1 for t in told if t - t % HOUR + HOUR > at - per)
        if name == "Night" or used < pages:
            told.append(at)
            shown += name != "Night"
    return shown


def test_other_rules_move_pages(ctl, history, tmp_path):
    (tmp_path / "new.yml").write_text(json.dumps({"rules": [
        {"name": "quiet", "matchers": ['alertname="Noisy"'], "page": False},
        {"name": "rest", "matchers": ['alertname=~".+"'], "severity": "P2", "owner": "night-crew", "group_by": ["..."]}]}))
    report = ctl.json("backtest", "--journal", history, "--rules", str(tmp_path / "new.yml"),
                      "--against", os.path.join(ctl.house.folder, "rules", "*.yml"))
    assert (report["before"]["pages"], report["after"]["pages"]) == (340, 40)
    assert rows(report, "owner") == {"shop": (300, 0), "crew": (40, 0), "night-crew": (0, 40)}
    back = ctl.run("backtest", "--journal", history, "--against", str(tmp_path / "new.yml"),
                   "--fail-if-more-pages=10", status=1)
    assert "340 after" in back and "340 pages instead of 40" in ctl.errors
    ctl.run("backtest", "--journal", history, "--fail-if-more-pages=0")
    assert "compared with nothing: name the other one with --against" in ctl.errors
    ctl.run("backtest", "--journal", history, "--fail-if-more-pages=0", "--set", "page_after=1m")
    assert ctl.errors == ""
    ctl.run("backtest", "--journal", history, "--fail-if-more-pages=0", "--set", "page_after=1m", "--since=1s", status=1)
    assert "nothing arrived in this time, there is nothing to judge by" in ctl.errors


def test_a_sweep_is_what_each_value_gives_alone(ctl, history, tmp_path):
    values = ["0s", "1m", "5m", "30m", "2h"]
    picture = tmp_path / "sweep.svg"
    report = ctl.json("backtest", "--journal", history, "--sweep", "page_after=" + ",".join(values), "--svg", str(picture))
    assert [row["value"] for row in report["sweep"]] == values
    assert [row["pages"] for row in report["sweep"]] == [340, 340, 40, 10, 0]
    assert [row["hidden"] for row in report["sweep"]] == [0, 0, 300, 330, 340]
    assert [row["delayed"] for row in report["sweep"]] == [0, 340, 40, 10, 0]
    assert report["sweep"][4]["hidden_lasting"] == 40  # Night and Honest: 20 minutes and an hour
    for row in report["sweep"]:
        alone = ctl.json("backtest", "--journal", history, "--set", "page_after=" + row["value"])
        assert (row["pages"], row["nights"]) == (alone["after"]["pages"], alone["after"]["nights"])
    assert picture.read_text().startswith("<svg") and "With 5m: 40, " in picture.read_text()
    table = ctl.run("backtest", "--journal", history, "--sweep", "group_by=alertmanager,...,alertname+team")
    assert "alertname+team" in table


def test_a_terminal_sees_how_far_it_is_and_a_pipe_does_not(ctl, history):
    command = [os.path.join(BIN, "runbookctl"), f"--config.file={ctl.house.file}", "backtest", "--journal", history]
    try:
        screen, end = os.openpty()
    except OSError as e:
        pytest.skip(f"no terminal is to be had: {e}")
    subprocess.run(command, stdout=end, stderr=end, check=True)
    os.close(end)
    shown = os.read(screen, 65536).replace(b"\r\n", b"\n")
    os.close(screen)
    assert re.match(rb"\r\[#* *\] [1-9]\d* alerts", shown)
    assert re.search(rb"\r {70}\r[1-9]\d* alerts from ", shown), "the bar is wiped away before the report stands there"
    piped = subprocess.run(command, capture_output=True, check=True)
    assert piped.stderr == b"" and b"[" not in piped.stdout


def test_suggestions_are_for_the_noisy_ones_and_keep_their_word(ctl, history):
    report = ctl.json("backtest", "--journal", history, "--suggest")
    assert [s["alertname"] for s in report["suggestions"]] == ["Noisy", "Night"]
    noisy, night = report["suggestions"]
    assert (noisy["value"], noisy["pages"], noisy["spared"], noisy["delayed"]) == ("5m", 300, 300, 0)
    assert (night["value"], night["pages"], night["spared"], night["delayed"]) == ("30m", 30, 30, 0)
    tried = ctl.json("backtest", "--journal", history, "--set", "page_after=5m", "--rule", "shop")
    assert rows(tried, "alertname")["Noisy"] == (300, 300 - noisy["spared"])
    assert "Noisy: page_after 5m would have spared 300 of 300 pages" in ctl.run("backtest", "--journal", history, "--suggest")


@pytest.mark.parametrize("flags, error", [
    (["--set", "page_after=soon"], "is no duration"),
    (["--set", "severity=P1"], "cannot be set"),
    (["--set", "page_after"], "is no setting"),
    (["--set", "page_after=1m", "--set", "group_by=a", "--set", "page_after=2m"], "page_after is set twice"),
    (["--suggest", "--sweep", "page_after=1m"], "--suggest is a sweep of its own"),
    (["--rule", "shop"], "--rule goes with"),
    (["--svg", "x.svg"], "--svg goes with"),
    (["--fail-if-more-pages", "many"], "is no percentage"),
])
def test_what_is_asked_must_make_sense(ctl, history, flags, error):
    ctl.run("backtest", "--journal", history, *flags, status=2)
    assert error in ctl.errors


def test_a_history_that_is_not_there_or_is_none(ctl, tmp_path):
    ctl.run("backtest", "--journal", str(tmp_path / "nothing*.jsonl"), status=1)
    assert "there is no such file" in ctl.errors
    (tmp_path / "broken.json").write_text('{"alerts": [')
    ctl.run("backtest", "--journal", str(tmp_path / "broken.json"), status=1)
    assert "broken.json:2:" in ctl.errors
    (tmp_path / "odd.jsonl").write_text('not JSON\n{"alerts": "none"}\n' + month().lines()[0])
    report = ctl.json("backtest", "--journal", str(tmp_path / "odd.jsonl"))
    assert report["history"]["unreadable"] == 2 and report["alerts"] == 1


def recorded_event(at, flush, alerts, integration=0):
    def pairs(labels):
        return {"labels": [{"key": k, "value": v} for k, v in sorted(labels.items())]}

    def grouped(a):
        return {"hash": "1", "details": {"fingerprint": "12", "labels": pairs(a["labels"]), "startsAt": a["startsAt"],
                                         "endsAt": a["endsAt"], "resolved": a["status"] == "resolved"}}

    return json.dumps({"@timestamp": iso(at), "instance": "am", "data": {"notification": {
        "alerts": [grouped(a) for a in alerts], "flushId": str(flush), "reason": "NOTIFY_REASON_FIRST_NOTIFICATION",
        "integration": {"name": "webhook", "index": str(integration)},
        "groupInfo": {"groupKey": "{}:{}", "receiverName": "runbookd",
                      "groupLabels": pairs({"alertname": alerts[0]["labels"]["alertname"]})}}}}) + "\n"


def test_the_event_recorder_of_alertmanager_is_a_history(ctl, tmp_path):
    lines = [json.dumps({"@timestamp": iso(BEGIN), "data": {"alertmanagerStartupEvent": {"version": "0.33.1"}}}) + "\n"]
    for i in range(5):
        at = BEGIN + i * HOUR
        for status, when in (("firing", at), ("resolved", at + 10 * MINUTE)):
            a = alert("Down", status=status, starts=at, ends=when, team="shop")
            flush = 2 * i + (status == "resolved") + 1
            lines += [recorded_event(when, flush, [a]), recorded_event(when, flush, [a], integration=1)]
    (tmp_path / "events.jsonl").write_text("".join(lines))
    report = ctl.json("backtest", "--journal", str(tmp_path / "events.jsonl"))
    assert report["alerts"] == 10 and report["before"]["pages"] == 5
    assert report["history"]["unreadable"] == 0


TIMER = 1  # seconds that one group's pages wait, and another one's ends


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def timer_is_near(incident):
    """It runs out in less than a moment, or has done so and nobody has seen to it yet."""
    held = [e["at"] for e in incident["timeline"] if e["what"] == "resolve_held"]
    quiet = incident["state"] == "firing" and all(m["status"] == "resolved" for m in incident["member_list"])
    since = incident["started_at"] if incident["held_until"] else held[-1] if quiet and held else None
    return since is not None and seconds(since) + TIMER < now() + TIMER / 2


class Live:
    """Alerts that come and go at a daemon, as Alertmanager tells of them."""

    def __init__(self, daemon, dice):
        self.daemon, self.dice, self.groups, self.keys, self.decisions = daemon, dice, {}, {}, 0

    def let_timers_go_first(self, group):
        """A busy machine runs them later than they are due, a replay does not: nothing comes in between."""
        key = self.keys.get(group)
        if key:
            wait_until(lambda: not timer_is_near(self.daemon.api(f"incidents/{key}")), 10, "the timer has run")

    def post(self, group):
        if group in ("Group0", "Group1"):
            self.let_timers_go_first(group)
        members = self.groups[group]
        alerts = [alert(group, status=m["status"], starts=m["starts"], host=host) for host, m in sorted(members.items())]
        decisions = self.daemon.send(body(*alerts, group={"alertname": group}))
        self.decisions += len(decisions)
        self.keys[group] = decisions[0]["key"]
        for host in [h for h, m in members.items() if m["status"] == "resolved"]:
            del members[host]

    def step(self):
        group = f"Group{self.dice.randrange(6)}"
        members = self.groups.setdefault(group, {})
        host = f"host{self.dice.randrange(4)}"
        if host in members and self.dice.random() < 0.5:
            members[host]["status"] = "resolved"
        elif host not in members:
            members[host] = {"status": "firing", "starts": now()}
        if members:
            self.post(group)


def stop(daemon):
    """As an operator does: what it has taken in is in its journal then."""
    assert daemon.process.stop(12) == 0


def acknowledge_one(daemon):
    for incident in daemon.api("incidents?state=firing")["incidents"][:1]:
        post_json(f"{daemon.url}/api/v1/incidents/{incident['key']}/ack", {"by": "ana"})


def test_a_live_journal_replayed_decides_the_same(local_house, start, recorder, tmp_path):
    rules = [{"name": "waits", "matchers": ['alertname="Group0"'], "page_after": f"{TIMER}s", "severity": "P2"},
             {"name": "holds", "matchers": ['alertname="Group1"'], "resolve_hold": f"{TIMER}s", "severity": "P2"},
             {"name": "mute", "matchers": ['alertname="Group2"'], "page": False},
             {"name": "rest", "matchers": ['alertname=~".+"'], "severity": "P1", "owner": "crew"}]
    house = local_house(rules=rules, journal={"path": "journal"})
    d, dice = start(house), random.Random(14)
    live = Live(d, dice)
    for i in range(200):
        live.step()
        if i % 40 == 20:
            acknowledge_one(d)
        if i == 100:
            stop(d)
            d.start()
    for group, members in live.groups.items():
        for m in members.values():
            m["status"] = "resolved"
        if members:
            live.post(group)
    wait_until(lambda: all(delivery["told"] in ("resolved", "nothing") for incident in
                           d.api("incidents?state=resolved&limit=1000")["incidents"]
                           for delivery in incident["deliveries"]), 30, "everybody knows the end")
    wait_until(lambda: not d.api("incidents")["incidents"], 30, "nothing is open")
    stop(d)
    report = Ctl(house, folder=tmp_path).json("backtest")
    assert report["recorded"] == {"same": live.decisions, "different": 0, "examples": []}
    assert report["history"]["unreadable"] == report["history"]["incomplete"] == report["history"]["lost"] == 0
    assert report["before"]["pages"] == len({r.key for r in recorder.triggers()})
    d.start()


def test_a_packed_journal_reads_like_a_plain_one(ctl, history, tmp_path):
    folder = tmp_path / "packed"
    folder.mkdir()
    lines = open(history, encoding="utf-8").readlines()
    (folder / "2026-10-02.jsonl").write_text("".join(lines[300:]))
    with gzip.open(folder / "2026-10-01.jsonl.gz", "wt") as f:
        f.write("".join(lines[:300]))
    assert len(glob.glob(str(folder / "*"))) == 2
    assert ctl.json("backtest", "--journal", str(folder))["before"]["pages"] == 340
    assert ctl.json("backtest", "--journal", str(tmp_path / "pac*"))["before"]["pages"] == 340, "of each replica its folder"
    assert "340 before" in ctl.run("backtest", "--journal", str(folder))
    assert "0 alerts: nothing arrived in this time" in ctl.run("backtest", "--journal", str(folder), "--since=1s")


# ---- thirty days of five people in two time zones


PEOPLE = {"ana": "Europe/Berlin", "ben": "Europe/Berlin", "cleo": "Europe/Berlin", "dora": "America/New_York",
          "eli": "America/New_York"}
ZONES = {name: zoneinfo.ZoneInfo(name) for name in set(PEOPLE.values())}


def is_night(at, person):
    """22:00 to 07:00 and weekends, by the clock where the person is."""
    local = datetime.datetime.fromtimestamp(at, ZONES[PEOPLE[person]])
    return local.hour >= 22 or local.hour < 7 or local.weekday() >= 5


class Team(Month):
    """Each alert is one person's: what is planted is what each of them was woken by."""

    def pages(self, name=None, person=None):
        return [(at, labels["person"]) for at, _, n, labels in self.fired
                if (name is None or n == name) and (person is None or labels["person"] == person)]


def planted():
    """Noisy ends within 4 minutes; Flapping six times in half an hour; Nightly lasts half an hour; Honest an hour or more."""
    m, dice, people = Team(), random.Random(30), sorted(PEOPLE)
    for day in range(30):
        at = BEGIN + day * DAY
        for i in range(8):
            m.fire("Noisy", at + i * 3 * HOUR + dice.randrange(1800), dice.randrange(60, 235), person=people[i % 5])
        for i in range(6):
            m.fire("Flapping", at + 13 * HOUR + i * 5 * MINUTE, 55, person="ben")
        m.fire("Nightly", at + 2 * HOUR, 29 * MINUTE, person="dora" if day % 2 else "ana")
        if day % 3 == 0:
            m.fire("Honest", at + dice.randrange(8, 20) * HOUR, dice.randrange(3600, 7200), person=people[day % 5])
    return m


@pytest.fixture
def team(local_house, recorder, tmp_path):
    receivers = [{"name": f"{name}-pager", "time_zone": zone, "rate_limit": {"per_second": 0},
                  "pagerduty": {"routing_key": "R0UTE", "url": recorder.url}} for name, zone in PEOPLE.items()]
    rules = [{"name": f"of-{name}", "matchers": [f'person="{name}"'], "severity": "P1", "owner": name, "continue": True,
              "receivers": [f"{name}-pager"], "group_by": ["..."]} for name in PEOPLE]
    kinds = [{"name": name.lower(), "matchers": [f'alertname="{name}"'], "runbook": f"https://elsewhere.test/{name.lower()}"}
             for name in ("Noisy", "Flapping", "Nightly", "Honest")]
    house = local_house(rules=rules + kinds, receivers=receivers, defaults={"receivers": ["ana-pager"]})
    (tmp_path / "team.jsonl").write_text("".join(planted().lines()), encoding="utf-8")
    return Ctl(house, folder=tmp_path), str(tmp_path / "team.jsonl")


def test_every_page_of_five_people_is_counted_by_their_own_clocks(team):
    ctl, path = team
    m, report = planted(), ctl.json("backtest", "--journal", path)
    assert report["before"] == {"pages": len(m.pages()), "nights": sum(is_night(at, who) for at, who in m.pages())}
    kinds = ("Noisy", "Flapping", "Nightly", "Honest")
    assert rows(report, "alertname") == {name: (len(m.pages(name)),) * 2 for name in kinds}
    assert rows(report, "receiver") == {f"{who}-pager": (len(m.pages(person=who)),) * 2 for who in PEOPLE}


def test_what_is_suggested_keeps_its_word_exactly_when_it_is_tried(team):
    """Of each planted kind: spared, delayed and left over, by the suggestion's own figures."""
    ctl, path = team
    m, suggestions = planted(), ctl.json("backtest", "--journal", path, "--suggest")["suggestions"]
    assert [(s["alertname"], s["value"]) for s in suggestions] == [("Noisy", "5m"), ("Flapping", "1m"), ("Nightly", "30m")]
    for s in suggestions:
        lasting = [lasts for _, lasts, name, _ in m.fired if name == s["alertname"]]
        seconds = int(s["value"][:-1]) * MINUTE
        assert s["pages"] == len(lasting) and s["spared"] == sum(lasts < seconds for lasts in lasting)
        tried = ctl.json("backtest", "--journal", path, "--set", f"page_after={s['value']}", "--rule", s["alertname"].lower())
        assert tried["after"]["pages"] == tried["before"]["pages"] - s["spared"]
        assert rows(tried, "alertname")[s["alertname"]] == (s["pages"], s["pages"] - s["spared"])
        assert (tried["changes"]["hidden"], tried["changes"]["delayed"]) == (s["spared"], s["delayed"])


def test_a_suggestion_written_into_the_rules_gives_the_same(team):
    ctl, path = team
    suggestions = {s["alertname"]: s for s in ctl.json("backtest", "--journal", path, "--suggest")["suggestions"]}
    rules = json.loads(open(os.path.join(ctl.house.folder, "rules", "10-test.yml"), encoding="utf-8").read())["rules"]
    changed = [{**r, "page_after": suggestions[r["name"].title()]["value"]} if r["name"].title() in suggestions else r
               for r in rules]
    with open(os.path.join(ctl.house.folder, "changed.yml"), "w", encoding="utf-8") as f:
        json.dump({"rules": changed}, f)
    report = ctl.json("backtest", "--journal", path, "--rules", os.path.join(ctl.house.folder, "changed.yml"),
                      "--against", os.path.join(ctl.house.folder, "rules", "*.yml"))
    spared = sum(s["spared"] for s in suggestions.values())
    assert report["before"]["pages"] - report["after"]["pages"] == spared
    for name, s in suggestions.items():
        assert rows(report, "alertname")[name] == (s["pages"], s["pages"] - s["spared"])
