"""What comes after an incident: the draft of its post-mortem, and what is owed until when."""

import json
import os
import re

import pytest

from harness import Ctl, alert, body, call, now, wait_until
from harness.bodies import stamp

INDEX = """# Runbooks of the harbour

## Post-Incident

### Post-Mortem Template

1. **What happened**
   - In two sentences
   - For a stranger
2. **Timeline**
3. **Root cause**
   - Why it was not seen
4. **Follow-up actions**
"""
CATALOG = {"policies": [{"kind": "post_incident", "name": "First note", "within": "1s", "severities": ["P1"],
                         "tasks": ["Tell the harbour"]},
                        {"kind": "post_incident", "name": "Post-mortem", "within": "5d", "severities": ["P0", "P1"]}]}
RULES = [{"name": "grave", "matchers": ['alertname="Silo"'], "severity": "P1", "summary": "silo | full", "group_by": ["..."]},
         {"name": "rest", "matchers": ['alertname=~".+"'], "severity": "P3", "summary": "dusty", "group_by": ["..."]}]


def furnish(make, index=INDEX, catalog=None):
    made = make(RULES, catalog={"runbooks": "books", "files": ["catalog.yml"]})
    os.makedirs(os.path.join(made.folder, "books"), exist_ok=True)
    made.write("books/README.md", index)
    made.write("catalog.yml", CATALOG if catalog is None else catalog)
    return made


def live(d, recorder, name="Silo"):
    """An incident from its page to its end; its key."""
    before = len(recorder.triggers())
    d.send(body(alert(name)))
    wait_until(lambda: len(recorder.triggers()) > before, 10)
    key = recorder.triggers()[-1].key
    Ctl(None, d).run("incidents", "ack", key, "--by=ana", "--note=on it")
    Ctl(None, d).run("incidents", "update", key, "--status=fixing", "--impact=no grain", "--cause=a <b>mouse</b>", "--by=ana")
    d.send(body(alert(name, status="resolved")))
    wait_until(lambda: d.api("incidents/" + key)["state"] == "resolved", 10)
    return key


def test_the_draft_has_their_sections_and_what_is_known(house, start, recorder):
    d = start(furnish(house))
    key = live(d, recorder)
    text = Ctl(None, d).run("postmortem", key)
    headings = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert headings[:4] == ["What happened", "Timeline", "Root cause", "Follow-up actions"]
    assert "silo \\| full" in text and "no grain" in text and "<b>" not in text and "mouse" in text
    assert "In two sentences" in text and "Why it was not seen" in text
    timeline = text[text.index("## Timeline"):text.index("## Root cause")]
    for word in ("opened", "told", "acknowledged", "updated", "resolved"):
        assert f"| {word} |" in timeline, timeline
    assert "- [ ] Post-mortem, due " in text and "  - [ ] Tell the harbour" in text
    assert stamp(now())[:10] in text


REPORT = """# Post-mortem template

- Date: [date]
- Severity: [severity]

## In short

[What happened]

## Timeline

## What the harbour learns
"""
FENCED = f"# Incident report template\n\nCopy this:\n\n```markdown\n{REPORT.replace('Post-mortem template', 'Report on [title]')}```\n"


@pytest.mark.parametrize("page, text, index, title", [
    ("postmortem-template.md", REPORT, "# Books\n\n- [Silo](silo.md)\n", "# Post-mortem: silo"),
    ("forms/after.md", REPORT.replace("Post-mortem template", "After the incident"),
     "# Books\n\n## After an incident\n\nFill in the [post-mortem template](forms/after.md).\n", "# After the incident: silo"),
    ("forms/report.md", FENCED, "# Books\n\n- [Silo](silo.md)\n- [Report form](forms/report.md)\n", "# Report on silo"),
])
def test_a_page_of_its_own_is_the_template(house, start, recorder, page, text, index, title):
    made = furnish(house, index)
    os.makedirs(os.path.join(made.folder, "books", os.path.dirname(page)), exist_ok=True)
    made.write("books/" + page, text)
    made.write("books/silo.md", "# Silo full\n\nAlert: Silo\n\n## Steps\n\nEmpty it.\n")
    d = start(made)
    draft = Ctl(None, d).run("postmortem", live(d, recorder))
    assert draft.startswith(title), draft
    headings = [line[3:] for line in draft.splitlines() if line.startswith("## ")]
    assert headings[:3] == ["In short", "Timeline", "What the harbour learns"]
    assert f"- Date: {stamp(now())[:10]}" in draft and "- Severity: P1" in draft
    assert "| acknowledged |" in draft[draft.index("## Timeline"):draft.index("## What the harbour learns")]
    found = json.loads(Ctl(made).run("lint", "-o", "json"))["findings"]
    assert not [f for f in found if f.get("file", "").endswith(page) and f["code"] in ("placeholder", "empty-section")]


