"""runbookctl import: what it writes routes as Alertmanager does, loads, passes its own tests, and hides nothing it left out."""

import json
import os
import random
import re
import shutil
import stat
import subprocess

import pytest

from harness import Ctl
from harness.imports import explained, imported, receivers, told_by

SEED = 20261129
LABEL_SETS = int(os.environ.get("RUNBOOKD_IMPORT_LABEL_SETS", "40"))

CONFIGURATIONS = {
    "one receiver": "route: {receiver: crew}\n" + receivers("crew"),
    "teams below a default": """
route:
  receiver: crew
  group_by: [alertname, cluster]
  repeat_interval: 3h
  routes:
    - {match: {team: web}, receiver: web, repeat_interval: 1h}
    - {match_re: {team: "db|cache"}, receiver: data, group_by: ['...']}
    - {matchers: ['team="ops"', 'env!="dev"'], receiver: ops}
""" + receivers("crew", "web", "data", "ops"),
    "severities below teams": """
route:
  receiver: crew
  routes:
    - matchers: ['team="web"']
      receiver: web
      routes:
        - {matchers: ['severity=~"critical|page"'], receiver: web-pager}
        - {matchers: ['severity="info"'], receiver: "null"}
        - {matchers: ['env="dev"'], receiver: chat}
    - {matchers: ['severity="critical"'], receiver: pager}
""" + receivers("crew", "web", "web-pager", "chat", "pager", nobody=["null"]),
    "an archive that sees everything": """
route:
  receiver: crew
  routes:
    - {receiver: archive, continue: true}
    - {matchers: ['alertname="Watchdog"'], receiver: "null"}
    - {matchers: ['team="web"'], receiver: web}
""" + receivers("crew", "archive", "web", nobody=["null"]),
    "continuing in the middle": """
route:
  receiver: crew
  routes:
    - {matchers: ['team="web"'], receiver: web}
    - {matchers: ['severity="critical"'], receiver: pager, continue: true}
    - {matchers: ['env="prod"'], receiver: prod, continue: true}
    - {matchers: ['team="db"'], receiver: db}
""" + receivers("crew", "web", "pager", "prod", "db"),
    "a continuing route with children": """
route:
  receiver: crew
  routes:
    - matchers: ['env="prod"']
      receiver: prod
      continue: true
      routes:
        - {matchers: ['severity="critical"'], receiver: pager, continue: true}
        - {matchers: ['team="web"'], receiver: web}
    - matchers: ['team=~"web|db"']
      receiver: teams
      routes:
        - {matchers: ['team="db"'], receiver: db, continue: true}
        - {matchers: ['severity!="info"'], receiver: loud}
    - {matchers: ['cluster="eu"'], receiver: eu}
""" + receivers("crew", "prod", "pager", "web", "teams", "db", "loud", "eu"),
    "a root that tells nobody": """
route:
  receiver: nobody
  routes:
    - {receiver: archive, matchers: ['env="prod"'], continue: true}
    - {receiver: web, matchers: ['team="web"']}
    - {receiver: crew, matchers: ['severity=~"c.*"'], continue: true, routes: [{receiver: db, matchers: ['team="db"']}]}
""" + receivers("archive", "web", "crew", "db", nobody=["nobody"]),
    "a child that takes whatever comes": """
route:
  receiver: crew
  routes:
    - {matchers: ['severity="critical"'], receiver: pager, continue: true}
    - receiver: rest
      routes:
        - {matchers: ['team="web"'], receiver: web}
    - {matchers: ['team="db"'], receiver: never}
""" + receivers("crew", "pager", "rest", "web", "never"),
    "absent labels and patterns": """
route:
  receiver: crew
  routes:
    - {matchers: ['team=""'], receiver: orphans}
    - {matchers: ['team!~"web|db"', 'severity=~"(critical|page)"'], receiver: pager}
    - {matchers: ['{team="web", env=~"pr.+"}'], receiver: web}
    - {match: {team: db}, match_re: {env: ".*d.*"}, receiver: db}
""" + receivers("crew", "orphans", "pager", "web", "db"),
    "four levels": """
route:
  receiver: crew
  routes:
    - matchers: ['env="prod"']
      routes:
        - matchers: ['cluster="eu"']
          receiver: eu
          continue: true
          routes:
            - matchers: ['team="web"']
              routes:
                - {matchers: ['severity="critical"'], receiver: pager}
                - {matchers: ['severity="info"'], receiver: chat, continue: true}
                - {matchers: ['alertname=~"Up.*"'], receiver: web}
        - {matchers: ['severity="critical"'], receiver: loud}
    - {matchers: ['severity="critical"'], receiver: pager}
""" + receivers("crew", "eu", "pager", "chat", "web", "loud"),
}
VALUES = {
    "alertname": ["Watchdog", "UpToDate", "Down"], "team": ["web", "db", "cache", "ops", "other"], "env": ["prod", "dev", "dprod"],
    "severity": ["critical", "page", "info", "warning"], "cluster": ["eu", "us"],
}


