"""runbookctl: what it prints, what it exits with, and that each JSON shape is what was promised."""

import json
import os
import re
import xml.etree.ElementTree as ElementTree

import pytest

from harness import Ctl, alert, body, now, wait_until

TESTS = """
tests:
  - name: a page and its repeat
    sequence:
      - {at: 0s, alert: {labels: {alertname: Down}}, expect: {verdict: page, reason: new, severity: P1, owner: crew}}
      - {at: 5m, alert: {labels: {alertname: Down}}, expect: {verdict: deduplicate, reason: repeat}}
      - {at: 6m, alert: {labels: {alertname: Down}, status: resolved}, expect: {verdict: resolve}}
  - name: the runbook
    alert: {labels: {alertname: Down}}
    expect: {rule: everything, runbook: test/Down.md, receivers: [oncall], page: true}
"""
PLAN_FIELDS = {"runbook", "severity", "owner", "receivers", "escalation", "group_by", "repeat_interval", "page_after",
               "resolve_hold", "summary"}
INCIDENT = {"key", "state", "severity", "owner", "rule", "runbook", "summary", "labels", "annotations", "source",
            "generator_url", "generation", "started_at", "last_seen_at", "resolved_at", "acknowledged", "members",
            "received", "pages", "reminders", "deduplicated", "suppressed", "flaps", "repeat_due_at", "last",
            "response_due", "resolution_due", "deliveries"}
DELIVERY = {"receiver", "told", "generation", "attempts", "last_error", "next_attempt_at", "dead"}


@pytest.fixture
def local(local_house, tmp_path):
    """runbookctl without a daemon."""
    return Ctl(local_house(), folder=tmp_path)


@pytest.fixture
def remote(local_house, start, tmp_path):
    """runbookctl with one."""
    return Ctl(daemon=start(local_house()), folder=tmp_path)


def test_check_names_every_file(local):
    out = local.run("check").splitlines()
    assert [line.split()[0] for line in out] == ["SUCCESS", "SUCCESS"]
    assert out[0].endswith("runbookd.yml") and out[1].endswith("rules/10-test.yml")
    document = local.json("check")
    assert document["ok"] is True and len(document["files"]) == 2 and document["errors"] == []


def test_check_reports_every_error_with_its_place(local):
    local.house.rules("rules:\n  - name: a\n    matchers: ['x=~\"(\"']\n  - name: b\n    nonsense: 1\n"
                      "  - name: c\n    repeat_interval: soon\n")
    out = local.run("check", status=1)
    assert "FAILED " + os.path.join(local.house.folder, "rules/10-test.yml") in out
    assert "SUCCESS " + local.house.file in out
    places = re.findall(r"10-test\.yml:(\d+):\d+: error: ", local.errors)
    assert set(places) >= {"3", "5", "7"}, local.errors
    assert local.json("check", status=1)["ok"] is False


def test_check_reports_every_error_of_all_files_at_once(local_house):
    """A name that is wrong in the catalog hides none that is wrong elsewhere."""
    rules = [{"name": "one", "matchers": ['a="b"'], "severity": "hgih", "mute": ["nihgt"]}, {"name": "one", "escalation": "creww"}]
    house = local_house(rules, catalog={"files": ["catalog.yml"]}, defaults={"receivers": ["onkall"]},
                        time_intervals=[{"name": "night", "time_intervals": [{"weekdays": ["sunday"]}]}])
    house.write("catalog.yml", {"severities": [{"name": "high", "escalation": "crwe", "receivers": ["onccall"]}],
                                "escalations": [{"name": "crew", "steps": [{"after": "5m", "notify": ["oncall"]}]}]})
    ctl = Ctl(house=house)
    ctl.run("check", status=1)
    for said in ('there is no escalation "crwe"; did you mean "crew"?', 'severity "hgih" does not exist; did you mean "high"?',
                 'time interval "nihgt" does not exist; did you mean "night"?', 'escalation "creww" does not exist; did you mean "crew"?',
                 "has the name of the rule at", 'receiver "onkall" does not exist; did you mean "oncall"?',
                 'receiver "onccall" does not exist; did you mean "oncall"?'):
        assert said in ctl.errors, (said, ctl.errors)


