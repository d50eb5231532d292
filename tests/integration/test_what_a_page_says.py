"""A page in the middle of the night, as its receiver gets it from the real daemon: nothing that one needs then is missing."""

import json
import re
from datetime import datetime
from zoneinfo import ZoneInfo

from harness import alert, body, now, post_json, wait_until
from harness.providers import Mattermost, PagerDuty, Provider, SlackBot

CATALOG = {
    "severities": [{"name": "P0"}, {"name": "P1", "response": "15m", "resolution": "4h"}],
    "people": [{"name": "ana", "receivers": ["oncall"], "contact": "@ana"}],
    "schedules": [{"name": "deck", "names": ["Deck rotation"],
                   "rotation": {"people": ["ana"], "start": "2020-01-06T09:00", "every": "7d"}}],
    "contacts": [{"role": "Deck officer", "primary": "Deck rotation"}],
    "escalations": [{"name": "deck", "steps": [{"after": "4h", "notify": ["Deck officer"]}]}],
    "owners": [{"name": "dockers", "contact": "#dockers"}]}
RULES = [{"name": "pumps", "matchers": ['alertname="PumpStopped"'], "severity": "P1", "owner": "dockers", "group_by": ["alertname"],
          "escalation": "deck", "runbook": "https://wiki.test/pumps#restart"}]


def furnished(local_house, receiver):
    house = local_house(RULES, receivers=[receiver], catalog={"files": ["catalog.yml"]}, external_url="https://runbookd.test")
    house.write("catalog.yml", CATALOG)
    return house


def pumps(which, starts, status="firing"):
    words = {"summary": "no flow", "dashboard": "https://graphs.test/d/pumps"}
    return [alert("PumpStopped", status=status, starts=starts, annotations=words, pump=f"pump-{i}", site="dock") for i in which]


def send(d, alerts):
    said = {**body(*alerts), "externalURL": "https://alerts.test/am"}
    status, reply = post_json(f"{d.url}/api/v1/webhook", said)
    assert status == 200, reply
    return reply["data"]["decisions"][0]["key"]


def an_episode_before(d, p):
    """Ana had it, and said what it was."""
    starts = now() - 7200
    key = send(d, pumps([0], starts))
    wait_until(lambda: p.problems or "trigger" in p.events(), 20, "the page of then")
    assert post_json(f"{d.url}/api/v1/incidents/{key}/ack", {"by": "ana", "note": "a new seal"})[0] == 200
    wait_until(lambda: p.problems or "acknowledge" in p.events(), 20, "somebody had it")
    send(d, pumps([0], starts, "resolved"))
    wait_until(lambda: p.problems or "resolve" in p.events(), 20, "its end")
    return key


def test_a_page_says_what_one_needs_at_night(local_house, start):
    p = Provider(Mattermost)
    d = start(furnished(local_house, {**p.receiver(), "time_zone": "Asia/Tokyo"}))
    try:
        key = an_episode_before(d, p)
        known, starts = len(p.kind.texts), now() - 900
        send(d, pumps(range(40), starts))
        page = wait_until(lambda: p.problems or p.kind.texts[known:], 20, "the page")[0]
        page = re.sub(r"[*\\\u200b]", "", page)  # bold, escapes, and what keeps a name from being a mention
        assert not p.problems
        since = datetime.fromtimestamp(starts, ZoneInfo("Asia/Tokyo")).strftime("%Y-%m-%d %H:%M JST")
        time = r"\d{4}-\d\d-\d\d \d\d:\d\d JST"
        for words in (r"Firing \(40\)", r"(- pump-\d+\n){10}", r"and 30 more", rf"Severity: P1, respond by {time}, resolve by {time}",
                      rf"Firing since: {since}", r"Owner: dockers \(#dockers\)", r"On call: ana \(@ana\)",
                      rf"Last time: {time} for .*acknowledged by ana: a new seal", r"Rule: pumps \(.*rules/10-test\.yml:\d+\)",
                      r"site=dock", r"\[Acknowledge\]\(https://runbookd\.test/ack/", rf"\[Incident\]\(https://runbookd\.test/incidents/{key}\)",
                      r"\[Runbook\]\(https://wiki\.test/pumps#restart\)", r"\[Prometheus\]\(http",
                      r"\[Dashboard\]\(https://graphs\.test/d/pumps\)",
                      r"\[Silence\]\(https://alerts\.test/am/#/silences/new\?filter=.*alertname"):
            assert re.search(words, page), (words, page)
        assert page.count("site=dock") == 1, "what all have in common is said once"
    finally:
        p.stop()


def test_pagerduty_gets_what_one_needs_at_night_too(local_house, start):
    p = Provider(PagerDuty)
    d = start(furnished(local_house, {**p.receiver(), "time_zone": "Asia/Tokyo"}))
    try:
        an_episode_before(d, p)
        known, starts = len(p.kind.texts), now() - 900
        send(d, pumps(range(3), starts))
        page = json.loads(wait_until(lambda: p.problems or p.kind.texts[known:], 20, "the page")[0])["custom_details"]["page"]
        assert not p.problems
        since = datetime.fromtimestamp(starts, ZoneInfo("Asia/Tokyo")).strftime("%Y-%m-%d %H:%M JST")
        assert page["Firing since"] == since and page["Severity"].startswith("P1, respond by ")
        assert (page["Owner"], page["On call"]) == ("dockers (#dockers)", "ana (@ana)")
        assert re.fullmatch(r"pumps \(.*rules/10-test\.yml:\d+\)", page["Rule"])
        assert re.fullmatch(r".* JST for .*, acknowledged by ana: a new seal", page["Last time"])
    finally:
        p.stop()


def test_an_edited_message_still_says_who_has_it(local_house, start):
    p = Provider(SlackBot)
    d = start(furnished(local_house, {**p.receiver(), "update_interval": "1s"}))
    try:
        key = send(d, pumps([0], now() - 60))
        wait_until(lambda: p.problems or p.kind.events, 20, "the page")
        assert post_json(f"{d.url}/api/v1/incidents/{key}/ack", {"by": "ana", "note": "on it"})[0] == 200
        wait_until(lambda: p.problems or len(p.kind.edits) == 1, 20, "the acknowledgement")
        send(d, pumps([0, 1], now() - 60))
        wait_until(lambda: p.problems or len(p.kind.edits) == 2, 20, "the update")
        send(d, pumps([0, 1], now() - 60, "resolved"))
        wait_until(lambda: p.problems or len(p.kind.edits) == 3, 20, "the end")
        assert not p.problems
        assert all("by ana: on it" in edit for edit in p.kind.edits), p.kind.edits
        assert "acknowledged)" in p.kind.edits[1]
    finally:
        p.stop()
