"""runbookctl lint: what it finds, how it is silenced, what it exits with; and test --coverage."""

import json
import os

import pytest

from harness import Ctl, alert, body

RULES = """rules:
- name: everything
  matchers: ['alertname=~".+"']
  severity: P1
- name: dead
  matchers: ['alertname="Down"']
  severity: P2
  owner: crew
"""
DEAD = "unreachable-rule"
SHAPE = {"code", "level", "file", "line", "column", "message", "other"}


@pytest.fixture
def house(local_house):
    return make(local_house)


def make(local_house, rules=RULES, **over):
    h = local_house(rules, catalog={"files": ["catalog.yml"]}, **over)
    h.write("catalog.yml", {"owners": [{"name": "crew"}, {"name": "other"}]})
    return h


@pytest.fixture
def ctl(house, tmp_path):
    return Ctl(house, folder=tmp_path)


def findings(ctl, *args, status=0):
    found = ctl.json("lint", *args, status=status)["findings"]
    assert all(SHAPE <= f.keys() for f in found)
    return found


def codes(ctl, *args, status=0):
    return [f["code"] for f in findings(ctl, *args, status=status)]


def test_a_finding_has_both_positions(ctl):
    found, = findings(ctl, status=1)
    assert (found["code"], found["level"], found["line"], found["column"]) == (DEAD, "error", 5, 3)
    assert found["file"].endswith("rules/10-test.yml")
    assert found["other"] == {"file": found["file"], "line": 2}
    assert "dead" in found["message"] and "everything" in found["message"]


def test_text_is_what_editors_jump_to(ctl):
    out = ctl.run("lint", status=1).splitlines()
    assert out[0].endswith(f"[{DEAD}]") and "rules/10-test.yml:5:3: error: rule \"dead\"" in out[0]
    assert out[1].strip().endswith("rules/10-test.yml:2: see here")
    assert out[-1] == "1 error, 0 warnings, 0 hints"


def test_the_level_that_fails_is_chosen(ctl, house):
    house.rules(RULES.replace("- name: dead", "  continue: true\n- name: dead").replace("owner: crew", "repeat_interval: 1h"))
    assert codes(ctl) == ["shadowed-field"]
    assert codes(ctl, "--fail-on=warning", status=1) == ["shadowed-field"]
    ctl.run("lint", "--fail-on=hint", status=2)
    ctl.run("lint", "word", status=2)