def nested(dice, depth):
    """Routes at random, most of which continue; their matchers contradict each other often."""
    routes = []
    for _ in range(dice.randint(1, 4)):
        route = {"receiver": f"r{dice.randrange(6)}", "continue": dice.random() < 0.6}
        names = dice.sample(["team", "env", "severity"], dice.choice([1, 1, 2]))
        route["matchers"] = [f'{name}{dice.choice(["=", "=", "!=", "=~"])}"{dice.choice(VALUES[name])}"' for name in names]
        if depth and dice.random() < 0.6:
            route["routes"] = nested(dice, depth - 1)
        routes.append(route)
    return routes


def random_labels(dice):
    labels = {name: dice.choice(values) for name, values in VALUES.items() if dice.random() < 0.75}
    return labels or {"alertname": "Down"}


def theirs(file, labels):
    done = subprocess.run(["amtool", "config", "routes", "test", f"--config.file={file}", *[f"{k}={v}" for k, v in labels.items()]],
                          stdout=subprocess.PIPE, text=True, check=True, timeout=60)
    return set(done.stdout.strip().split(","))


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_alerts_reach_the_same_receivers(name, tmp_path):
    if not shutil.which("amtool"):
        pytest.fail("amtool is not installed: make deps-check")
    dice = random.Random(f"{SEED} {name}")
    ctl, source, folder = imported(tmp_path, CONFIGURATIONS[name])
    config = f"--config.file={folder}/runbookd.yml"
    names = ctl.json("import", source)["receivers"]
    sets = [random_labels(dice) for _ in range(LABEL_SETS)]
    body = tmp_path / "alerts.json"
    body.write_text(json.dumps({"version": "4", "alerts": [{"status": "firing", "labels": labels} for labels in sets]}))
    explained = ctl.json(config, "explain", "--alert", str(body))["alerts"]
    assert len(explained) == len(sets)
    for labels, alert in zip(sets, explained):
        told = set(alert["fields"]["receivers"]["value"]) if alert["page"] else set()
        expected = {own for receiver in theirs(source, labels) for own in names[receiver]}
        assert told == expected, (labels, alert["matched_rules"])


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_what_is_written_loads_and_passes_its_own_tests(name, tmp_path):
    ctl, _, folder = imported(tmp_path, CONFIGURATIONS[name])
    config = f"--config.file={folder}/runbookd.yml"
    assert "FAILED" not in ctl.run(config, "check")
    tests = f"{folder}/rules/10-imported_test.yml"
    assert ", 0 failed" in ctl.run(config, "test", tests)
    assert not [f for f in ctl.json(config, "lint", status=None)["findings"] if f["level"] == "error"]


LEFT_OUT = """
global: {slack_api_url: "https://hooks.example.com/T/B/x", smtp_from: a@example.com, smtp_smarthost: "mail.example.com:587"}
templates: ["*.tmpl"]
route:
  receiver: crew
  group_wait: 45s
  group_interval: 20m
  routes: [{matchers: ['team="web"'], receiver: web, mute_time_intervals: [nights]}]
time_intervals: [{name: nights, time_intervals: [{times: [{start_time: "22:00", end_time: "24:00"}]}]}]
inhibit_rules: [{source_matchers: ['a="b"'], target_matchers: ['a="c"']}]
receivers:
  - name: crew
    email_configs: [{to: "one@example.com, two@example.com"}]
    sns_configs: [{topic_arn: x}]
  - name: web
    slack_configs: [{channel: "#web", title: "{{ .CommonAnnotations.summary }} ({{ .CommonLabels.job }})", text: "{{ range .Alerts }}-{{ end }}"}]
    webhook_configs: [{url: "http://hook.example.com/in", http_config: {authorization: {credentials: tok-123}, oauth2: {client_id: x}}}]
    pagerduty_configs: [{routing_key: key-456, severity: critical}, {routing_key_file: second.key}]
"""


