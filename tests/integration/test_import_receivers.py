"""runbookctl import: whatever receivers another program has, what is written loads, and what stays behind is named."""

import json
import os

import pytest

from harness import Ctl
from harness.imports import imported, receivers, told_by

BESIDE = """
route:
  receiver: crew
  routes:
    - {receiver: runbookd, continue: true, matchers: ['alertname="Watchdog"']}
    - {receiver: runbookd, continue: true, matchers: ['alertname!="Watchdog"']}
    - {receiver: web, matchers: ['team="web"']}
    - {receiver: crew}
receivers:
  - {name: runbookd, webhook_configs: [{url: "http://127.0.0.1:9195/api/v1/webhook", send_resolved: true}]}
  - {name: crew, webhook_configs: [{url: "https://crew.example.com/"}]}
  - {name: web, webhook_configs: [{url: "https://web.example.com/"}]}
"""

MAIL = "email_configs: [{to: a@example.com, from: b@example.com, smarthost: 'mail.example.com:25', %s}]"
ROOT = "route: {receiver: crew}\nreceivers:\n- name: crew\n  %s\n- name: other\n  webhook_configs: [{url: 'https://other.example.com/'}]\n"


@pytest.mark.parametrize("name, text, kind, settings, noted", [
    ("a login", ROOT % MAIL % "auth_username: u, auth_password: p", "email",
     {"auth_username_file": "secrets/crew.auth_username", "auth_password_file": "secrets/crew.auth_password"}, None),
    ("a password in a file", ROOT % MAIL % "auth_username: u, auth_password_file: /etc/there/pw", "email",
     {"auth_username_file": "secrets/crew.auth_username", "auth_password_file": "/etc/there/pw"}, None),
    ("a login in global", "global: {smtp_smarthost: 'm.example.com:587', smtp_from: a@example.com, smtp_auth_username: u, smtp_auth_password: p}\n"
     + ROOT % "email_configs: [{to: b@example.com}]", "email", {"auth_password_file": "secrets/crew.auth_password"}, None),
    ("a password alone", ROOT % MAIL % "auth_password: p", "email", {}, "no user is given"),
    ("an odd word for false", ROOT % MAIL % "require_tls: No", "email", {"require_tls": False}, None),
    ("a bot's token", ROOT % "webex_configs: [{room_id: r, http_config: {authorization: {credentials: tok}}}]", "webex",
     {"token_file": "secrets/crew.token", "room_id": "r"}, None),
    ("a bot's token in a file", ROOT % "webex_configs: [{room_id: r, http_config: {authorization: {type: Bearer, credentials_file: /etc/there/tok}}}]",
     "webex", {"token_file": "/etc/there/tok", "room_id": "r"}, None),
    ("a webhook's address in a file", ROOT % "webhook_configs: [{url_file: /etc/there/url}]", "webhook", {"url_file": "/etc/there/url"}, None),
    ("an old key", ROOT % "pagerduty_configs: [{service_key: abc}]", None, None, "Events API v1"),
    ("an old key in a file", ROOT % "pagerduty_configs: [{service_key_file: /etc/there/key}]", None, None, "Events API v1"),
    ("no room", ROOT % "webex_configs: [{room_id: '{{ .CommonLabels.room }}', http_config: {authorization: {credentials: tok}}}]", None, None,
     '"room_id" is required'),
])
def test_whatever_it_says_the_configuration_loads(name, text, kind, settings, noted, tmp_path):
    ctl, source, folder = imported(tmp_path, text)
    document = ctl.json("import", source)
    crew = next((r for r in document["config"]["receivers"] if r["name"] == "crew"), None)
    assert (crew is None) == (kind is None)
    if kind:
        assert {k: v for k, v in crew[kind].items() if k in settings} == settings
        assert [k for k in crew[kind] if k.startswith("auth_")] == [k for k in settings if k.startswith("auth_")] or "global" in name
    assert noted is None or any(noted in note["text"] for note in document["notes"]), document["notes"]
    assert "FAILED" not in ctl.run(f"--config.file={folder}/runbookd.yml", "check", "--no-secrets")


POST = "https://slack.com/api/chat.postMessage"
LOGIN = "http_config: {authorization: {credentials: xoxb-1}}"
HOOK = {"api_url_file": "secrets/crew.api_url", "channel": "#c"}
BOT = {"app_token_file": "secrets/crew.app_token", "channel": "#c"}


@pytest.mark.parametrize("general, own, settings", [
    ("", f"api_url: {POST}, {LOGIN}", BOT),
    ("", "api_url: https://slack.example.com/api/chat.postMessage, http_config: {bearer_token_file: /etc/there/tok}",
     {"app_url": "https://slack.example.com/api/chat.postMessage", "app_token_file": "/etc/there/tok", "channel": "#c"}),
    ("", f"api_url_file: /etc/there/url, {LOGIN}", BOT),
    (f"slack_api_url: {POST}, {LOGIN}", "send_resolved: true", BOT),
    ("slack_app_token: xoxb-1", "send_resolved: true", BOT),
    ("slack_app_token: xoxb-1", "api_url: https://hooks.example.com/T/B/x", HOOK),
    ("slack_app_token: xoxb-1", "api_url_file: /etc/there/url", {"api_url_file": "/etc/there/url", "channel": "#c"}),
    ("slack_api_url: https://hooks.example.com/T/B/x", "app_token: xoxb-1", BOT),
    ("slack_api_url: https://hooks.example.com/T/B/x", f"api_url: {POST}, {LOGIN}", BOT),
    ("slack_api_url: https://hooks.example.com/T/B/x", LOGIN, HOOK),
    (LOGIN, "api_url: https://hooks.example.com/T/B/x", HOOK),
    ("slack_api_url: https://hooks.example.com/T/B/x", "send_resolved: true", HOOK),
])
def test_a_slack_bot_stays_one_and_a_webhook_too(general, own, settings, tmp_path):
    ctl, source, folder = imported(tmp_path, "global: {%s}\n" % general + ROOT % "slack_configs: [{channel: '#c', %s}]" % own)
    document = ctl.json("import", source)
    assert next(r for r in document["config"]["receivers"] if r["name"] == "crew")["slack"] == settings
    assert any("the token of its http_config was left out" in n["text"] for n in document["notes"]) == (settings == HOOK and LOGIN in general + own)
    assert "FAILED" not in ctl.run(f"--config.file={folder}/runbookd.yml", "check", "--no-secrets")