def test_what_is_owed_is_listed_until_it_is_done(house, start, recorder):
    d = start(furnish(house))
    key = live(d, recorder)
    live(d, recorder, "Dust")
    ctl = Ctl(None, d)
    owed = lambda *more: [(r["task"], r["state"]) for r in ctl.json("postmortems", *more)["postmortems"]]
    wait_until(lambda: owed() == [("First note", "overdue"), ("Post-mortem", "open")], 10)
    assert "overdue" in ctl.run("postmortems")
    ctl.run("postmortems", "done", key, "--task=first note", "--note=in the log", "--by=ben")
    assert owed() == [("Post-mortem", "open")]
    assert owed("--all") == [("Post-mortem", "open"), ("First note", "done")]
    ctl.run("postmortems", "done", key, "--task=first note", status=1)
    ctl.run("postmortems", "done", key, "--task=else", status=1)
    ctl.run("postmortems", "done", key)
    assert owed() == []
    assert "- [x] Post-mortem" in ctl.run("postmortem", key)
    what = [e["what"] for e in d.api("incidents/" + key)["timeline"]]
    assert what.count("followed_up") == 2


def test_nothing_is_owed_of_what_is_not_over(house, start, recorder):
    d = start(furnish(house))
    d.send(body(alert("Silo")))
    wait_until(recorder.triggers, 10)
    ctl, key = Ctl(None, d), recorder.triggers()[0].key
    assert ctl.json("postmortems")["postmortems"] == []
    ctl.run("postmortems", "done", key, status=1)
    assert "Duration" in ctl.run("postmortem", key)


def test_it_stays_owed_when_the_alert_fires_again(house, start, recorder):
    made = furnish(house)
    d = start(made)
    key, ctl = live(d, recorder), Ctl(None, d)
    rows = lambda: ctl.json("postmortems")["postmortems"]
    first = rows()[0]["episode"]
    wait_until(lambda: stamp(now())[:19] > first[:19], 10)
    decided = d.send(body(alert("Silo", starts=now())))
    assert [x["reason"] for x in decided] == ["reopened"]
    assert {(r["task"], r["episode"], r["severity"]) for r in rows()} == {("First note", first, "P1"), ("Post-mortem", first, "P1")}
    assert [o["name"] for o in d.api("incidents/" + key)["owed"]] == ["First note", "Post-mortem"]
    assert "First note" in ctl.run("incidents", "show", key) and "Owed afterwards" in call(d.url + "/incidents/" + key)[2].decode()
    d.send(body(alert("Silo", status="resolved")))
    wait_until(lambda: len(rows()) == 4, 10)
    ctl.run("postmortems", "done", key, "--task=first note", status=1)
    assert "several episodes" in ctl.errors
    ctl.run("postmortems", "done", key, "--task=first note", f"--episode={first}", "--by=ben")
    assert ("First note", first) not in {(r["task"], r["episode"]) for r in rows()} and len(rows()) == 3
    draft = ctl.run("postmortem", key, f"--episode={first}")
    assert "- [x] First note" in draft and "| acknowledged |" in draft and "- [ ] First note" in ctl.run("postmortem", key)
    ctl.run("postmortems", "done", key, "--episode=yesterday", status=1)
    d.finish()
    d = start(made)
    assert len(Ctl(None, d).json("postmortems")["postmortems"]) == 3, "it outlives the daemon"
    Ctl(None, d).run("postmortems", "done", key, "--episode=all")
    assert Ctl(None, d).json("postmortems")["postmortems"] == []