SILENT = """route:
  receiver: crew
  routes:
    - {matchers: ['team="web"'], receiver: old-pager, routes: [{matchers: ['env="prod"'], group_by: [pod]}]}
    - {matchers: ['team="db"'], receiver: topic}
    - {matchers: ['team="ops"'], receiver: "null"}
    - {matchers: ['team="hub"'], receiver: both}
receivers:
  - {name: crew, webhook_configs: [{url: 'https://crew.example.com/'}]}
  - {name: old-pager, pagerduty_configs: [{service_key: abc}]}
  - {name: topic, sns_configs: [{topic_arn: x}]}
  - {name: both, sns_configs: [{topic_arn: x}], webhook_configs: [{url: 'https://hub.example.com/'}]}
  - {name: unused, sns_configs: [{topic_arn: x}]}
  - {name: "null"}
"""


def test_a_pager_that_did_not_carry_over_is_a_warning_on_the_terminal(tmp_path):
    ctl, source, _ = imported(tmp_path, SILENT)
    lines = ctl.errors.strip().splitlines()
    assert len(lines) == 2 and all("warning: nobody is told of what goes to" in line for line in lines), lines
    assert re.search(r'alertmanager\.yml:4:\d+: .*"old-pager"', lines[0]) and re.search(r'alertmanager\.yml:5:\d+: .*"topic"', lines[1]), lines


def test_what_did_not_carry_over_is_named_with_its_line(tmp_path):
    ctl, source, folder = imported(tmp_path, LEFT_OUT)
    notes = ctl.json("import", source)["notes"]
    lines = LEFT_OUT.splitlines()
    for word, text in [("sns_configs", "nobody is told"), ("oauth2", "left out"), ("{{ range", "more than to put values"),
                       ("time_intervals: [{", "held here until they end"), ("inhibit_rules", "stay in Alertmanager"),
                       ("templates:", "Go templates"), ("hook.example.com", "not encrypted"), ("hook.example.com", "not Alertmanager's")]:
        line = next(n for n, l in enumerate(lines, 1) if word in l)
        assert any(note["line"] == line and text in note["text"] for note in notes), (word, notes)
    report = (tmp_path / "out" / "import-report.md").read_text()
    assert all(note["text"] in report for note in notes)


def test_settings_secrets_and_texts_carry_over(tmp_path):
    ctl, source, folder = imported(tmp_path, LEFT_OUT, "--page-after")
    config = ctl.json("import", source, "--page-after")["config"]
    by_name = {r["name"]: r for r in config["receivers"]}
    assert by_name["crew"]["email"]["to"] == ["one@example.com", "two@example.com"]
    assert by_name["crew"]["send_resolved"] is False, "Alertmanager's mail tells no resolve unless told to"
    assert by_name["web"]["title"] == "{{annotations.summary}} ({{labels.job}})" and "text" not in by_name["web"]
    assert by_name["web-webhook"]["allow_http"] is True
    assert by_name["web-pagerduty-2"]["pagerduty"] == {"routing_key_file": str(tmp_path / "second.key")}
    assert config["dedup"] == {"group_by": ["alertname"], "repeat_interval": "4h", "page_after": "45s", "late_grace": "20m30s"}
    assert config["delivery"] == {"mode": "observe"}
    secret = os.path.join(folder, by_name["web-pagerduty"]["pagerduty"]["routing_key_file"])
    assert open(secret).read() == "key-456" and stat.S_IMODE(os.stat(secret).st_mode) == 0o600
    for word in ("key-456", "tok-123", "hooks.example.com"):
        for file in ("runbookd.yml", "import-report.md", "rules/10-imported.yml"):
            assert word not in open(os.path.join(folder, file)).read(), (word, file)


