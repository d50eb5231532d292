"""Every kind of receiver against a stand-in that knows its provider's documentation: a page, its acknowledgement, its end."""

import itertools
import json
import re

import pytest

from harness import Ctl, alert, body, call, now, post_json, storm, wait_until
from harness.providers import KINDS, SECRET, Mattermost, Ntfy, PagerDuty, Pushover, Provider, Slack, Webhook

CREW = [{"name": "crew", "matchers": ['alertname=~".+"'], "severity": "P1", "owner": "crew", "group_by": ["alertname"]}]


@pytest.fixture
def provider():
    """provider(Kind) runs one; at the end nothing that it was sent may have been wrong."""
    running = []

    def run(kind):
        running.append(Provider(kind))
        return running[-1]

    yield run
    problems = []
    for p in running:
        p.stop()
        problems += p.problems
    assert not problems, "\n".join(problems)


def hostile():
    return {"description": "<!channel> @everyone <b>&\r\n.\r\nQUIT\r\n" + "😀ש" * 3000, "summary": "two pumps have stopped"}


def pumps(status="firing", starts=None, which=range(3)):
    return [alert("PumpStopped", status=status, starts=starts, annotations=hostile(), pump=f"pump-{i}", site="dock")
            for i in which]


def nothing_shows_the_secret(d):
    for path in ("api/v1/receivers", "api/v1/status", "api/v1/incidents", "metrics"):
        assert SECRET.encode() not in call(f"{d.url}/{path}")[2], path
    assert SECRET not in d.process.log()


def turns(p):
    """What became of it, one after the other: an update is no turn, whatever the provider calls it."""
    return [what for what, _ in itertools.groupby(e for e in p.events() if e != "update")]


def said(p):
    return p.kind.texts + getattr(p.kind, "edits", [])


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.__name__)
def test_a_page_its_update_its_acknowledgement_and_its_end(local_house, start, provider, kind):
    p = provider(kind)
    d = start(local_house(rules=CREW, receivers=[{**p.receiver(), "update_on": ["members"], "update_interval": "1s"}]))
    starts = now() - 600
    key = d.send(body(*pumps(starts=starts)))[0]["key"]
    wait_until(lambda: p.problems or "trigger" in p.events(), 20, "the page")
    for i in range(3):
        assert any(f"pump-{i}" in t for t in p.kind.texts), p.kind.texts
    d.send(body(*pumps(starts=starts, which=range(4))))
    wait_until(lambda: p.problems or any("pump-3" in t for t in said(p)), 20, "who has joined")
    assert len({k for _, k in p.kind.events}) == 1, "under the same key"
    status, reply = post_json(f"{d.url}/api/v1/incidents/{key}/ack", {"by": "ana", "note": "on it"})
    assert status == 200, reply
    if p.kind.acknowledges:
        wait_until(lambda: p.problems or "acknowledge" in p.events(), 20, "the acknowledgement")
    else:
        wait_until(lambda: told(d) == {"acknowledged"}, 20, "nothing to say is done")
    d.send(body(*pumps("resolved", starts, range(4))))
    wait_until(lambda: p.problems or p.events()[-1] == "resolve", 20, "the end")
    assert turns(p) == ["trigger"] + ["acknowledge"] * p.kind.acknowledges + ["resolve"]
    if kind in (PagerDuty, Webhook):
        assert {k for _, k in p.kind.events} == {key}
    nothing_shows_the_secret(d)


PIECES = ["<!channel> @channel @here", "<b onclick=x>&amp;</b><script>", "a\r\nBcc: eve@example.com\r\n.\r\nQUIT", "😀👩\u200d🚒" * 9,
          "שלום\u202e\u2066", "*_`[](javascript:x){}|\\", "\"}],\"text\":\"", "[~admin] {{labels.x}} %s%n", "\0\u0001\u007f"]


