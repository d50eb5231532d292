"""runbookctl catalog: what was understood of a runbook folder; and a folder alone that routes and pages."""

import json
import os
import shutil
import subprocess

import pytest

from harness import Ctl, alert, body, wait_until

INDEX = """# Runbooks

**Owner**: Platform Team
**Last Updated**: March 2026
**Review Cycle**: Monthly

## Severity Levels

| Severity | Description | Response Time | Resolution Target |
|---|---|---|---|
| P0 (Critical) | everything is down | 15 minutes | 4 hours |
| P3 (Low) | can wait | Next business day | |

## Runbook Index

### Disks

| Runbook | Severity | Estimated Time | Approval Required | Description |
|---|---|---|---|---|
| [Disk full](disk-full.md) | P0 | 5-15 minutes | Duty manager | no space |
| [Disk slow](missing/disk-slow.md) | P3 | Varies | None | long queues |

## Escalation Path

```
P0 Escalation
  0-15 min  | On-call Engineer
  15+ min   | Duty manager + Team Lead
```

## Contact Information

| Role | Primary | Backup | Method |
|---|---|---|---|
| On-call Engineer | rotation | - | pager |
| Duty manager | @duty | @deputy | phone |
"""
RUNBOOK = "# Disk full\n\n- **Alert**: `StorageExhausted`\n- **Owner**: Storage Team\n\n**Owner**: Storage Team\n\n## Steps\n\nLook.\n"
KEYS = {"owner", "last_updated", "review", "severities", "runbooks", "planned", "owners", "contacts", "escalations", "links",
        "sections", "templates", "policies"}


@pytest.fixture
def folder_house(local_house):
    """A house whose only word on routing is a folder of Markdown."""
    house = local_house(rules=[], catalog={"runbooks": "runbooks"})
    os.makedirs(os.path.join(house.folder, "runbooks"))
    house.write("runbooks/README.md", INDEX)
    house.write("runbooks/disk-full.md", RUNBOOK)
    return house


def without_positions(value, *more):
    if isinstance(value, list):
        return [without_positions(v, *more) for v in value]
    if isinstance(value, dict):
        return {k: without_positions(v, *more) for k, v in value.items() if k not in ("file", "line", *more)}
    return value


def test_everything_with_its_position(folder_house):
    data = Ctl(folder_house).json("catalog")
    assert data.keys() >= KEYS
    assert data["owner"] == "Platform Team" and data["last_updated"] == "2026-03" and data["review_text"] == "Monthly"
    p0, p3 = data["severities"]
    assert (p0["name"], p0["words"], p0["response"], p0["resolution"]) == ("P0", "Critical", "15m", "4h")
    assert p0["file"].endswith("README.md") and p0["line"] == 11
    assert p3["response"] is None and p3["response_text"] == "Next business day"
    full, slow = data["runbooks"]
    assert full["exists"] and full["severity"] == ["P0"] and full["alerts"] == ["StorageExhausted"]
    assert full["estimated_time"] == "5-15 minutes" and full["approval"] == "Duty manager" and full["line"] == 20
    assert full["owner"] == "Storage Team" and full["category"] == "Disks"
    assert not slow["exists"] and slow["path"] == "missing/disk-slow.md"
    assert {o["name"] for o in data["owners"]} == {"Platform Team", "Storage Team"}
    steps = data["escalations"][0]["steps"]
    assert data["escalations"][0]["severity"] == "P0"
    assert steps == [{"after": "0s", "notify": ["On-call Engineer"]}, {"after": "15m", "notify": ["Duty manager", "Team Lead"]}]


def test_kinds_as_tables_and_as_json(folder_house):
    ctl = Ctl(folder_house)
    for kind in ("severities", "runbooks", "owners", "contacts", "escalations", "policies"):
        assert "WHERE" in ctl.run("catalog", kind)
        assert ctl.json("catalog", kind).keys() == {kind}
    assert "README.md:20" in ctl.run("catalog", "runbooks")
    ctl.run("catalog", "everything", status=2)


