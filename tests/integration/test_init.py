"""runbookctl init: what it writes starts as it is, pages, and hides nothing that opens a door in a file that others read."""

import os
import re
import stat

from harness import Ctl, alert, body, wait_until


def initialized(tmp_path, *arguments, status=0):
    ctl = Ctl(folder=tmp_path)
    folder = str(tmp_path / "made")
    out = ctl.run("init", folder, *arguments, status=status)
    return ctl, folder, out


def test_what_is_written_passes_check_and_lint(tmp_path):
    ctl, folder, out = initialized(tmp_path)
    config = f"--config.file={folder}/runbookd.yml"
    assert "FAILED" not in ctl.run(config, "check")
    assert ctl.json(config, "lint")["findings"] == []
    assert f"--config.file={folder}/runbookd.yml" in out, "the next command can be copied"


class Made:
    """A folder that a daemon is started on."""

    def __init__(self, folder):
        self.folder, self.file = folder, f"{folder}/runbookd.yml"


def test_a_daemon_started_on_it_pages(tmp_path, recorder, start):
    _, folder, _ = initialized(tmp_path, f"--receiver=pagerduty:routing_key=key,url={recorder.url}/oncall")
    daemon = start(Made(folder))
    daemon.send(body(alert("DiskFull", severity="critical")))
    wait_until(lambda: recorder.triggers(), 20, "the page")
    assert recorder.triggers()[0].labels["alertname"] == "DiskFull"


def test_everybody_who_is_named_is_paged(tmp_path, recorder, start):
    _, folder, _ = initialized(tmp_path, f"--receiver=webhook:{recorder.url}/first", f"--receiver=webhook:{recorder.url}/second")
    daemon = start(Made(folder))
    daemon.send(body(alert("DiskFull", severity="critical")))
    wait_until(lambda: {r.path.rsplit("/", 1)[1] for r in recorder.all()} == {"first", "second"}, 20, "a page to each")


def test_secrets_are_files_of_their_own(tmp_path):
    _, folder, _ = initialized(tmp_path, "--receiver=pagerduty:key-789",
                               "--receiver=email:to=a@example.com,from=b@example.com,smarthost=mail.example.com:587")
    text = open(f"{folder}/runbookd.yml").read()
    assert "key-789" not in text and 'smarthost: "mail.example.com:587"' in text
    path = os.path.join(folder, re.search(r"routing_key_file: (\S+)", text).group(1))
    assert open(path).read() == "key-789" and stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_runbooks_and_alertmanager_are_named(tmp_path):
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "disk-full.md").write_text("# Disk full\n\n## Steps\n\nFree some space.\n")
    ctl, folder, _ = initialized(tmp_path, f"--runbooks={tmp_path}/books", "--alertmanager=http://localhost:9093")
    config = f"--config.file={folder}/runbookd.yml"
    explained = ctl.json(config, "explain", "alertname=DiskFull")["alerts"][0]
    assert explained["fields"]["runbook"]["value"] == "disk-full.md"
    assert "/api/v1/webhook/main" in open(f"{folder}/rules/10-first.yml").read()


def test_mistakes_are_said_and_nothing_is_overwritten(tmp_path):
    ctl, folder, _ = initialized(tmp_path, "--receiver=pager:1", status=2)
    assert "pagerduty:KEY" in ctl.errors and not os.path.exists(folder)
    for slip, meant in (("pagreduty:KEY", "pagerduty"), ("email:too=a@example.com", "to"), ("email:to=a@example.com,form=b@example.com", "from")):
        ctl.run("init", folder, f"--receiver={slip}", status=2)
        assert re.search(f'did you mean "?{meant}"?[?]', ctl.errors) and not os.path.exists(folder), ctl.errors
    ctl.run("init", folder, f"--runbooks={tmp_path}/nowhere", status=2)
    assert "there is no such folder" in ctl.errors and not os.path.exists(folder)
    ctl.run("init", folder)
    before = open(f"{folder}/runbookd.yml").read()
    ctl.run("init", folder, "--receiver=webhook:http://127.0.0.1:9/other", status=1)
    assert "is there already" in ctl.errors and open(f"{folder}/runbookd.yml").read() == before


def test_a_pattern_that_matches_no_rule_file_is_a_warning(tmp_path):
    ctl, folder, _ = initialized(tmp_path)
    file = f"{folder}/runbookd.yml"
    text = open(file).read()
    open(file, "w").write(text.replace("rules/*.yml", "ruels/*.yml"))
    document = ctl.json(f"--config.file={file}", "check")
    assert document["ok"] and [w for w in document["warnings"] if re.search(r"runbookd\.yml:\d+:\d+: .*\"ruels/\*\.yml\" matches no rule file", w)]