def monster(status, starts):
    """2,000 labels, a megabyte of annotations, and in both what markup, headers and terminals mind."""
    labels = {f"label_{i:04}": PIECES[i % len(PIECES)] for i in range(2000)}
    words = {"summary": "".join(PIECES), "description": "".join(PIECES) * 100, "impact": "x😀" * 100_000, "wide": "<é>" * 120_000}
    return alert("PumpStopped <@U1>", status=status, starts=starts, annotations=words, pump="pump-0", **labels)


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.__name__)
def test_a_monster_is_told_from_its_page_to_its_end(local_house, start, provider, kind):
    p = provider(kind)
    d = start(local_house(rules=CREW, receivers=[p.receiver()]))
    starts = now() - 600
    assert len(json.dumps(monster("firing", starts)["annotations"]).encode()) > 1_000_000
    key = d.send(body(monster("firing", starts)))[0]["key"]
    wait_until(lambda: p.problems or "trigger" in p.events(), 30, "the page")
    assert post_json(f"{d.url}/api/v1/incidents/{key}/ack", {"by": PIECES[2], "note": PIECES[0]})[0] == 200
    wait_until(lambda: p.problems or told(d) == {"acknowledged"}, 20, "the acknowledgement")
    d.send(body(monster("resolved", starts)))
    wait_until(lambda: p.problems or p.events()[-1] == "resolve", 20, "the end")


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.__name__)
def test_a_digest(local_house, start, provider, kind):
    p = provider(kind)
    p.kind.alone = False
    limited = {**p.receiver(), "rate_limit": {"per_second": 4, "burst": 1}, "digest_above": 5}
    d = start(local_house(storm.RULES, receivers=[limited]))
    d.send(body(*(alert("Slow", name=f"{PIECES[1]}-{i}", severity="info") for i in range(60))))
    wait_until(lambda: p.problems or any("by rule rest, owner crew" in t for t in p.kind.texts), 60, "the digest")
    wait_until(lambda: p.problems or d.metric("delivery_queue", receiver="oncall") == 0, 60, "all are told")


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.__name__)
def test_a_reminder(local_house, start, provider, kind):
    p = provider(kind)
    d = start(local_house(rules=CREW, receivers=[p.receiver()], dedup={"repeat_interval": "1s", "flap": {"changes": 0}}))
    starts = now() - 60

    def reminded():
        d.send(body(*pumps(starts=starts)))
        again = kind is PagerDuty and p.events().count("trigger") > 1
        return p.problems or again or any("Still firing" in t or '"update"' in t for t in p.kind.texts)

    wait_until(reminded, 30, "the reminder")
    if kind.__name__ == "Opsgenie":
        wait_until(lambda: "P2" in p.kind.texts, 20, "the priority is the last that is set anew")


def told(d):
    return {x["told"] for i in d.api("incidents")["incidents"] for x in i["deliveries"]}


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.__name__)
def test_what_a_provider_refuses_is_a_dead_letter_without_the_secret(local_house, start, provider, kind):
    """The refusal repeats the secret, as some do."""
    p = provider(kind)
    p.refuse = (400, {"message": f"no: {SECRET}", "error": f"no: {SECRET}", "description": SECRET, "errors": [SECRET]})
    d = start(local_house(rules=CREW, receivers=[p.receiver()]), expected_errors=["dead letter"])
    d.send(body(*pumps()))
    dead = wait_until(lambda: d.api("incidents?state=dead")["incidents"], 20, "the dead letter")
    assert "400" in dead[0]["deliveries"][0]["last_error"]
    assert p.requests == 1
    nothing_shows_the_secret(d)


class ForgetfulNtfy(Ntfy):
    """Refuses the second request that comes, and takes it when it comes again."""

    def __init__(self):
        super().__init__()
        self.came = 0

    def take(self, r):
        answer = super().take(r)
        self.came += 1
        if self.came == 2:
            self.texts.pop()
            self.events.pop()
            return 403, {"code": 40301, "error": "forbidden"}
        return answer


def test_a_refusal_that_ntfy_does_not_mean_loses_no_page(local_house, start, provider):
    p = provider(ForgetfulNtfy)
    d = start(local_house(rules=CREW, receivers=[p.receiver()]))
    for n, name in enumerate(("PumpStopped", "ValveStuck"), 1):
        d.send(body(alert(name)))
        wait_until(lambda: p.problems or d.metric("deliveries_total", receiver="oncall", outcome="delivered") == n, 30, name)
    assert p.events() == ["trigger"] * 2
    assert d.metric("deliveries_total", receiver="oncall", outcome="retry") == 1