def test_check_names_a_page_by_a_path_that_opens(local_house, tmp_path):
    """From where the command runs, as an editor needs it; what is wrong with a page and what its index lacks alike."""
    runbooks = tmp_path / "runbooks"
    runbooks.mkdir()
    (runbooks / "README.md").write_text("# Runbooks\n\n## Escalation\n\n### P0 Escalation\n\n"
                                        "1. **Immediate**: Engineer\n2. **15 minutes**: Somebody Unknown\n")
    (runbooks / "Down.md").write_text("---\nreview: whenever we like\n---\n# Down\n")
    ctl = Ctl(local_house(catalog={"runbooks": str(runbooks)}), folder=tmp_path)
    ctl.run("check")
    lines = ctl.errors.splitlines()
    for page in (runbooks / "README.md", runbooks / "Down.md"):
        assert any(re.match(rf"{page}:\d+:(\d+:)? (error|warning): ", line) for line in lines), ctl.errors


def test_check_without_secrets_is_for_ci(local_house, recorder, tmp_path):
    receiver = {"name": "oncall", "pagerduty": {"routing_key_file": "absent.key", "url": recorder.url}}
    ctl = Ctl(local_house(receivers=[receiver]), folder=tmp_path)
    ctl.run("check", status=1)
    assert "absent.key" in ctl.errors
    ctl.run("check", "--no-secrets")


def test_explain_names_rule_and_place_of_every_field(local):
    document = local.json("explain", "alertname=Down", "job=x", "--annotation", "summary=it is down", "--all")
    plan = document["alerts"][0]
    assert {"fingerprint", "key", "labels", "page", "matched_rules", "fields", "skipped"} <= plan.keys()
    assert plan["fields"].keys() >= PLAN_FIELDS
    runbook = plan["fields"]["runbook"]
    assert runbook["value"] == "test/Down.md" and runbook["url"] == "https://wiki.test/runbooks/test/Down.md"
    assert runbook["source"] == "rule" and runbook["rule"] == "everything" and runbook["line"] > 0
    assert runbook["file"].endswith("10-test.yml")
    out = local.run("explain", "alertname=Down")
    assert "rule everything" in out and "10-test.yml:" in out


def test_explain_shows_what_a_source_does_to_labels(local_house, tmp_path):
    house = local_house([{"name": "eu", "matchers": ['cluster="eu1"'], "severity": "P1"}],
                        sources=[{"name": "east", "labels": {"cluster": "eu1"}, "drop_labels": ["replica"], "rename": {"k8s_ns": "namespace"}}])
    ctl = Ctl(house, folder=tmp_path)
    words = ("explain", "alertname=Down", "k8s_ns=shop")
    one, other = (ctl.json(*words, f"replica={n}", "--source=east")["alerts"][0] for n in "12")
    assert one == other and one["labels"] == {"alertname": "Down", "cluster": "eu1", "namespace": "shop"}
    assert one["source"] == {"name": "east", "added": ["cluster", "namespace"], "dropped": ["k8s_ns", "replica"],
                             "renamed": {"k8s_ns": "namespace"}, "relabelled": []}
    assert one["matched_rules"] == ["eu"]
    assert "source" not in ctl.json(*words, "replica=1")["alerts"][0]
    out = ctl.run(*words, "replica=1", "--source=east")
    assert "east; added cluster, namespace; dropped k8s_ns, replica; k8s_ns is namespace" in out


def test_explain_shows_each_step_of_relabel_configs(local_house, tmp_path):
    steps = [{"source_labels": ["instance"], "regex": "([^:]+):.*", "target_label": "host"},
             {"action": "labeldrop", "regex": "instance"}]
    house = local_house([{"name": "db", "matchers": ['host="db-1"'], "severity": "P1"}],
                        sources=[{"name": "east", "relabel_configs": steps, "labels": {"host": "none"}}])
    ctl = Ctl(house, folder=tmp_path)
    words = ("explain", "alertname=Down", "instance=db-1:9100", "--source=east")
    one = ctl.json(*words)["alerts"][0]
    assert one["labels"] == {"alertname": "Down", "host": "db-1"} and one["matched_rules"] == ["db"]
    changes = [(c["action"], c["label"], c["from"], c["to"]) for c in one["source"]["relabelled"]]
    assert changes == [("replace", "host", None, "db-1"), ("labeldrop", "instance", "db-1:9100", None)]
    assert 'replace: host is "db-1"' in ctl.run(*words) and "labeldrop: instance is gone" in ctl.run(*words)