def test_what_all_receivers_share_on_their_way_carries_over(tmp_path):
    (tmp_path / "ca.pem").write_text("")
    text = ("global: {http_config: {proxy_url: 'http://proxy.example.com:3128', tls_config: {ca_file: ca.pem, insecure_skip_verify: Yes}}}\n"
            + ROOT % "pagerduty_configs: [{routing_key: k, http_config: {follow_redirects: false}}]")
    ctl, source, _ = imported(tmp_path, text)
    by_name = {r["name"]: r for r in ctl.json("import", source)["config"]["receivers"]}
    assert by_name["other"]["proxy_url"] == "http://proxy.example.com:3128"
    assert by_name["other"]["tls_config"] == {"ca_file": str(tmp_path / "ca.pem"), "insecure_skip_verify": True}
    assert "proxy_url" not in by_name["crew"], "an http_config of its own stands in the place of the common one"


def test_names_that_rules_cannot_say_get_others(tmp_path):
    names = ["{{ .GroupLabels.team }}", "Team A", "team-a", "x" * 120, "a {{{ b"]
    text = json.dumps({"route": {"receiver": names[0], "routes": [{"receiver": n, "matchers": [f'n="{k}"']} for k, n in enumerate(names)]},
                       "receivers": [{"name": n, "webhook_configs": [{"url": f"https://r{k}.example.com/"}]} for k, n in enumerate(names)]})
    ctl, source, folder = imported(tmp_path, text)
    config = f"--config.file={folder}/runbookd.yml"
    assert "FAILED" not in ctl.run(config, "check")
    document = ctl.json("import", source)
    for (told,), k in zip(told_by(ctl, config, [{"n": str(k)} for k in range(len(names))], tmp_path), range(len(names))):
        assert [told] == document["receivers"][names[k]]
        hook = next(r for r in document["config"]["receivers"] if r["name"] == told)["webhook"]["url_file"]
        assert open(os.path.join(folder, hook)).read() == f"https://r{k}.example.com/", "each its own secret"


def test_a_severity_of_none_is_told_as_there(tmp_path):
    ctl, source, folder = imported(tmp_path, """
route:
  receiver: crew
  routes: [{matchers: ['alertname="Watchdog"'], receiver: nobody}, {matchers: ['team="web"'], receiver: web, continue: true}]
""" + receivers("crew", "web", nobody=["nobody"]))
    config = f"--config.file={folder}/runbookd.yml"
    sets = [{"alertname": "Down", "severity": "none"}, {"alertname": "Watchdog", "severity": "none"}, {"team": "web", "severity": "None"}]
    assert told_by(ctl, config, sets, tmp_path) == [{"crew"}, set(), {"web"}]
    assert any("severity-none-is-told" in note["text"] for note in ctl.json("import", source)["notes"])


def test_what_tells_runbookd_itself_is_left_out(tmp_path):
    ctl, source, folder = imported(tmp_path, BESIDE)
    document = ctl.json("import", source)
    assert [r["name"] for r in document["config"]["receivers"]] == ["crew", "web"]
    assert any("is runbookd itself" in note["text"] for note in document["notes"])
    assert "| runbookd | runbookd itself |" in open(f"{folder}/import-report.md").read()
    sets = [{"team": "web"}, {"team": "db"}, {"alertname": "Watchdog"}]
    assert told_by(ctl, f"--config.file={folder}/runbookd.yml", sets, tmp_path) == [{"web"}, {"crew"}, {"crew"}]


@pytest.mark.parametrize("there", [False, True])
def test_a_failure_leaves_nothing_behind(there, tmp_path):
    out = tmp_path / "out"
    if there:
        (out / "rules").mkdir(parents=True)
        (out / "rules" / "10-imported.yml").write_text("rules: []\n")
    else:
        out.write_text("a file")
    before = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*"))
    ctl, source, _ = imported(tmp_path, BESIDE, status=1)
    after = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.name != "alertmanager.yml")
    assert after == before, ctl.errors
    assert not there or (out / "rules" / "10-imported.yml").read_text() == "rules: []\n"


def test_debians_own_file_is_imported(tmp_path):
    """The README's first command, on the file that the package brings."""
    source = "/etc/prometheus/alertmanager.yml"
    if not os.path.exists(source):
        pytest.skip("prometheus-alertmanager is not installed")
    ctl = Ctl(folder=tmp_path)
    ctl.run("import", source, f"--output={tmp_path}/out")
    assert "FAILED" not in ctl.run(f"--config.file={tmp_path}/out/runbookd.yml", "check")
