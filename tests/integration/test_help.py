"""runbookctl help and the manual pages: a stranger who has nothing else finds the setting."""

import os
import re
import shutil
import subprocess

import pytest

from harness import Ctl

PAGES = ("runbookd.8", "runbookctl.1", "runbookd.yml.5", "runbookd-rules.5", "runbookd-catalog.5")

# What somebody wants to know, what they type, and the word that must be in the answer.
QUESTIONS = [
    ("How do I stop pages from going out while I try it?", "settings delivery", "delivery.mode"),
    ("How long until I am reminded of what nobody acknowledged?", "settings dedup", "dedup.repeat_interval"),
    ("A flapping alert pages again and again. What damps it?", "dedup", "resolve_hold"),
    ("May a page wait whether the alert is still there?", "rules", "page_after"),
    ("Where do I write the URL under which people reach this?", "settings", "external_url"),
    ("Which option takes PagerDuty's key from a file?", "pagerduty", "routing_key_file"),
    ("What may the title of a message name?", "templates", "labels"),
    ("How do I put the incidents into Redis behind Sentinel?", "settings store.redis", "store.redis.sentinel.master"),
    ("What is alerted when the database falls back?", "metrics", "runbookd_store_up{store}"),
    ("Lint says shadowed-rule. What is that?", "lint", "shadowed-rule"),
    ("How do I silence one finding of lint?", "lint", "lint:ignore"),
    ("Which line of the journal says what a provider answered?", "journal", "error"),
    ("How do I hold pages back at night?", "escalation", "mute"),
    ("One chat is to hear of it in office hours only.", "settings receivers", "receivers[].active"),
    ("The proxy passes another name on, and I get 403.", "access", "access.hosts"),
    ("My runbooks are built with mkdocs. How do links lead there?", "sites", "use_directory_urls"),
    ("Who may acknowledge, and how do I give somebody that right?", "access", "respond"),
    ("How do I turn on TLS?", "access", "tls_server_config.cert_file"),
    ("What must nginx say for large webhooks?", "proxies", "client_max_body_size"),
    ("How do I notice that Alertmanager itself is dead?", "heartbeat", "Watchdog"),
    ("How do I say in catalog.yml who is on call?", "catalog", "schedules[].rotation.people"),
    ("Two Prometheus send the same alert with a replica label.", "settings sources", "sources[].drop_labels"),
    ("Who wakes us at night? Which command, which flag groups by rule?", "noise", "--by="),
    ("Which runbook are people woken for? Noise by its page.", "noise", "person or runbook"),
    ("What does WeCom want to know to be a receiver?", "wechat", "corp_id"),
    ("Is a label in my rules misspelt?", "coverage", "did you mean"),
    ("Which exit status fails my pipeline when alerts have no runbook?", "coverage", "--min-runbook="),
]


@pytest.fixture
def ctl(tmp_path):
    return Ctl(folder=tmp_path)


@pytest.mark.parametrize("question, words, answer", QUESTIONS, ids=[q[0] for q in QUESTIONS])
def test_a_stranger_finds_it(ctl, question, words, answer):
    assert answer in ctl.run("help", *words.split()), question


def test_the_overview_names_every_command_and_topic(ctl):
    out = ctl.run("help")
    assert out == ctl.run("--help")
    entries = re.findall(r"^  ([a-z]+)$", out, re.M)
    assert len(entries) > 30 and {"settings", "metrics", "lint", "journal", "check", "completion"} <= set(entries)
    for word in entries:
        assert len(ctl.run("help", word)) > 100, word


def test_help_of_a_command_is_its_own_help(ctl):
    assert ctl.run("help", "explain") == ctl.run("explain", "--help")
    assert "unreachable-rule" in ctl.run("lint", "--help")


def test_text_fits_a_terminal(ctl):
    """Examples, indented by four or more, are lines of files as they are; these words have none."""
    without = {"settings", "metrics", "journal", "templates", "lint", "backtest", "coverage", "incidents"}
    for word in re.findall(r"^  ([a-z]+)$", ctl.run("help"), re.M):
        for line in ctl.run("help", word).splitlines():
            if word in without or not line.startswith("    "):
                assert len(line) <= 80, f"{word}: {line}"


def test_a_setting_is_explained_by_its_name(ctl):
    out = ctl.run("help", "dedup.repeat_interval")
    assert out.splitlines()[0] == "  dedup.repeat_interval  (duration, default 4h)"
    assert "receivers[].rate_limit.burst" in ctl.run("help", "receivers[].rate_limit")


def test_a_slip_is_guessed(ctl):
    ctl.run("help", "setings", status=2)
    assert 'did you mean "settings"?' in ctl.errors
    ctl.run("help", "dedup.repeat_intervall", status=2)
    assert 'did you mean "dedup.repeat_interval"?' in ctl.errors
    ctl.run("help", "nonsense", status=2)
    assert "nonsense" in ctl.errors and "did you mean" not in ctl.errors
    ctl.run("chekc", status=2)
    assert "did you mean check?" in ctl.errors
    ctl.run("help", "--man=runbookd.7", status=2)
    assert all(page in ctl.errors for page in PAGES)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.skipif(not shutil.which("mandoc"), reason="mandoc is not installed")
def test_manual_pages_are_clean(ctl, tmp_path, page):
    path = os.path.join(tmp_path, page)
    with open(path, "w", encoding="utf-8") as f:
        f.write(ctl.run("help", f"--man={page}"))
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "style", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    # What a page refers to is installed with it, not before.
    assert not [line for line in done.stdout.splitlines() if "referenced manual not found" not in line], done.stdout
    shown = subprocess.run(["mandoc", "-T", "utf8", path], stdout=subprocess.PIPE, text=True, check=True).stdout
    shown = re.sub(".\b", "", shown)
    assert "SYNOPSIS" in shown and "SEE ALSO" in shown


def test_manual_pages_hold_what_help_says(ctl):
    settings = ctl.run("help", "--man=runbookd.yml.5")
    for name in re.findall(r"^  ([a-z_.\[\]]+)  \(", ctl.run("help", "settings"), re.M):
        assert f"\\fB{name}\\fP" in settings, name
    commands = ctl.run("help", "--man=runbookctl.1")
    assert ".SS incidents\n" in commands and "\\fB\\-\\-junit=FILE\\fP" in commands