SILO = """# The silo is full

## Steps

1. Stop the belt.

## Communication Templates

### Status Update

```
GRAIN STOPS [SEVERITY]: [TITLE]
Ships waiting: [SHIPS_WAITING]
Until: [ETA]
```

## Post-Mortem Template

```markdown
# Report on [TITLE]

## Grain lost
- [tons of grain]

## Timeline
- HH:MM - [what happened]

## Root cause
[what broke first]
```
"""
INDEX_MESSAGES = """
## Communication Templates

### Status Update

```
TROUBLE [SEVERITY]: [TITLE]
```

### Resolution Notice

```
OVER: [TITLE], cause: [ROOT_CAUSE]
```
"""


def test_a_runbooks_own_templates_go_before_the_organisations(local_house, start, recorder):
    rules = [{**RULES[0], "runbook": "silo.md"}, RULES[1]]
    made = local_house(rules, catalog={"runbooks": "books", "files": ["catalog.yml"]})
    os.makedirs(os.path.join(made.folder, "books"))
    made.write("books/README.md", INDEX + INDEX_MESSAGES)
    made.write("books/silo.md", SILO)
    made.write("catalog.yml", CATALOG)
    d = start(made)
    ctl, local = Ctl(None, d), Ctl(made)
    keys = {}
    for name in ("Silo", "Dust"):
        d.send(body(alert(name)))
        wait_until(lambda: len(recorder.triggers()) == len(keys) + 1, 10)
        keys[name] = recorder.triggers()[-1].key
    said = lambda name, *more: ctl.json("incidents", "update", keys[name], "--print", *more)
    own = said("Silo", "--status=identified")
    assert (own["title"], own["missing"]) == ("GRAIN STOPS P1: silo | full", ["SHIPS_WAITING", "ETA"])
    assert "SHIPS_WAITING" in ctl.run("incidents", "update", keys["Silo"], "--print", "--status=identified") + ctl.errors
    assert said("Dust")["title"] == "TROUBLE P3: dusty"
    assert said("Silo", "--status=resolved", "--cause=a mouse")["title"] == "OVER: silo | full, cause: a mouse"
    assert {r["path"]: r["templates"] for r in local.json("catalog")["runbooks"]}["silo.md"] == ["Status Update", "Post-mortem"]
    d.send(body(alert("Silo", status="resolved")))
    wait_until(lambda: d.api("incidents/" + keys["Silo"])["state"] == "resolved", 10)
    text = ctl.run("postmortem", keys["Silo"])
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")][:3] == ["Grain lost", "Timeline", "Root cause"]
    assert text.startswith("# Report on silo \\| full\n") and "HH:MM" not in text
    assert "tons of grain" in text and " - opened" in text and " - resolved" in text
    assert ctl.errors.strip() == "left to be filled in: Grain lost, tons of grain, Root cause, what broke first"
    assert "What happened" in ctl.run("postmortem", keys["Dust"])


SEED = os.path.join(os.path.dirname(__file__), "..", "..", "..", "shared", "data", "seeds")


@pytest.mark.skipif(not os.path.isdir(SEED), reason="the organisations' pages are not here")
@pytest.mark.parametrize("number,sections", [(2, 4), (3, 6)])
def test_the_organisations_own_templates_come_out_filled(local_house, start, recorder, number, sections):
    with open(os.path.join(SEED, sorted(os.listdir(SEED))[number]), encoding="utf-8") as f:
        page = f.read()
    d = start(furnish(local_house, page, {}))
    key = live(d, recorder)
    draft = d.api(f"incidents/{key}/postmortem")
    headings = [line for line in draft["markdown"].splitlines() if line.startswith("## ")]
    assert len(headings) >= sections and any("Timeline" in h for h in headings)
    for written in re.findall(r"^\*\*(?:Date|Duration|Impact)\*\*: .*", page, re.M):
        assert written not in draft["markdown"], "it is filled in where it stands"
    for name in re.findall(r"\[([A-Z][^\]]+)\](?!\()", draft["markdown"]):
        assert name in draft["missing"], "what is not filled in is named"
    assert "acknowledged" in draft["markdown"] and "no grain" in draft["markdown"]
    assert draft["tasks"], "a post-mortem is owed"