def test_explain_all_names_every_rule_that_did_not_match(local):
    local.house.rules("""rules:
- {name: other, matchers: ['alertname="Up"'], severity: P2}
- {name: note, annotation_matchers: ['summary=~"disk.*"'], severity: P2}
- {name: winner, matchers: ['alertname="Down"'], severity: P1, page: false}
- {name: late, matchers: ['alertname=~"D.+"'], severity: P2}
- {name: later, matchers: ['job="x"'], severity: P2}
""")
    skipped = local.json("explain", "alertname=Down", "--all")["alerts"][0]["skipped"]
    assert [(s["rule"], s["line"], s["label"], s["value"], s["annotation"], s["behind"]) for s in skipped] == [
        ("other", 2, "alertname", "Down", False, None), ("note", 3, "summary", "", True, None),
        ("late", 5, None, None, False, "winner"), ("later", 6, "job", "", False, "winner")]
    out = local.run("explain", "alertname=Down", "--all")
    assert 'annotation summary=""' in out and "would match, behind winner" in out and "NOT REACHED" in out
    assert re.search(r"^page +no +rule winner, .*10-test\.yml:4$", out, re.M)


def test_explain_reads_alerts_and_webhook_bodies(local):
    webhook = json.dumps(body(alert("Down"), alert("Up")))
    assert len(local.json("explain", "--alert", "-", stdin=webhook)["alerts"]) == 2
    assert len(local.json("explain", "--alert=-", stdin='{"labels":{"alertname":"x"}}')["alerts"]) == 1
    local.run("explain", "--alert=-", stdin="{", status=1)
    local.run("explain", status=2)
    local.run("explain", "no-equals-sign", status=2)


def test_rule_tests_pass_and_fail(local, tmp_path):
    local.house.write("a_test.yml", TESTS)
    path = os.path.join(local.house.folder, "a_test.yml")
    out = local.run("test", path)
    assert out.count("PASS ") == 2 and out.splitlines()[-1] == "2 passed, 0 failed"
    local.house.write("a_test.yml", TESTS.replace("owner: crew", "owner: nobody"))
    junit = tmp_path / "report.xml"
    out = local.run("test", path, f"--junit={junit}", status=1)
    assert "FAIL " in out and "expected: nobody" in out and "actual:   crew" in out and "rule everything" in out
    assert out.splitlines()[-1] == "1 passed, 1 failed"
    suite = ElementTree.parse(junit).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    document = local.json("test", path, status=1)
    assert (document["passed"], document["failed"]) == (1, 1)


@pytest.mark.parametrize("text", ["", "tests: []\n", "tests:\n  - name: x\n", "tests: 1\n",
                                  TESTS.replace("reason: repeat", "raison: repeat")])
def test_a_rule_test_file_that_tests_nothing_fails(local, text):
    local.house.write("a_test.yml", text)
    out = local.run("test", os.path.join(local.house.folder, "a_test.yml"), status=1)
    assert "FAIL " in out


def test_rule_tests_know_time(local):
    local.house.rules([{"name": "patient", "matchers": ['alertname=~".+"'], "severity": "P1", "resolve_hold": "10m",
                        "repeat_interval": "1h"}])
    local.house.write("a_test.yml", """
tests:
  - name: a re-fire inside the hold is flapping, one after it is new
    sequence:
      - {at: 0s, alert: {labels: {alertname: Down}}, expect: {verdict: page, reason: new}}
      - {at: 1m, alert: {labels: {alertname: Down}, status: resolved}, expect: {verdict: resolve}}
      - {at: 5m, alert: {labels: {alertname: Down}}, expect: {verdict: deduplicate, reason: flapping}}
      - {at: 6m, alert: {labels: {alertname: Down}, status: resolved}, expect: {verdict: resolve}}
      - {at: 30m, alert: {labels: {alertname: Down}}, expect: {verdict: page}}
      - {at: 95m, alert: {labels: {alertname: Down}}, expect: {verdict: remind, reason: repeat_interval}}
""")
    local.run("test", os.path.join(local.house.folder, "a_test.yml"))


def test_send_prints_the_decision_of_each_alert(remote):
    value = json.dumps(body(alert("Down", instance="a"), alert("Down", instance="b")))
    data = remote.json("send", "-", stdin=value)
    assert data["received"] == 2
    assert all({"fingerprint", "key", "rule", "verdict", "reason"} == d.keys() for d in data["decisions"])
    out = remote.run("send", "-", stdin=value)
    assert "deduplicate" in out and data["decisions"][0]["key"] in out
    remote.run("send", "-", stdin="{", status=1)
    assert "answered 400" in remote.errors