def test_an_export_says_the_same(folder_house):
    ctl = Ctl(folder_house)
    before = ctl.json("catalog")
    folder_house.write("exported.yml", ctl.run("catalog", "export"))
    config = json.load(open(folder_house.file, encoding="utf-8"))
    for catalog, ignored in (({"runbooks": "runbooks", "files": ["exported.yml"]}, ()),
                             ({"files": ["exported.yml"]}, ("exists", "anchor_exists", "hints"))):
        folder_house.write("runbookd.yml", dict(config, catalog=catalog))
        assert without_positions(ctl.json("catalog"), *ignored) == without_positions(before, *ignored)


def test_another_page_as_index(folder_house):
    os.rename(os.path.join(folder_house.folder, "runbooks/README.md"), os.path.join(folder_house.folder, "runbooks/start.md"))
    ctl = Ctl(folder_house)
    assert ctl.json("catalog")["severities"] == []
    config = json.load(open(folder_house.file, encoding="utf-8"))
    config["catalog"]["index"] = "start.md"
    folder_house.write("runbookd.yml", config)
    assert len(ctl.json("catalog")["severities"]) == 2
    config["catalog"]["index"] = "none.md"
    folder_house.write("runbookd.yml", config)
    ctl.run("catalog", status=1)
    assert "none.md" in ctl.errors


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_a_page_without_a_date_has_that_of_its_last_commit(folder_house):
    env = dict(os.environ, GIT_AUTHOR_DATE="2026-04-05T12:00:00Z", GIT_COMMITTER_DATE="2026-04-05T12:00:00Z",
               GIT_CONFIG_GLOBAL=os.devnull)
    for command in (["init", "-q"], ["add", "runbooks"],
                    ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *command], cwd=folder_house.folder, env=env, check=True)
    full = Ctl(folder_house).json("catalog")["runbooks"][0]
    assert full["last_updated"] == "2026-04-05"


def test_a_folder_alone_routes_and_pages(folder_house, start, recorder):
    daemon = start(folder_house)
    Ctl(daemon=daemon).run("send", "-", stdin=json.dumps(body(alert("StorageExhausted", instance="a"))))
    wait_until(recorder.triggers, 10, "the page")
    incident = Ctl(daemon=daemon).json("incidents")["incidents"][0]
    assert incident["severity"] == "P0" and incident["owner"] == "Storage Team"
    assert incident["runbook"]["path"] == "disk-full.md" and incident["runbook"]["title"] == "Disk full"
    assert incident["runbook"]["estimated_time"] == "5-15 minutes" and incident["runbook"]["approval"] == "Duty manager"
    assert incident["response_due"] and incident["resolution_due"]
    assert incident["escalation"]["first"] == {"after": "0s", "notify": ["On-call Engineer"]}
    details = recorder.triggers()[0].body["payload"]["custom_details"]
    assert details["approval"] == "Duty manager" and details["escalation"] == incident["escalation"]


def test_a_deadline_on_the_next_business_day(folder_house, start, recorder):
    daemon = start(folder_house)
    Ctl(daemon=daemon).run("send", "-", stdin=json.dumps(body(alert("CanWait", severity="P3"))))
    wait_until(recorder.triggers, 10, "the page")
    due = Ctl(daemon=daemon).json("incidents")["incidents"][0]["response_due"]
    assert due.endswith("T09:00:00Z")


def test_other_endings_are_read_and_other_languages_named(folder_house):
    ctl = Ctl(folder_house)
    os.makedirs(os.path.join(folder_house.folder, "runbooks/dns"))
    names = {"mail.markdown", "web.mdx", "search.html.md.erb", "dns/index.md"}
    for name in names:
        folder_house.write("runbooks/" + name, "# Mail\n\nText.\n")
    folder_house.write("runbooks/old.rst", "Old\n===\n")
    assert names <= {r["path"] for r in ctl.json("catalog")["runbooks"]}
    unread = [f for f in ctl.json("lint", status=1)["findings"] if f["code"] == "unread-page"]
    assert [f["file"] for f in unread] == [os.path.join(folder_house.folder, "runbooks/old.rst")] and "reStructuredText" in unread[0]["message"]