def test_issues_are_found_again_and_closed(local_house, start, provider):
    """The state of the stand-ins themselves: one issue, at its end."""
    for kind in [k for k in KINDS if k.__name__ in ("Jira", "GitHub")]:
        p = provider(kind)
        d = start(local_house(rules=CREW, name=kind.__name__, receivers=[p.receiver()]))
        starts = now() - 60
        d.send(body(*pumps(starts=starts)))
        wait_until(lambda: p.problems or "trigger" in p.events(), 20, "the issue")
        d.send(body(*pumps("resolved", starts)))
        wait_until(lambda: p.problems or p.kind.open_issues() == 0, 20, "its end")
        assert len(p.kind.issues) == 1


def test_a_receiver_has_its_own_title_text_and_time_zone(local_house, start, provider):
    chat, hook = provider(Mattermost), provider(Webhook)
    receivers = [{**chat.receiver("chat"), "title": "{{event | upper}} {{labels.site}}",
                  "text": "*{{firing.count}}* since {{since}}: {{#firing.members}}{{name}} {{/firing.members}}",
                  "time_zone": "Asia/Tokyo"}, {**hook.receiver("hook"), "time_zone": "Europe/Berlin"}]
    d = start(local_house(rules=CREW, receivers=receivers, defaults={"receivers": ["chat", "hook"]}))
    d.send(body(*pumps(starts=1763712000)))  # 2025-11-21T08:00:00Z
    wait_until(lambda: chat.kind.texts and hook.kind.texts, 20, "both")
    assert chat.kind.texts[0] == "*3* since 2025-11-21 17:00 JST: pump-0 pump-1 pump-2 "
    assert "Firing since: 2025-11-21 09:00 CET" in hook.kind.texts[0]


def test_a_reminder_speaks_of_what_fires_now(local_house, start, provider):
    p = provider(Webhook)
    d = start(local_house(rules=CREW, receivers=[p.receiver()], dedup={"repeat_interval": "1s", "flap": {"changes": 0}}))
    starts = now() - 60
    d.send(body(*pumps(starts=starts)))
    wait_until(p.events, 20, "the page")

    def reminded():
        d.send(body(*pumps("resolved", starts, [0]), *pumps(starts=starts, which=[1, 2])))
        return "update" in p.events()

    wait_until(reminded, 20, "the reminder")
    last = p.kind.texts[p.events().index("update")]
    firing, recovered = last.split("Recovered (1)")
    assert "pump-1" in firing and "pump-2" in firing and "pump-0" not in firing
    assert recovered.strip().startswith("- pump-0")


def test_a_template_that_fails_falls_back_and_is_counted(local_house, start, provider):
    """A million turns: more than a template may cost."""
    p = provider(Mattermost)
    text = "{{#firing.members}}" * 6 + "x" + "{{/firing.members}}" * 6
    d = start(local_house(rules=CREW, receivers=[{**p.receiver(), "text": text}]))
    d.send(body(*pumps(which=range(10))))
    wait_until(p.events, 20, "the page")
    assert "- pump-9" in p.kind.texts[0]
    wait_until(lambda: d.metric("template_errors_total") == 1, 10, "it is counted")


@pytest.mark.parametrize("written, error", [
    ({"pushover": {"token": "t"}}, '"user_key" or "user_key_file" is required'),
    ({"slack": {"api_url": "http://hooks.example.com/x"}}, "plain http goes to loopback addresses only"),
    ({"discord": {"webhook_url": "http://169.254.169.254/x"}}, "plain http goes to loopback addresses only"),
    ({"webhook": {"url": "https://a.example.com", "body": '{"a": {{labels.x}} }'}}, "makes no JSON"),
    ({"ntfy": {"topic": "t"}, "title": "{{nonsense}}"}, "unknown name {{nonsense}}"),
    ({"ntfy": {"topic": "t"}, "time_zone": "Mars/Base"}, 'time_zone "Mars/Base" does not exist'),
    ({"ntfy": {"topic": "t"}, "tls_config": {"ca_file": "none.pem"}}, "there is no file"),
    ({"ntfy": {"topic": "t"}, "tls_config": {"cert_file": "a"}}, "belong together"),
    ({"ntfy": {"topic": "t"}, "proxy_url": "https://p", "proxy_from_environment": True}, "not both"),
])
def test_what_check_refuses(local_house, written, error):
    ctl = Ctl(local_house(receivers=[{"name": "oncall", **written}]))
    out = ctl.run("check", status=1)
    assert error in out + ctl.errors