def test_fields_that_ours_have_under_the_same_name_carry_over(tmp_path):
    ctl, source, folder = imported(tmp_path, """
route: {receiver: crew}
receivers:
  - name: crew
    opsgenie_configs: [{api_key: key-7, tags: "dock, night", responders: [{name: "quay, bridge", type: teams}]}]
    telegram_configs: [{bot_token: "7:tok-8", chat_id: -100, parse_mode: MarkdownV2}]
    jira_configs: [{api_url: "https://jira.example.com/rest/api/2", project: DOCK, issue_type: Task, labels: [night],
                    http_config: {basic_auth: {username: u, password: p}}}]
    incidentio_configs: [{url_file: url.txt, alert_source_token: tok-9}]
    webex_configs: [{room_id: quay, http_config: {authorization: {credentials_file: webex.token}}}]
""")
    said = ctl.json("import", source)
    by_name = {r["name"]: r for r in said["config"]["receivers"]}
    assert by_name["crew"]["opsgenie"]["responders"] == [{"name": "quay, bridge", "type": "teams"}]
    assert by_name["crew-jira"]["jira"]["labels"] == ["night"]
    assert by_name["crew-incidentio"]["incidentio"]["url_file"] == str(tmp_path / "url.txt")
    assert by_name["crew-webex"]["webex"] == {"room_id": "quay", "token_file": str(tmp_path / "webex.token")}
    assert "parse_mode" not in by_name["crew-telegram"]["telegram"]
    assert any("telegram.parse_mode has no counterpart" in note["text"] for note in said["notes"])
    assert "FAILED" not in ctl.run(f"--config.file={folder}/runbookd.yml", "check", "--no-secrets")


def test_hours_carry_over(tmp_path):
    ctl, source, folder = imported(tmp_path, LEFT_OUT)
    rule = next(r for r in ctl.json("import", source)["rules"] if "web" in r.get("receivers", []))
    assert rule["mute"] == ["nights"]
    assert "FAILED" not in ctl.run(f"--config.file={folder}/runbookd.yml", "check", "--no-secrets")


def test_a_folder_with_a_configuration_is_left_alone(tmp_path):
    ctl, source, folder = imported(tmp_path, CONFIGURATIONS["one receiver"])
    before = open(f"{folder}/runbookd.yml").read()
    ctl.run("import", source, f"--output={folder}", status=1)
    assert "is there already" in ctl.errors and open(f"{folder}/runbookd.yml").read() == before


@pytest.mark.parametrize("text, error", [
    ("route: {receiver: nobody}\nreceivers: [{name: crew}]\n", r":1:\d+: error: route: there is no receiver \"nobody\""),
    ("receivers: []\n", r"neither \"route\" nor \"policies\""),
    ("route: {receiver: crew, routes: 5}\nreceivers: [{name: crew}]\n", r":1:\d+: error: routes: a list was expected"),
    ("route: {receiver: crew}\nreceivers: [{name: crew}]\n", r"there is nothing to import"),
    ("- a\n", r"a mapping was expected"),
    ("route: {receiver: crew}\ntime_intervals:\n- {name: n, time_intervals: [{time: x}]}\n" + receivers("crew"), r"alertmanager.yml:3:\d+: error: .*time"),
])
def test_what_cannot_be_read_is_said(text, error, tmp_path):
    ctl, _, _ = imported(tmp_path, text, status=1)
    assert re.search(error, ctl.errors), ctl.errors


def test_continuing_routes_that_multiply_are_refused(tmp_path):
    routes = "".join(f"    - {{matchers: ['l{i}=\"x\"'], receiver: crew, continue: true, routes: [{{matchers: ['m{i}=\"y\"'], receiver: b}}]}}\n" for i in range(20))
    ctl, _, _ = imported(tmp_path, "route:\n  receiver: crew\n  routes:\n" + routes + receivers("crew", "b"), status=1)
    assert "multiply to more than 10000 rules" in ctl.errors


