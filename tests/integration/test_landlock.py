"""--landlock: what the daemon may read and write once it has started, and what a reload says of the rest."""

import ctypes
import os
import ssl
import urllib.parse

import pytest

from harness import alert, body, call, wait_until
from harness.web import Authority, WebDaemon

VERSION = ctypes.CDLL(None).syscall(444, None, 0, 1)  # landlock_create_ruleset(…, LANDLOCK_CREATE_RULESET_VERSION)
pytestmark = pytest.mark.skipif(VERSION < 1, reason="this kernel has no Landlock")


@pytest.fixture
def confined(local_house, start):
    """confined(…) is a house and its daemon, which has said that it is confined."""
    def run(args=(), expected_errors=(), **over):
        h = local_house(**over)
        d = start(h, args=["--landlock", *args], expected_errors=expected_errors)
        assert "Confined by Landlock" in d.process.log()
        return h, d
    return run


def rule(name):
    return {"rules": [{"name": name, "matchers": ['alertname=~".+"'], "severity": "P1"}]}


def names(daemon):
    return [r["name"] for r in daemon.api("rules")["rules"]]


def test_it_pages_and_reloads_and_keeps_what_it_must(confined, recorder, tmp_path):
    data = tmp_path / "data"
    h, d = confined(store={"sqlite": {"path": str(data / "deep" / "r.db")}}, journal={"path": str(tmp_path / "new" / "journal")})
    d.send(body(alert("First")))
    wait_until(lambda: len(recorder.triggers()) == 1, 30, "it has paged")
    wait_until(lambda: os.listdir(tmp_path / "new" / "journal"), 30, "the journal has begun")
    h.rules([{"name": "later", "matchers": ['alertname=~".+"'], "severity": "P2"}])
    assert d.reload()[0] == 200 and names(d) == ["later"]
    os.rename(os.path.join(h.folder, "rules"), os.path.join(h.folder, "rules.old"))
    os.mkdir(os.path.join(h.folder, "rules"))
    h.rules([{"name": "replaced", "matchers": ['alertname=~".+"'], "severity": "P2"}])
    assert d.reload()[0] == 200 and names(d) == ["replaced"]


def test_a_reload_that_leads_elsewhere_says_no_clearly(confined, start, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "r.yml").write_text('rules: [{name: elsewhere, matchers: [], severity: P1}]')
    h, d = confined(expected_errors=["Permission denied"])
    before = names(d)
    config = open(h.file, encoding="utf-8").read()
    h.write("runbookd.yml", config.replace("rules/*.yml", str(elsewhere / "*.yml")))
    status, reply = d.reload()
    assert status == 500 and "Permission denied" in reply["error"] and "--landlock" in reply["error"] and "restart" in reply["error"]
    assert names(d) == before
    h.write("runbookd.yml", config.replace("rules/*.yml", str(elsewhere / "r.yml")))
    status, reply = d.reload()
    assert status == 500 and "--landlock" in reply["error"]
    d.finish()
    assert names(start(h, args=["--landlock"])) == ["elsewhere"]


def test_the_next_release_may_be_read(confined, tmp_path):
    """current -> releases/1, then releases/2: as deployments do."""
    for n in (1, 2):
        folder = tmp_path / "site" / "releases" / str(n) / "rules"
        folder.mkdir(parents=True)
        (folder / "r.yml").write_text(f'rules: [{{name: release-{n}, matchers: [], severity: P1}}]')
    current = tmp_path / "site" / "current"
    current.symlink_to("releases/1")
    _, d = confined(rule_files=[str(current / "rules" / "*.yml")])
    assert names(d) == ["release-1"]
    current.unlink()
    current.symlink_to("releases/2")
    assert d.reload()[0] == 200 and names(d) == ["release-2"]


def test_secrets_and_certificates_are_read_again_where_they_were(local_house, tmp_path):
    authority = Authority(tmp_path / "certificates")
    authority.issue("server", ["DNS:localhost", "IP:127.0.0.1"])
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "t").write_text("one\n")
    web = {"tls_server_config": {"cert_file": authority.path("server.pem"), "key_file": authority.path("server.key")}}
    d = WebDaemon(local_house(webhook={"auth": {"bearer_tokens_file": str(secrets / "t")}}), web, authority.context(),
                  {"Authorization": "Bearer one"}, args=["--landlock"]).start()

    def serial():
        at = urllib.parse.urlsplit(d.url)
        return ssl.get_server_certificate((at.hostname, at.port))

    before = serial()
    authority.issue("server", ["DNS:localhost", "IP:127.0.0.1"])
    wait_until(lambda: serial() != before, 30, "the new certificate is shown")
    (secrets / "t").write_text("two\n")
    assert d.post("/api/v1/webhook", body(alert("New")), {"Authorization": "Bearer two"})[0] == 200
    assert d.post("/api/v1/webhook", body(alert("Old")), {"Authorization": "Bearer one"})[0] == 401
    d.headers = {}
    d.finish()


def test_a_socket_is_taken_away_at_the_end(confined, tmp_path):
    place = tmp_path / "run"
    place.mkdir()
    _, d = confined(args=[f"--web.listen-address=unix:{place}/s"])
    assert (place / "s").exists() and call(d.url + "/-/healthy")[0] == 200
    d.finish()
    assert not (place / "s").exists()