def test_incidents_list_show_and_operate(remote, recorder):
    starts = now() - 3 * 3600
    key = remote.json("send", "-", stdin=json.dumps(body(alert("Down", starts=starts, job="web"))))["decisions"][0]["key"]
    wait_until(recorder.triggers, 10, "the page")
    wait_until(lambda: remote.json("incidents")["incidents"][0]["deliveries"][0]["told"] == "firing", 10, "told")
    listed = remote.json("incidents", "list", 'job="web"', "--state=firing", "--owner=crew", "--severity=P1")
    assert listed.keys() >= {"incidents", "cursor"}
    incident = listed["incidents"][0]
    assert incident.keys() >= INCIDENT and incident["deliveries"][0].keys() >= DELIVERY
    assert remote.json("incidents", "job=other")["incidents"] == []
    table = remote.run("incidents", "list")
    assert key[:12] in table and "oncall" in table
    assert "SINCE" in table and re.search(r"\b3h ago", table)  # its alert says so; runbookd has known for a moment
    shown = remote.json("incidents", "show", key[:8])
    assert shown["key"] == key and shown.keys() >= INCIDENT | {"member_list", "previous", "timeline"}
    assert {"fingerprint", "labels", "status", "starts_at"} <= shown["member_list"][0].keys()
    assert {"at", "what", "detail"} <= shown["timeline"][0].keys()
    remote.run("incidents", "ack", key, "--by=ada", "--note=on it")
    shown = remote.run("incidents", "show", key)
    assert "acknowledged" in shown and "ada" in shown and "on it" in shown
    assert re.search(r"^since .*\(3h ago\)", shown, re.M) and re.search(r"^opened ", shown, re.M)
    remote.run("incidents", "unack", key)
    remote.run("incidents", "resolve", key)
    assert remote.json("incidents")["incidents"] == []
    assert remote.json("incidents", "list", "--state=resolved")["incidents"][0]["key"] == key
    remote.run("incidents", "ack", "f" * 32, status=1)
    remote.run("incidents", "frobnicate", key, status=2)
    remote.run("incidents", "ack", status=2)


def test_noise_and_status(remote):
    remote.run("send", "-", stdin=json.dumps(body(alert("Loud"))))
    noise = remote.json("noise", "--since=1d", "--by=owner")
    assert {"since", "until", "by", "rows"} <= noise.keys()
    assert noise["rows"][0].keys() >= {"name", "received", "pages", "night_pages", "reminders", "deduplicated", "suppressed",
                                       "flaps", "acknowledged", "self_resolved", "seconds_to_acknowledge",
                                       "seconds_to_resolve", "suggestion"}
    assert noise["rows"][0]["name"] == "crew" and "crew" in remote.run("noise", "--by=owner")
    status = remote.json("status")
    assert {"version", "uptime_seconds", "config_hash", "rules", "runbooks", "stores", "receivers"} <= status.keys()
    assert "sqlite" in remote.run("status")


def test_the_daemon_is_found_by_flag_environment_and_file(remote, tmp_path):
    url = remote.env.pop("RUNBOOKD_URL")
    remote.run("--url", "http://127.0.0.1:1", "status", status=1)
    remote.run(f"--url={url}/", "status")
    folder = tmp_path / ".config" / "runbookctl"
    folder.mkdir(parents=True)
    (folder / "config.yml").write_text(f"url: {url}\n")
    remote.run("status")
    (folder / "config.yml").write_text("uri: x\n")
    remote.run("status", status=2)
    assert re.search(r"config\.yml:1:\d+: error: ", remote.errors)


@pytest.mark.parametrize("words,meant", [("store drian", "drain"), ("receivers lst", "list"), ("completion fissh", "fish"),
                                         ("incidents akc k", "ack"), ("catalog ownrs", "owners")])
def test_a_slip_in_a_commands_word_names_it_and_the_one_that_was_meant(local, words, meant):
    local.run(*words.split(), status=2)
    assert f"'{words.split()[1]}' is unknown, did you mean {meant}? usage: runbookctl " in local.errors


def test_usage(local):
    local.run("--help")
    for name in ("check", "coverage", "explain", "test", "lint", "send", "incidents", "noise", "status"):
        assert f"usage: runbookctl {name}" in local.run(name, "--help")
    assert re.fullmatch(r"runbookctl \d+\.\d+\.\d+ \(([0-9a-f]{7,40}|unknown)\)\n", local.run("--version"))
    for args in ((), ("frobnicate",), ("--frob", "status"), ("status", "word"), ("-o", "xml", "status"), ("send",), ("test",)):
        local.run(*args, status=2)
        assert "error: " in local.errors
    local.run("frobnicate", status=2)
    assert "explain, test" in local.errors


def test_labels_cannot_command_the_terminal(remote):
    remote.run("send", "-", stdin=json.dumps(body(alert("Down", evil="a\x1b[2Jb\u009bc"))))
    key = remote.json("incidents")["incidents"][0]["key"]
    shown = remote.run("incidents", "show", key)
    assert "\x1b" not in shown and "\u009b" not in shown and "a?[2Jb?c" in shown