def test_an_unknown_severity_is_said_to_be_unknown(folder_house):
    ctl = Ctl(folder_house)
    severity = ctl.json("explain", "alertname=A", "severity=page-database")["alerts"][0]["fields"]["severity"]
    assert (severity["value"], severity["unknown"]) == ("P0", "page-database")
    assert 'the label\'s "page-database" is not known, taken as P0' in ctl.run("explain", "alertname=A", "severity=page-database")
    known = ctl.json("explain", "alertname=A", "severity=warning")["alerts"][0]["fields"]["severity"]
    assert (known["value"], known["unknown"]) == ("P2", None)  # the page defines P0 and P3


@pytest.mark.parametrize("defined, label, means", [
    (["Critical", "Warning", "Info"], "P0", "Critical"),
    (["Critical", "Warning", "Info"], "P2", "Warning"),
    (["Critical", "Warning", "Info"], "sev3", "Info"),
    (["Red", "Orange", "Yellow"], "P1", "Orange"),
    (["Severity 1", "Severity 2"], "sev1", "Severity 1"),
    (["Sev 1", "Sev 2"], "P2", "Sev 2"),
])
def test_a_number_means_its_rank_among_the_words_of_the_page(folder_house, start, recorder, defined, label, means):
    folder_house.write("runbooks/README.md", "# Runbooks\n\n## Severity levels\n\n" + "".join(f"- {n}: x, 15 min\n" for n in defined))
    daemon = start(folder_house)
    Ctl(daemon=daemon).run("send", "-", stdin=json.dumps(body(alert("Anything", severity=label))))
    wait_until(recorder.triggers, 10, "the page")
    assert Ctl(daemon=daemon).json("incidents")["incidents"][0]["severity"] == means


def test_a_step_without_a_time_has_none(folder_house):
    folder_house.write("runbooks/README.md", INDEX.replace("  15+ min   | Duty manager + Team Lead", "  15+ min   | Duty manager").replace(
        "## Contact Information", "## Escalation\n\nP3: On-call Engineer \u2192 Duty manager\n\n## Contact Information"))
    steps = Ctl(folder_house).json("explain", "alertname=A", "severity=P3")["alerts"][0]["fields"]["escalation"]["steps"]
    assert steps == [{"after": None, "notify": ["On-call Engineer"]}, {"after": None, "notify": ["Duty manager"]}]


def test_a_folder_stands_for_its_page(folder_house):
    os.makedirs(os.path.join(folder_house.folder, "runbooks/cache"))
    folder_house.write("runbooks/cache/README.md", "# Cache\n\n## Full\n\nEmpty it.\n")
    folder_house.rules([{"name": "cache", "matchers": ['alertname="Slow"'], "runbook": "cache/#full"}])
    ctl = Ctl(folder_house)

    def runbook(*args):
        return ctl.json("explain", *args)["alerts"][0]["fields"]["runbook"]

    assert (runbook("alertname=Slow")["value"], runbook("alertname=Slow")["exists"]) == ("cache/README.md#full", True)
    assert runbook("alertname=Cache")["value"] == "cache/README.md"
    assert runbook("alertname=X", "--annotation", "runbook=ops/cache/README.md#full")["value"] == "cache/README.md#full"
    assert runbook("alertname=X", "--annotation", "runbook=README.md#contact-information")["value"] == "README.md#contact-information"


def test_a_warning_begins_with_the_place_that_editors_jump_to(local_house):
    house = local_house()
    house.write("runbookd.yml", json.dumps({"rule_files": ["none/*.yml"], "store": {"sqlite": {"path": "data/r.db"}}}))
    ctl = Ctl(house=house)
    ctl.run("catalog")
    assert ctl.errors.splitlines() and all(l.startswith(f"{house.folder}/runbookd.yml:1:") for l in ctl.errors.splitlines()), ctl.errors