def test_sarif(ctl, tmp_path):
    document = json.loads(ctl.run("lint", "-o", "sarif", status=1))
    assert document["version"] == "2.1.0"
    run, = document["runs"]
    result, = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == DEAD
    place = result["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 5, "startColumn": 3} and place["artifactLocation"]["uri"].endswith("10-test.yml")
    assert result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 2
    assert "baselineState" not in result
    ctl.run("check", "-o", "sarif", status=2)
    ctl.run("lint", "--write-baseline", str(tmp_path / "known"))
    known = json.loads(ctl.run("lint", "-o", "sarif", f"--baseline={tmp_path}/known"))
    assert known["runs"][0]["results"][0]["baselineState"] == "unchanged"


def test_known_findings_do_not_fail_wherever_they_move(ctl, house, tmp_path):
    known = str(tmp_path / "known.json")
    ctl.run("lint", "--write-baseline", known)
    house.rules("# a comment\n\n" + RULES)
    out = ctl.run("lint", "--baseline", known)
    assert out == "0 errors, 0 warnings, 0 hints, 1 known\n"
    assert [f["known"] for f in findings(ctl, "--baseline", known)] == [True]
    house.rules(RULES + "- {name: another, matchers: ['alertname=\"Up\"'], severity: P1}\n")
    out = ctl.run("lint", "--baseline", known, status=1)
    assert "another" in out and '"dead"' not in out and "1 known" in out
    ctl.run("lint", "--baseline", str(tmp_path / "missing"), status=1)
    house.write("broken", "{}")
    ctl.run("lint", "--baseline", os.path.join(house.folder, "broken"), status=1)
    assert "not a baseline" in ctl.errors


def test_a_mistyped_label_is_found_where_alerts_are_known(ctl, house, tmp_path):
    """Any label may exist: without alerts to go by nothing is said."""
    house.rules("rules:\n- {name: grave, matchers: ['sevrity=\"page\"'], group_by: [clutser], severity: P1}\n")
    assert codes(ctl) == []
    house.write("alerts.yml", "groups: [{name: g, rules: [{alert: A, expr: sum by (cluster) (up) == 0, labels: {severity: page}}]}]")
    found = findings(ctl, "--rules", os.path.join(house.folder, "alerts.yml"))
    assert [(f["code"], f["line"], "sevrity" in f["message"]) for f in found] == [("unseen-label", 2, True), ("unseen-label", 2, False)]
    assert 'did you mean "severity"?' in found[0]["message"] and 'did you mean "cluster"?' in found[1]["message"]
    line = {"verdict": "page", "reason": "new", "labels": {"alertname": "A", "severity": "page", "clutser": "eu"}}
    journal = tmp_path / "j.jsonl"
    journal.write_text(json.dumps(line) + "\n")
    assert [f["level"] for f in findings(ctl, "--journal", str(journal))] == ["hint"], "one alert says little"
    journal.write_text((json.dumps(line) + "\n") * 20)
    found = findings(ctl, "--journal", str(journal))
    assert [(f["level"], "sevrity" in f["message"]) for f in found] == [("warning", True)], "clutser has come: it is a label"


def test_ignoring_in_place_wants_a_reason(ctl, house):
    house.rules(RULES.replace("- name: dead", f"# lint:ignore {DEAD} the audit wants it to stay\n- name: dead"))
    assert codes(ctl) == []
    house.rules(RULES.replace("- name: dead", f"# lint:ignore {DEAD}\n- name: dead"))
    assert codes(ctl, status=1) == ["ignore-without-reason", DEAD]


def test_a_team_looks_at_its_own(ctl, house):
    house.rules(RULES + "- {name: theirs, matchers: ['alertname=\"Up\"'], owner: other}\n")
    assert len(findings(ctl, status=1)) == 2
    assert [f["owner"] for f in findings(ctl, "--owner=CREW", status=1)] == ["crew"]
    assert findings(ctl, "--owner=nobody") == []


def test_what_cannot_be_loaded_is_a_finding_among_others(ctl, house):
    house.rules(RULES + "- {name: odd, matchers: ['x=\"1\"'], severity: P77, receivers: [nobody], runbook: missing.md}\n")
    house.rules("rules:\n- {name: broken, severty: P1}\n", name="20-broken.yml")
    found = findings(ctl, status=1)
    assert [(f["code"], f["line"]) for f in found] == [
        (DEAD, 5), ("unknown-severity", 9), ("unknown-receiver", 9), ("unknown-runbook", 9),
        ("load-error", 2)]
    broken = next(f for f in found if f["code"] == "load-error")
    assert broken["file"].endswith("20-broken.yml") and (broken["line"], broken["column"]) == (2, 18)
    assert "severty" in broken["message"] and "error:" not in broken["message"]
    assert "load-error" in codes(ctl, "--owner=crew", status=1)


def test_no_receiver_is_called_unknown_while_receivers_have_mistakes(ctl, house):
    text = json.load(open(house.file, encoding="utf-8"))
    text["receivers"].append({"name": "x", "frobnicate": {}})
    house.write("runbookd.yml", text)
    house.rules("rules: [{name: a, matchers: ['x=\"1\"'], receivers: [x]}]")
    assert set(codes(ctl, status=1)) == {"load-error"}


def test_a_configuration_that_is_no_yaml_is_one_finding(ctl, house):
    house.write("runbookd.yml", "a: [\n")
    assert codes(ctl, status=1) == ["load-error"]


def line(labels, n=1):
    return (json.dumps({"at": "2026-01-05T09:00:00Z", "labels": labels, "annotations": {}}) + "\n") * n


def test_a_journal_is_evidence(ctl, house):
    house.rules("""rules:
- {name: one, matchers: ['alertname=~"A|B"'], severity: P1}
- {name: two, matchers: ['job="x"'], severity: P2}
""")
    assert codes(ctl) == []
    folder = os.path.join(house.folder, "journal")
    os.mkdir(folder)
    house.write("journal/2026-01-05.jsonl", line({"alertname": "A", "job": "x"}, 7) + line({"alertname": "B", "job": "x"}, 5))
    for where in (folder, os.path.join(folder, "*.jsonl")):
        hint, = findings(ctl, "--journal", where, "--fail-on=warning")
        assert (hint["code"], hint["level"], hint["line"]) == ("never-won", "hint", 3)
        assert hint["message"] == 'rule "two" matched 12 times, rule "one" always won'
    house.write("journal/2026-01-06.jsonl", line({"alertname": "C", "job": "x"}) + "torn{\n")
    assert codes(ctl, "--journal", folder) == []
    assert "1 lines of the journal hold no alert" in ctl.errors
    ctl.run("lint", "--journal", os.path.join(house.folder, "nowhere*"), status=1)


def test_the_journal_of_a_real_daemon_is_understood(local_house, start, tmp_path):
    h = make(local_house, """rules:
- {name: one, matchers: ['alertname=~"A|B"'], severity: P1}
- {name: two, matchers: ['job="x"'], severity: P2}
""", journal={"path": "journal"})
    d = start(h)
    for i in range(11):
        d.send(body(alert("A", job="x", instance=str(i))))
    d.finish()
    ctl = Ctl(h, folder=tmp_path)
    hint, = findings(ctl, "--journal", os.path.join(h.folder, "journal"))
    assert hint["message"] == 'rule "two" matched 11 times, rule "one" always won'


def test_definitions_that_flap_by_themselves_are_findings(ctl, house, tmp_path):
    rules = tmp_path / "defs" / "x.yml"
    rules.parent.mkdir()
    rules.write_text("groups:\n- rules:\n  - {alert: Twice, expr: a > 1, for: 5m}\n  - {alert: Twice, expr: b > 1}\n")
    found = {f["code"]: f for f in findings(ctl, "--rules", str(rules.parent), status=1)}
    assert (found["same-labels"]["line"], found["same-labels"]["other"]["line"]) == (4, 3)
    assert found["restart-refires"]["file"] == str(rules) and "resolve_hold: 3m" in found["restart-refires"]["message"]
    ctl.run("lint", "--rules", str(tmp_path / "none"), status=1)
    assert "there is no such file" in ctl.errors


def test_the_codes_are_documented(ctl):
    out = ctl.run("lint", "--help")
    for code in (DEAD, "contradictory-matchers", "duplicate-rule", "shadowed-rule", "never-won", "ignore-without-reason"):
        assert code in out


# ---- test --coverage ----

TESTS = """
tests:
  - name: what is down
    alert: {labels: {alertname: Down}}
    expect: {rule: down}
"""
COVERED = """rules:
- {name: down, matchers: ['alertname="Down"'], severity: P1}
- {name: up, matchers: ['alertname="Up"'], severity: P1}
- {name: both, matchers: ['alertname=~"Down|Up"'], severity: P1}
"""


def test_coverage_names_rules_that_no_test_reaches(ctl, house):
    house.rules(COVERED)
    house.write("a_test.yml", TESTS)
    path = os.path.join(house.folder, "a_test.yml")
    assert "reached" not in ctl.run("test", path)
    out = ctl.run("test", "--coverage", path).splitlines()
    assert out[-1] == "1 passed, 0 failed"
    assert out[-4] == "1 of 3 rules reached by tests; not reached:"
    assert "10-test.yml:3" in out[-3] and out[-3].split()[-1] == "up"
    assert "10-test.yml:4" in out[-2] and out[-2].split()[-1] == "both"
    document = ctl.json("test", "--coverage", path)
    assert {"rules": 3, "reached": 1}.items() <= document["coverage"].items()
    assert [(r["rule"], r["line"]) for r in document["coverage"]["unreached"]] == [("up", 3), ("both", 4)]
    assert "coverage" not in ctl.json("test", path)


def test_coverage_counts_every_step_of_every_file(ctl, house):
    house.rules(COVERED.replace("'alertname=\"Down\"'], severity: P1", "'alertname=\"Down\"'], severity: P1, continue: true"))
    house.write("a_test.yml", """
tests:
  - name: two steps
    sequence:
      - {at: 0s, alert: {labels: {alertname: Down}}, expect: {verdict: page}}
      - {at: 1m, alert: {labels: {alertname: Other}}, expect: {verdict: page}}
""")
    house.write("b_test.yml", "tests: [{name: up, alert: {labels: {alertname: Up}}, expect: {rule: up}}]")
    paths = [os.path.join(house.folder, name) for name in ("a_test.yml", "b_test.yml")]
    assert [r["rule"] for r in ctl.json("test", "--coverage", paths[0])["coverage"]["unreached"]] == ["up"]
    document = ctl.json("test", "--coverage", *paths)
    assert (document["coverage"]["reached"], document["coverage"]["unreached"]) == (3, [])
    assert "3 of 3 rules reached by tests" in ctl.run("test", "--coverage", *paths)


def test_coverage_knows_the_rules_of_test_files(ctl, house):
    """Tests may bring rule files of their own, also such as the configuration does not name."""
    house.rules(COVERED)
    house.write("own.yml", "rules: [{name: own, matchers: ['alertname=\"Down\"']}, {name: lost, matchers: ['x=\"1\"']}]")
    house.write("a_test.yml", "rule_files: [own.yml]\n" + TESTS.replace("rule: down", "rule: own"))
    unreached = ctl.json("test", "--coverage", os.path.join(house.folder, "a_test.yml"))["coverage"]["unreached"]
    assert [r["rule"] for r in unreached] == ["down", "up", "both", "lost"]
