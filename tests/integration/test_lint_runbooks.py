"""runbookctl lint, the part about the runbook folder: one fault at a time in a folder that has none."""

import json
import os
import subprocess

import pytest

from harness import Ctl
from harness.daemon import BIN

INDEX = """# Runbooks

**Owner**: Harbour Crew
**Last Updated**: 2026-03-01
**Review Cycle**: Quarterly

## Index

| Runbook | Severity | Approval Required |
|---|---|---|
| [Crane stuck](crane.md) | P1 | Harbour Master |
| [Lock gate](lock.md#open-the-gate) | P2 | None |

## Severity Levels

| Severity | Description | Response Time |
|---|---|---|
| P1 | Ships wait | 10 minutes |
| P2 | Ships will wait | 2 hours |

## Contacts

| Role | Primary | Method |
|---|---|---|
| Harbour Master | @master | phone |
| Foreman | @foreman | phone |

## Escalation Path

```
P1 Escalation
0-15 min   |  Foreman
15+ min    |  Harbour Master

P2 Escalation
0-30 min   |  Foreman
30+ min    |  Harbour Master
```

## Required Sections

Every runbook must include:

1. **Symptoms**: what is seen
2. **Verification**: how one knows that it is over
"""
PAGE = """# %s

**Severity**: %s
**Last Updated**: 2026-03-01

## Symptoms

It creaks.

## Open the gate

Turn the wheel.

## Verification

It is quiet.
"""
CRANE, LOCK = PAGE % ("Crane stuck", "P1"), PAGE % ("Lock gate", "P2")
AS_OF = "--as-of=2026-04-01"


@pytest.fixture
def house(local_house, tmp_path):
    h = local_house([], catalog={"runbooks": "pages", "files": ["catalog.yml"]})
    h.write("catalog.yml", {"contacts": [{"role": role, "receivers": ["oncall"]} for role in ("Harbour Master", "Foreman")]})
    os.makedirs(os.path.join(h.folder, "pages"))
    for name, text in (("README.md", INDEX), ("crane.md", CRANE), ("lock.md", LOCK)):
        h.write(f"pages/{name}", text)
    return h