GRAFANA = {
    "apiVersion": 1,
    "policies": [{"orgId": 1, "receiver": "mail", "group_by": ["grafana_folder", "alertname"], "repeat_interval": "6h", "routes": [
        {"receiver": "chat", "object_matchers": [["team", "=", "web"], ["severity", "!=", "info"]], "continue": True},
        {"receiver": "pager", "object_matchers": [["severity", "=~", "critical|page"]], "mute_time_intervals": ["weekends"]}]}],
    "contactPoints": [
        {"orgId": 1, "name": "mail", "receivers": [{"uid": "a", "type": "email", "settings": {"addresses": "a@example.com;b@example.com"}}]},
        {"orgId": 1, "name": "chat", "receivers": [{"uid": "b", "type": "slack", "disableResolveMessage": True,
                                                    "settings": {"url": "[REDACTED]", "recipient": "#web", "iconEmoji": ":x:"}}]}],
}


def test_grafanas_policies_become_rules(tmp_path):
    ctl, source, folder = imported(tmp_path, json.dumps(GRAFANA))
    document = ctl.json("import", source)
    by_name = {r["name"]: r for r in document["config"]["receivers"]}
    assert by_name["mail"]["email"]["to"] == ["a@example.com", "b@example.com"]
    assert by_name["chat"] == {"name": "chat", "send_resolved": False, "slack": {"api_url_file": "secrets/chat.api_url", "channel": "#web"}}
    assert "webhook" in by_name["pager"] and any("pager" in n["text"] and "not in this file" in n["text"] for n in document["notes"])
    assert any('"weekends" is not defined' in n["text"] for n in document["notes"])
    for labels, told in [({"team": "web", "severity": "page"}, ["chat", "pager"]), ({"team": "web"}, ["chat"]), ({"team": "web", "severity": "info"}, ["mail"])]:
        words = [f"{k}={v}" for k, v in labels.items()]
        explained = ctl.json(f"--config.file={folder}/runbookd.yml", "explain", "--no-secrets", *words)
        assert explained["alerts"][0]["fields"]["receivers"]["value"] == told


GRAFANA_YAML = """apiVersion: 1
policies:
  - orgId: 1
    receiver: mail
    routes:
      - receiver: chat
        object_matchers:
          - [team, '=', web]
contactPoints:
  - name: mail
    receivers: [{uid: a, type: email, settings: {addresses: a@example.com}}]
  - name: chat
    receivers: [{uid: b, type: slack, settings: {url: '[REDACTED]'}}]
"""


def test_grafanas_yaml_is_the_same(tmp_path):
    ctl, _, folder = imported(tmp_path, GRAFANA_YAML)
    for words, told in [(["team=web"], ["chat"]), (["team=ops"], ["mail"])]:
        explained = ctl.json(f"--config.file={folder}/runbookd.yml", "explain", "--no-secrets", *words)
        assert explained["alerts"][0]["fields"]["receivers"]["value"] == told


@pytest.mark.parametrize("seed", range(4))
def test_trees_at_random_reach_the_same_receivers_with_rules_that_match(seed, tmp_path):
    dice = random.Random(f"{SEED} {seed}")
    tree = {"receiver": "r0", "routes": nested(dice, 3)}
    text = json.dumps({"route": tree, "receivers": [{"name": f"r{n}", "webhook_configs": [{"url": f"https://r{n}.example.com/"}]} for n in range(6)]})
    ctl, source, folder = imported(tmp_path, text)
    config = f"--config.file={folder}/runbookd.yml"
    assert not [f for f in ctl.json(config, "lint", status=None)["findings"] if f["level"] == "error"]
    sets = [random_labels(dice) for _ in range(20)]
    for labels, told in zip(sets, told_by(ctl, config, sets, tmp_path)):
        assert told == theirs(source, labels), labels