def test_redirects_and_the_environments_proxy_are_not_followed(local_house, start, provider):
    p, elsewhere = provider(Slack), provider(Slack)
    p.refuse = (302, None)
    d = start(local_house(rules=CREW, receivers=[p.receiver()]), expected_errors=["dead letter"],
              env={"http_proxy": elsewhere.url, "HTTP_PROXY": elsewhere.url})
    d.send(body(*pumps()))
    wait_until(lambda: d.api("incidents?state=dead")["incidents"], 20, "the dead letter")
    assert p.requests == 1 and elsewhere.requests == 0


# ---- by hand ----


def test_a_receiver_is_tested_by_hand(local_house, start, provider):
    p = provider(PagerDuty)
    h = local_house(rules=CREW, receivers=[p.receiver()])
    d = start(h)
    ctl = Ctl(h, d)
    said = ctl.json("receivers", "test", "oncall", "--severity=P1")
    assert [(m["event"], m["outcome"], m["error"]) for m in said["messages"]] == [
        ("trigger", "delivered", None), ("resolve", "delivered", None)]
    assert [m["answer"] for m in said["messages"]] == ["HTTP 202 Accepted"] * 2
    assert p.kind.events == [("trigger", said["key"]), ("resolve", said["key"])]
    assert "TEST" in p.kind.texts[0]
    assert d.api("incidents?state=firing")["incidents"] == [] == d.api("incidents?state=resolved")["incidents"]
    assert ctl.run("receivers", "test", "oncall").count("HTTP 202 Accepted") == 2
    p.refuse = (400, {"message": f"no: {SECRET}"})
    out = ctl.run("receivers", "test", "oncall", status=1)
    assert "rejected" in out and "400" in out and "resolve" not in out
    p.refuse = (400, f"no such key: {SECRET}\nat line 7")
    assert "HTTP 400 Bad Request: no such key: <redacted>\n" in re.sub(" +\n", "\n", ctl.run("receivers", "test", "oncall", status=1))
    assert "no such receiver" in (ctl.run("receivers", "test", "nobody", status=1), ctl.errors)[1]
    assert 'did you mean "oncall"' in (ctl.run("receivers", "test", "onkall", status=1), ctl.errors)[1]
    assert "no such severity" in (ctl.run("receivers", "test", "oncall", "--severity=X", status=1), ctl.errors)[1]
    assert "oncall" in ctl.run("receivers") and SECRET not in ctl.run("receivers", "-o", "json")
    nothing_shows_the_secret(d)


def test_the_test_of_a_ticket_closes_its_ticket(local_house, start, provider):
    p = provider(next(k for k in KINDS if k.__name__ == "GitHub"))
    h = local_house(rules=CREW, receivers=[p.receiver()])
    said = Ctl(h, start(h)).json("receivers", "test", "oncall")
    assert [m["outcome"] for m in said["messages"]] == ["delivered", "delivered"]
    assert len(p.kind.issues) == 1 and p.kind.open_issues() == 0


def test_an_alert_is_sent_by_hand(local_house, start, provider):
    p = provider(Webhook)
    h = local_house(rules=CREW, receivers=[p.receiver()])
    ctl = Ctl(h, start(h))
    labels = ("alertname=PumpStopped", "site=dock")
    first = ctl.json("send", *labels, "--annotation", "summary=it stands still")["decisions"]
    assert [(x["verdict"], x["reason"]) for x in first] == [("page", "new")]
    wait_until(p.events, 20, "the page")
    last = ctl.json("send", *labels, "--resolved")["decisions"]
    assert [x["verdict"] for x in last] == ["resolve"]
    assert "is not NAME=VALUE" in (ctl.run("send", "a=b", "c", status=2), ctl.errors)[1]


def test_help_says_what_receivers_understand():
    ctl = Ctl()
    assert "firing.members" in ctl.run("help", "templates")
    assert "smarthost" in ctl.run("help", "email")
    assert all(k in ctl.run("help", "receivers") for k in ("\npagerduty\n", "\njira\n", "  bot_token  "))
    ctl.run("help", "nonsense", status=2)