def lint(house, *args):
    """(code, level, file, line) of each finding, and the messages."""
    done = subprocess.run([os.path.join(BIN, "runbookctl"), f"--config.file={house.file}", "lint", "-o", "json",
                           *(args or (AS_OF,))], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode in (0, 1) and b"Sanitizer" not in done.stderr, done.stderr
    found = json.loads(done.stdout)["findings"]
    assert (done.returncode == 1) == any(f["level"] == "error" for f in found)
    return ([(f["code"], f["level"], os.path.basename(f["file"]), f["line"]) for f in found],
            "\n".join(f["message"] for f in found))


def test_a_good_folder_has_no_finding(house):
    assert lint(house) == ([], "")


def test_a_section_takes_its_own_time(house):
    timed = LOCK.replace("**Severity**: P2", "**Severity**: P2\n**Estimated Time**: 2 hours")
    assert timed != LOCK
    index = (INDEX.replace("| Approval Required |\n|---|---|---|", "| Approval Required | Estimated Time |\n|---|---|---|---|")
             .replace("| P2 | None |", "| P2 | None | 10 minutes |").replace("| P1 | Harbour Master |", "| P1 | Harbour Master | |"))
    house.write("pages/README.md", index)
    house.write("pages/lock.md", timed)
    assert lint(house) == ([], "")
    house.write("pages/README.md", index.replace("lock.md#open-the-gate", "lock.md"))
    assert [code for code, *_ in lint(house)[0]] == ["contradiction"]


# What is written instead of what into which page, and the one finding that comes of it.
FAULTS = {
    "dead link": ("crane.md", "It creaks.", "See [more](more.md).", ("dead-link", "error", 8), "more.md"),
    "link out of the folder": ("crane.md", "It creaks.", "[x](../x/y.md)", ("dead-link", "hint", 8), "leaves"),
    "dead wiki link, and no other": ("crane.md", "It creaks.", "See [[Winch]].", ("dead-link", "hint", 8), "Winch"),
    "dead wiki link": ("crane.md", "It creaks.", "[[lock]]\n\n[[Winch]]", ("dead-link", "error", 10), "Winch"),
    "dead anchor of a wiki link": ("crane.md", "It creaks.", "[[Lock#Opening|x]]", ("dead-anchor", "warning", 8), "Opening"),
    "from the top": ("crane.md", "It creaks.", "[x](docs/pages/lock.md)", ("dead-link", "hint", 8), "lock.md"),
    "dead anchor": ("crane.md", "It creaks.", "[x](lock.md#opening)", ("dead-anchor", "warning", 8), "#opening"),
    "dead anchor at home": ("crane.md", "It creaks.", "[x](#gone)", ("dead-anchor", "warning", 8), "#gone"),
    "case of a file": ("crane.md", "It creaks.", "[x](Lock.md)", ("case-mismatch", "warning", 8), "lock.md"),
    "case of an anchor": ("crane.md", "It creaks.", "[x](lock.md#Symptoms)", ("case-mismatch", "warning", 8), "#symptoms"),
    "missing section": ("lock.md", "## Verification", "## Afterwards", ("missing-section", "warning", 1), "Verification"),
    "near miss": ("lock.md", "## Verification", "## Verification Checklist", ("missing-section", "hint", 14),
                  "Verification Checklist"),
    "empty section": ("lock.md", "Turn the wheel.\n", "", ("empty-section", "warning", 10), "Open the gate"),
    "todo": ("lock.md", "Turn the wheel.", "- TODO: ask", ("placeholder", "warning", 12), "TODO"),
    "bracket": ("lock.md", "Turn the wheel.", "- **Who**: [Name]", ("placeholder", "warning", 12), "[Name]"),
    "phone": ("lock.md", "Turn the wheel.", "Call 1-800-XXX-XXXX", ("placeholder", "warning", 12), "1-800-XXX-XXXX"),
    "overdue": ("lock.md", "2026-03-01", "2025-03-01", ("overdue-review", "warning", 1), "2025-03-01"),
    "severity": ("lock.md", "P2", "P1", ("contradiction", "warning", 1), "severity"),
    "unknown severity": ("README.md", "| P1 | Harbour", "| SEV9 | Harbour", None, "SEV9"),
    "approver": ("README.md", "| P1 | Harbour Master |", "| P1 | Owner of the Crane |", ("unknown-contact", "warning", 11),
                 "Owner of the Crane"),
    "no response time": ("README.md", "| 2 hours |", "| |", ("severity-without-response", "warning", 19), "P2"),
    "no escalation": ("README.md", "P2 Escalation\n0-30 min   |  Foreman\n30+ min    |  Harbour Master\n", "",
                      ("severity-without-escalation", "warning", 19), "P2"),
    "mojibake": ("lock.md", "Turn the wheel.", "Turn \u00e2\u20ac\u201c gently.", ("broken-encoding", "warning", 12), "Latin-1"),
    "replacement": ("lock.md", "Turn the wheel.", "Turn \ufffd.", ("broken-encoding", "warning", 12), "replacement"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_is_one_finding(house, name):
    file, old, new, expected, said = FAULTS[name]
    text = {"README.md": INDEX, "crane.md": CRANE, "lock.md": LOCK}[file]
    assert old in text
    house.write(f"pages/{file}", text.replace(old, new, 1))
    found, messages = lint(house)
    if expected:
        code, level, line = expected
        assert found == [(code, level, file, line)], messages
    assert said in messages


def test_broken_bytes(house):
    with open(os.path.join(house.folder, "pages/lock.md"), "wb") as f:
        f.write(LOCK.encode().replace(b"Turn the wheel.", b"Gr\xfc\xdfe"))
    assert lint(house)[0] == [("broken-encoding", "warning", "lock.md", 12)]


def test_orphans_and_what_leads_to_them(house):
    house.write("pages/buoy.md", PAGE % ("Buoy adrift", "P2"))
    assert lint(house)[0] == [("orphan-runbook", "warning", "buoy.md", 1)]
    house.rules([{"name": "buoys", "matchers": ['alertname="BuoyAdrift"'], "runbook": "buoy.md"}])
    assert lint(house)[0] == []
    house.rules([])
    house.write("pages/buoy.md", (PAGE % ("Buoy adrift", "P2")).replace("It creaks.", "- **Alert**: `BuoyAdrift`"))
    assert lint(house)[0] == []


def test_two_runbooks_for_one_alert(house):
    for name, text in (("crane", CRANE), ("lock", LOCK)):
        house.write(f"pages/{name}.md", text.replace("It creaks.", "- **Alert**: `Stuck`"))
    found, messages = lint(house)
    assert [f[:2] for f in found] == [("alert-claimed-twice", "warning")] and "Stuck" in messages


def test_a_heavy_page_is_named(house):
    house.write("pages/lock.md", LOCK + "\n" + "> " * 400 + "deep\n")
    found, _ = lint(house)
    assert ("refused-page", "warning", "lock.md", 1) in found


def test_a_page_that_is_not_read_is_named(house):
    house.write("pages/crane.md", CRANE + "word " * 300000)
    assert ("load-warning", "warning", "crane.md", None) in lint(house)[0]


def test_reviews_are_due_on_a_day(house):
    assert lint(house, "--as-of=2026-05-01")[0] == []
    late, _ = lint(house, "--as-of=2026-07-01")
    assert late == [("overdue-review", "warning", f, 1) for f in ("README.md", "crane.md", "lock.md")]
    Ctl(house).run("lint", "--as-of=soon", status=2)


def test_a_finding_is_ignored_in_its_page(house):
    house.write("pages/lock.md", LOCK.replace("Turn the wheel.", "TODO <!-- lint:ignore placeholder the word is meant -->"))
    assert lint(house)[0] == []
    house.write("pages/lock.md", LOCK.replace("Turn the wheel.", "TODO <!-- lint:ignore placeholder -->"))
    assert [f[0] for f in lint(house)[0]] == ["placeholder", "ignore-without-reason"]


def test_lists_of_front_matter_are_no_placeholders(house):
    house.write("pages/lock.md", "---\nalerts: [GateStuck]\n---\n" + LOCK)
    assert lint(house)[0] == []
    house.write("pages/lock.md", "---\nalerts: [GateStuck]\nteam: TBD\n---\n" + LOCK)
    assert lint(house)[0] == [("placeholder", "warning", "lock.md", 3)]


def test_a_runbooks_owner_is_the_findings(house):
    house.write("pages/lock.md", LOCK.replace("**Severity**", "**Owner**: Lock Keepers\n**Severity**").replace("Turn the wheel.", "TBD"))
    assert [f[0] for f in lint(house, AS_OF, "--owner=Lock Keepers")[0]] == ["placeholder"]
    assert lint(house, AS_OF, "--owner=Harbour Crew")[0] == []


def test_anchors_are_judged_by_the_site(local_house, tmp_path):
    folder = tmp_path / "a" / "pages"
    folder.mkdir(parents=True)
    (folder / "README.md").write_text("# All\n\n- [a](disk.md#clean-check)\n- [b](disk.md#clean--check)\n- [c](disk.md#grow)\n- [d](disk.md#old)\n")
    (folder / "disk.md").write_text('# Disk\n\n## Clean & check\n\nNow.\n\n## Grow it {: #grow }\n\nNow.\n\n<a name="old"></a>\n\nNow.\n')
    site = {"url": "https://docs.test/", "generator": "mkdocs"}
    house = local_house([], catalog={"runbooks": "pages", "base_url": "", "site": site})
    dead = [f["message"] for f in Ctl(house, folder=tmp_path).json("lint")["findings"] if f["code"] == "dead-anchor"]
    assert len(dead) == 1 and "#clean--check" in dead[0]
    house = local_house([], catalog={"runbooks": "pages", "base_url": ""})
    dead = [f["message"] for f in Ctl(house, folder=tmp_path).json("lint")["findings"] if f["code"] == "dead-anchor"]
    assert len(dead) == 1 and "#clean-check" in dead[0]