def test_each_route_keeps_its_own_hours(tmp_path):
    """chat is told at the weekend, pager always: where both take an alert, chat waits for Saturday by itself."""
    ctl, source, folder = imported(tmp_path, """
route:
  receiver: pager
  routes: [{receiver: chat, active_time_intervals: [weekend], continue: true}, {receiver: pager, matchers: ['team="db"']}]
time_intervals: [{name: weekend, time_intervals: [{weekdays: [saturday, sunday]}]}]
""" + receivers("pager", "chat"))
    rules = {tuple(r["receivers"]): r.get("active") for r in ctl.json("import", source)["rules"] if "receivers" in r}
    assert rules == {("chat (active weekend)", "pager"): None, ("chat",): ["weekend"]}
    held = [r for r in ctl.json("import", source)["config"]["receivers"] if "active" in r]
    assert [(r["name"], r["active"]) for r in held] == [("chat (active weekend)", ["weekend"])]
    report = open(f"{folder}/import-report.md").read()
    assert 'a receiver of its own, "chat (active weekend)", which has them' in report
    assert "| chat | chat, chat (active weekend) |" in report and "has no counterpart" not in report
    ctl.run(f"--config.file={folder}/runbookd.yml", "check")


INTERVALS = {"early": (0, 8), "midday": (10, 14), "late": (16, 24), "long": (6, 22)}


def timed(dice, routes, numbers):
    """Each route has a receiver of its own, so that amtool's answer says which routes take an alert, and often has hours."""
    for route in routes:
        route["receiver"] = f"r{len(numbers)}"
        said = {}
        if dice.random() < 0.7:
            said[dice.choice(["active_time_intervals", "mute_time_intervals"])] = dice.sample(sorted(INTERVALS), dice.choice([1, 1, 2]))
        numbers[route["receiver"]] = said
        route.update(said)
        timed(dice, route.get("routes", []), numbers)


def is_open(said, hour):
    def holds(names):
        return any(INTERVALS[name][0] <= hour < INTERVALS[name][1] for name in names)
    return not holds(said.get("mute_time_intervals", [])) and ("active_time_intervals" not in said or
                                                                holds(said["active_time_intervals"]))


@pytest.mark.parametrize("number", [0, 2, 3, 4])  # seeds under which some routes that take one alert have different hours
def test_at_each_hour_the_same_receivers_are_told(number, tmp_path):
    """Routes that continue, each under time intervals of its own: amtool says who takes an alert, the intervals who hears of it."""
    dice = random.Random(f"{SEED} hours {number}")
    routes, numbers = nested(dice, 1) + nested(dice, 1), {}
    timed(dice, routes, numbers)
    intervals = [{"name": name, "time_intervals": [{"times": [{"start_time": f"{a:02}:00", "end_time": f"{b:02}:00"}]}]}
                 for name, (a, b) in INTERVALS.items()]
    text = f"route: {json.dumps({'receiver': 'crew', 'routes': routes})}\ntime_intervals: {json.dumps(intervals)}\n"
    ctl, source, folder = imported(tmp_path, text + receivers("crew", *numbers))
    config = f"--config.file={folder}/runbookd.yml"
    ctl.run(config, "check", "--no-secrets")
    sets, held = [random_labels(dice) for _ in range(25)], 0
    takers = [theirs(source, labels) for labels in sets]
    for hour in (3, 7, 11, 17, 23):
        for labels, taken, alert in zip(sets, takers, explained(ctl, config, sets, tmp_path, f"--at=2026-03-04T{hour:02}:30")):
            fields = alert["fields"]
            if fields["hours"]["ignored"]:
                continue  # the gravest severity, where all its routes have the same hours: told at once, as the report says
            later = {r["receiver"] for r in fields["receivers"]["held"]}
            now = set() if fields["hours"]["held_until"] else set(fields["receivers"]["value"]) - later
            expected = {name for name in taken if is_open(numbers.get(name, {}), hour)}
            assert {name.split(" (")[0] for name in now} == expected, (labels, hour)
            held += len(later)
    assert held, "no receiver had hours of its own"


def test_grafanas_mute_times_carry_over(tmp_path):
    document = dict(GRAFANA, muteTimes=[{"orgId": 1, "name": "weekends", "time_intervals": [{"weekdays": ["saturday", "sunday"]}]}])
    ctl, source, folder = imported(tmp_path, json.dumps(document))
    read = ctl.json("import", source)
    assert any(rule.get("mute") == ["weekends"] for rule in read["rules"])
    assert not any("not defined" in note["text"] for note in read["notes"])
    assert "FAILED" not in ctl.run(f"--config.file={folder}/runbookd.yml", "check", "--no-secrets")
