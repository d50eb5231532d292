"""runbookctl coverage: what each alert that can fire, or did, would be told to whom; and what has no runbook."""

import glob
import http.server
import json
import os
import re
import threading

import pytest

from harness import Ctl, alert, body, wait_until
from harness.daemon import REPOSITORY

GROUPS = """groups:
- name: shop
  rules:
  - record: job:up
    expr: up
  - alert: CheckoutDown
    labels: {severity: critical, team: shop}
    annotations: {summary: The checkout is down}
  - alert: QueueStuck
    labels: {severity: warning, region: '{{ $labels.region }}'}
    annotations: {runbook_url: "https://wiki.test/runbooks/queue/stuck"}
  - alert: DiskFull
    labels: {severity: info}
    annotations: {runbook_url: "https://elsewhere.test/disk"}
  - alert: PaymentsQueueLagHigh
    labels: {severity: critical}
"""
RULES = [{"name": "shop", "matchers": ['alertname="CheckoutDown"'], "runbook": "checkout/down.md", "owner": "crew"}]
FIELDS = {"alertname", "severity_label", "file", "line", "rule", "runbook", "runbook_exists", "owner", "severity"}


@pytest.fixture
def ctl(local_house, tmp_path):
    """A house with two runbooks and a rule file of four alerts."""
    folder = tmp_path / "a" / "pages"
    (folder / "checkout").mkdir(parents=True)
    (folder / "checkout" / "down.md").write_text("# Checkout is down\n")
    (folder / "payments-queue-lag.md").write_text("# Payments queue lag\n")
    house = local_house(RULES, catalog={"runbooks": "pages"})
    house.write("shop.yml", GROUPS)
    return Ctl(house, folder=tmp_path)


def path(ctl, name):
    return os.path.join(ctl.house.folder, name)


def by_name(document):
    return {row["alertname"]: row for row in document["alerts"]}


def test_every_alert_has_its_rule_runbook_owner_and_severity(ctl):
    document = ctl.json("coverage", "--rules", path(ctl, "sho*.yml"))
    rows = by_name(document)
    assert list(rows) == ["CheckoutDown", "QueueStuck", "DiskFull", "PaymentsQueueLagHigh"]
    assert all(FIELDS <= row.keys() for row in rows.values())
    down = rows["CheckoutDown"]
    assert (down["rule"], down["runbook"], down["runbook_exists"]) == ("shop", "checkout/down.md", True)
    assert (down["owner"], down["severity"], down["severity_label"]) == ("crew", "P0", "critical")
    assert (down["file"], down["line"]) == (path(ctl, "shop.yml"), 6)
    assert rows["QueueStuck"]["unknown_labels"] == ["region"] and down["unknown_labels"] == []
    assert [row["runbook_state"] for row in rows.values()] == ["page", "dead", "elsewhere", "none"]
    assert [row["runbook_exists"] for row in rows.values()] == [True, False, False, False]
    assert rows["PaymentsQueueLagHigh"]["runbook"] is None and rows["PaymentsQueueLagHigh"]["rule"] is None
    totals = ("alerts", "with_runbook", "with_existing_runbook", "with_owner")
    assert [document["totals"][name] for name in totals] == [4, 3, 1, 1]


def test_one_alert_is_one(ctl):
    one = {"groups": [{"name": "g", "rules": [{"alert": "Alone", "expr": "up == 0"}]}]}
    with open(path(ctl, "one.yml"), "w") as f:
        json.dump(one, f)
    out = ctl.run("coverage", "--rules", path(ctl, "one.yml"), "--min-runbook=50", status=1)
    assert "\n1 alert, 0 with a runbook" in out
    assert "0.0 % of 1 alert has a runbook" in ctl.errors


def test_people_read_what_is_missing_and_what_is_not_known(ctl):
    out = ctl.run("coverage", "--rules", path(ctl, "shop.yml"))
    missing = out[out.index("WITHOUT A RUNBOOK"):out.index("LABEL KNOWN ONLY")]
    assert "QueueStuck" in missing and "PaymentsQueueLagHigh" in missing and "shop.yml:15" in missing
    assert "CheckoutDown" not in missing and "DiskFull" not in missing
    assert "region" in out[out.index("LABEL KNOWN ONLY"):]
    assert out.endswith("\n4 alerts, 2 with a runbook (50.0 %): 1 a page of the catalog, 1 a link elsewhere, "
                        "unchecked; 1 with an owner\n")


def test_too_few_runbooks_fail(ctl):
    rules = path(ctl, "shop.yml")
    ctl.run("coverage", "--rules", rules, "--min-runbook=50")
    ctl.run("coverage", "--rules", rules, "--min-runbook=51%", status=1)
    assert "50.0 % of 4 alerts have a runbook, 51 % are asked for" in ctl.errors
    ctl.run("coverage", "--rules", rules, "--ignore", "*", "--min-runbook=1", status=1)
    assert "no alert" in ctl.errors
    for wrong in ("most", "101", "-1", ""):
        ctl.run("coverage", "--rules", rules, f"--min-runbook={wrong}", status=2)


def test_filters(ctl):
    def names(*flags):
        return list(by_name(ctl.json("coverage", "--rules", path(ctl, "shop.yml"), *flags)))

    assert names("--severity=P0") == names("--severity=critical") == ["CheckoutDown", "PaymentsQueueLagHigh"]
    assert names("--severity=P2", "--severity=info") == ["QueueStuck", "DiskFull"]
    assert names("--owner=CREW") == ["CheckoutDown"]
    assert names("--ignore=*Queue*", "--ignore=DiskFul?") == ["CheckoutDown"]
    ctl.run("coverage", "--rules", path(ctl, "shop.yml"), "--severity=P77", status=2)


def test_a_file_that_cannot_be_read_does_not_hide_the_others(ctl):
    ctl.house.write("more.yml", "kind: Service\n---\nkind: PrometheusRule\nspec:\n  groups:\n  - rules:\n"
                                "    - alert: DiskFull\n---\n"
                                "groups:\n{{- range .Values.x }}\n- rules: []\n{{- end }}\n")
    document = ctl.json("coverage", "--rules", path(ctl, "more.yml"), "--rules", path(ctl, "shop.yml"), status=1)
    assert len(document["alerts"]) == 5 and document["alerts"][0]["line"] == 7
    assert f"{path(ctl, 'more.yml')}:11:" in ctl.errors and "line 10" in ctl.errors and "render it first" in ctl.errors
    ctl.run("coverage", "--rules", path(ctl, "nothing*.yml"), status=1)
    assert "there is no such file" in ctl.errors
    ctl.run("coverage", status=2)


def test_suggestions_are_rules_with_their_evidence(ctl):
    rules = path(ctl, "shop.yml")
    out = ctl.run("coverage", "--rules", rules, "--suggest")
    assert "for 1 of 2 alert names" in out and "QueueStuck: no runbook is near enough" in out
    assert 'shares "payments, queue, lag"' in out and "payments-queue-lag.md" in out
    (found,) = ctl.json("coverage", "--rules", rules, "--suggest")["suggestions"]
    assert (found["alertname"], found["runbook"]) == ("PaymentsQueueLagHigh", "payments-queue-lag.md")
    ctl.house.rules(out, name="20-suggested.yml")
    row = by_name(ctl.json("coverage", "--rules", rules))["PaymentsQueueLagHigh"]
    assert (row["rule"], row["runbook"]) == ("runbook-PaymentsQueueLagHigh", "payments-queue-lag.md")
    assert row["runbook_exists"]


DEFINITION = "groups:\n- rules:\n  - {{alert: {0}, expr: up == 0}}\n"


def test_a_folder_is_read_with_all_below_it(ctl):
    house = ctl.house
    for name, text in {
            "def/top.yaml": DEFINITION.format("Top"), "def/a/b/deep.yml": DEFINITION.format("Deep"),
            "def/old.rules": DEFINITION.format("Old"), "def/charm/x.rule": "alert: Single\nexpr: up == 0\n",
            "def/values.yaml": "additionalPrometheusRulesMap:\n  x:\n    groups:\n    - rules:\n      - {alert: Chart, expr: up}\n",
            "def/.git/x.yml": DEFINITION.format("Hidden"), "def/service.yml": "kind: Service\n",
            "def/README.md": "```yaml\nalert: Shown\nexpr: up\n```\n"}.items():
        target = os.path.join(house.folder, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        house.write(name, text)
    folder = path(ctl, "def")
    assert sorted(by_name(ctl.json("coverage", "--rules", folder))) == ["Chart", "Deep", "Old", "Single", "Top"]
    assert "no alerting rules in 1 file: " in ctl.errors and "service.yml" in ctl.errors
    assert sorted(by_name(ctl.json("coverage", "--rules", path(ctl, "de*")))) == ["Chart", "Deep", "Old", "Single", "Top"]
    house.write("def/a/source.jsonnet", "{ alert: 'Other', expr: 'up == 0' }\n")
    document = ctl.json("coverage", "--rules", folder, "--min-runbook=0", status=1)
    assert len(document["unread"]) == 1 and "source.jsonnet" in document["unread"][0] and len(document["alerts"]) == 5
    ctl.run("coverage", "--rules", folder, "--min-runbook=0", "--skip=*.jsonnet")
    house.write("def/a/bundle.yml", "bundle:\n- alert: Unknown\n  expression: up == 0\n")
    document = ctl.json("coverage", "--rules", folder, "--min-runbook=0", "--skip=*.jsonnet", status=1)
    assert len(document["unread"]) == 1 and "bundle.yml: looks as if it defined alerts" in document["unread"][0]
    os.remove(path(ctl, "def/a/bundle.yml"))
    assert list(by_name(ctl.json("coverage", "--rules", folder, "--skip", "a", "--skip", "charm", "--skip=values.yaml"))) == ["Old", "Top"]


@pytest.mark.parametrize("name, text, said", [
    ("old.rules", b"ALERT PumpDown\n  IF up == 0\n  FOR 5m\n", "rules of Prometheus 1"),
    ("old.txt", b"ALERT PumpDown IF up == 0\n", "looks as if it defined alerts"),
    ("wide.yml", DEFINITION.format("Wide").encode("utf-16"), "UTF-16"),
    ("wide.yaml", b"\xfe\xff" + DEFINITION.format("Wide").encode("utf-16-be"), "UTF-16"),
    ("bare.yml", DEFINITION.format("Wide").encode("utf-16-le"), "UTF-16"),
    ("part.yml", b"kind: ConfigMap\napiVersion: v1\ndata:\n  old: |\n    ALERT PumpDown\n      IF up == 0\n", "rules of Prometheus 1"),
    (".hidden.yml", DEFINITION.format("Hidden").encode(), "it is hidden"),
    (".folder/inner/a.yml", DEFINITION.format("Hidden").encode(), "it is hidden"),
])
def test_what_is_not_read_is_named_and_fails(ctl, name, text, said):
    os.makedirs(path(ctl, "part/" + os.path.dirname(name)))
    for file, content in (("good.yml", DEFINITION.format("Read").encode()), (name, text)):
        with open(path(ctl, "part/" + file), "wb") as out:
            out.write(content)
    document = ctl.json("coverage", "--rules", path(ctl, "part"), "--min-runbook=0", status=1)
    assert list(by_name(document)) == ["Read"]
    assert len(document["unread"]) == 1 and name in document["unread"][0] and said in document["unread"][0]
    ctl.run("coverage", "--rules", path(ctl, "part"), "--min-runbook=0", "--skip", name, "--skip", name.partition("/")[0])


def test_what_is_mounted_or_kept_by_others_is_no_hidden_rule_file(ctl):
    for name in ("part/..data/a.yml", "part/.git/a.yml", "part/.a.yml.swp", "part/.github/b.yml"):
        os.makedirs(path(ctl, os.path.dirname(name)), exist_ok=True)
        ctl.house.write(name, "on: push\n" if "github" in name else DEFINITION.format("Hidden"))
    ctl.house.write("part/a.yml", DEFINITION.format("Read"))
    assert list(by_name(ctl.json("coverage", "--rules", path(ctl, "part"), "--min-runbook=0"))) == ["Read"]


def test_what_only_quotes_an_alert_or_lies_beside_a_file_is_no_rule_file(ctl):
    os.makedirs(path(ctl, "part"))
    quoted = "  ALERT PumpDown\n    IF up == 0\n"
    ctl.house.write("part/notes.yml", "notes: |\n" + quoted)
    for name in ("part/a.yml.swp", "part/a.yml~", "part/a.rules.orig"):
        ctl.house.write(name, quoted)
    ctl.house.write("part/a.yml", DEFINITION.format("Read"))
    assert list(by_name(ctl.json("coverage", "--rules", path(ctl, "part"), "--min-runbook=0"))) == ["Read"]


def test_what_defines_no_alert_is_not_everything(ctl):
    house = ctl.house
    house.write("prometheus.yml", "scrape_configs: []\nrule_files: [x.yml]\n")
    house.write("other.yml", "a: b\n")
    house.write("bundle.yml", "kind: AlertBundle\nspec:\n  alerts:\n  - {name: X, expr: up == 0}\n")
    house.write("recording.yml", "groups:\n- rules:\n  - {record: r, expr: up}\n")
    os.makedirs(path(ctl, "empty"))
    for name, error in (("prometheus.yml", "a configuration of Prometheus"), ("other.yml", "is no rule file"),
                        ("bundle.yml", "an object of another kind"),
                        ("empty", "nothing below this folder defines an alert")):
        out = ctl.run("coverage", "--rules", path(ctl, name), status=1)
        assert "100" not in out and out.startswith("0 alerts") and error in ctl.errors
        ctl.run("coverage", "--rules", path(ctl, name), "--rules", path(ctl, "shop.yml"), "--min-runbook=1", status=1)
    out = ctl.run("coverage", "--rules", path(ctl, "recording.yml"))
    assert out == "0 alerts\n" and "no alerting rules in it" in ctl.errors
    ctl.run("coverage", "--rules", path(ctl, "recording.yml"), "--rules", path(ctl, "shop.yml"), "--min-runbook=50")


def test_what_depends_on_labels_known_later_says_so(ctl):
    ctl.house.rules([{"name": "ns", "matchers": ['namespace=~"shop.*"'], "owner": "crew", "continue": True},
                     {"name": "eu", "matchers": ['alertname="DiskFull2"', 'cluster="eu"'], "runbook": "checkout/down.md"}])
    ctl.house.write("more.yml", DEFINITION.format("DiskFull2"))
    rules = path(ctl, "more.yml")
    row = by_name(ctl.json("coverage", "--rules", rules))["DiskFull2"]
    assert (row["runbook_state"], row["runbook_depends_on"], row["owner_depends_on"]) == ("depends", ["cluster"], ["namespace"])
    out = ctl.run("coverage", "--rules", rules)
    assert "depends on cluster" in out and "depends on namespace" in out and "1 more has a runbook with some labels" in out
    row = by_name(ctl.json("coverage", "--rules", rules, "--external-labels", "cluster=eu,region=x"))["DiskFull2"]
    assert (row["runbook_state"], row["owner_depends_on"]) == ("page", ["namespace"])
    ctl.run("coverage", "--rules", rules, "--external-labels=eu", status=2)
    assert "'eu' is no NAME=VALUE" in ctl.errors


def test_what_a_source_does_to_labels_counts(ctl):
    ctl.house.rules([{"name": "eu", "matchers": ['alertname="DiskFull2"', 'cluster="eu"'], "runbook": "checkout/down.md"}])
    ctl.house.write("more.yml", DEFINITION.format("DiskFull2"))
    rules = path(ctl, "more.yml")
    config = json.loads(open(ctl.house.file, encoding="utf-8").read())
    one, other = ({"name": name + "1", "labels": {"cluster": name}} for name in ("eu", "us"))
    ctl.house.write("runbookd.yml", config | {"sources": [one]})
    assert by_name(ctl.json("coverage", "--rules", rules))["DiskFull2"]["runbook_state"] == "page"
    ctl.house.write("runbookd.yml", config | {"sources": [one, other]})
    for options, state in ((), "depends"), (("--source=eu1",), "page"), (("--source=us1",), "none"):
        assert by_name(ctl.json("coverage", "--rules", rules, *options))["DiskFull2"]["runbook_state"] == state
    ctl.run("coverage", "--rules", rules, "--source=asia", status=2)
    assert "no source 'asia'" in ctl.errors


def test_what_flaps_by_itself_is_named(ctl):
    ctl.house.write("twice.yml", "groups:\n- rules:\n  - {alert: Twice, expr: a > 1, for: 5m}\n  - {alert: Twice, expr: b > 1}\n")
    document = ctl.json("coverage", "--rules", path(ctl, "twice.yml"))
    (pair,) = document["same_labels"]
    assert (pair["alertname"], pair["line"], pair["other"]["line"]) == ("Twice", 3, 4)
    (restart,) = document["restart_refires"]
    assert (restart["line"], restart["for"], restart["resolve_hold_wanted"]) == (3, "5m", "3m")
    out = ctl.run("coverage", "--rules", path(ctl, "twice.yml"))
    assert "SAME NAME AND LABELS" in out and "resolve_hold: 3m folds that" in out


class Prometheus(http.server.BaseHTTPRequestHandler):
    """Under /prom one that knows all that is asked, under /old one that knows its rules only."""
    answers = {
        "rules": {"groups": [{"name": "g", "file": "x.yml", "rules": [
            {"type": "alerting", "name": "CheckoutDown", "labels": {"severity": "critical", "team": "shop"}},
            {"type": "alerting", "name": "Another", "labels": {}}, {"type": "recording", "name": "r"}]}]},
        "status/config": {"yaml": "global: {external_labels: {cluster: eu, replica: a}}\n"
                                  "alerting: {alert_relabel_configs: [{action: labeldrop, regex: replica}]}\n"},
        "series": [{"__name__": "ALERTS", "alertname": "Another", "alertstate": "firing", "namespace": "shop-1"}]}

    def do_GET(self):
        host, _, name = self.path.split("?")[0].partition("/api/v1/")
        known = name in self.answers and (host == "/prom" or (host == "/old" and name == "rules"))
        data = json.dumps({"data": self.answers.get(name)}).encode()
        self.send_response(200 if known else 404)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


@pytest.fixture
def prometheus():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Prometheus)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


def test_a_prometheus_is_asked(ctl, prometheus):
    rows = by_name(ctl.json("coverage", "--prometheus", prometheus + "/old/"))
    assert "is not known" in ctl.errors and "answered 404" in ctl.errors
    assert list(rows) == ["CheckoutDown", "Another"]
    assert rows["CheckoutDown"]["owner"] == "crew" and rows["Another"]["line"] is None
    both = ctl.json("coverage", "--prometheus", prometheus + "/old", "--rules", path(ctl, "shop.yml"))
    assert len(both["alerts"]) == 5, "what both know counts once"
    ctl.run("coverage", "--prometheus", prometheus, status=1)
    assert "answered 404" in ctl.errors
    ctl.run("coverage", "--prometheus", "http://prometheus.test:9090", status=1)
    assert "neither https nor http to loopback" in ctl.errors


def test_external_labels_and_what_fired_come_from_the_prometheus(ctl, prometheus):
    pages = os.path.join(ctl.house.folder, "pages")
    os.rename(os.path.join(pages, "checkout"), os.path.join(pages, "till"))  # no alert is called so
    os.remove(os.path.join(pages, "till/down.md"))
    with open(os.path.join(pages, "till/stopped.md"), "w", encoding="utf-8") as f:
        f.write("# The till stands still\n")
    ctl.house.rules([{"name": "ns", "matchers": ['namespace=~"shop.*"', 'cluster="eu"'], "owner": "crew", "runbook": "till/stopped.md"},
                     {"name": "replicas", "matchers": ['replica="a"'], "owner": "nobody", "runbook": "till/stopped.md"}])
    old = by_name(ctl.json("coverage", "--prometheus", prometheus + "/old"))
    assert old["Another"]["owner_depends_on"] == ["namespace", "cluster", "replica"]
    rows = by_name(ctl.json("coverage", "--prometheus", prometheus + "/prom"))
    assert (rows["Another"]["owner"], rows["Another"]["fired"]) == ("crew", True)
    assert (rows["Another"]["runbook_state"], rows["Another"]["owner_depends_on"]) == ("page", [])
    assert rows["CheckoutDown"]["runbook_depends_on"] == ["namespace"] and not rows["CheckoutDown"]["fired"]


def test_a_prometheus_out_of_reach_is_a_failure(ctl, prometheus):
    gone = prometheus.rsplit(":", 1)[0] + ":1"
    out = ctl.run("coverage", "--prometheus", gone, status=1)
    assert "100" not in out and "this is not all" in out and gone in ctl.errors
    ctl.run("coverage", "--prometheus", gone, "--rules", path(ctl, "shop.yml"), "--min-runbook=0", status=1)


def test_what_fired_is_in_the_journal(local_house, start, tmp_path):
    house = local_house(RULES, catalog={"runbooks": "pages"}, journal={"path": str(tmp_path / "journal")})
    (tmp_path / "a" / "pages" / "checkout").mkdir(parents=True)
    (tmp_path / "a" / "pages" / "checkout" / "down.md").write_text("# Checkout is down\n")
    daemon = start(house)
    daemon.send(body(alert("CheckoutDown", instance="1"), alert("CheckoutDown", instance="2"), alert("Other")))
    wait_until(lambda: sum(open(f, encoding="utf-8").read().count('"verdict"') for f in
                           glob.glob(str(tmp_path / "journal" / "*.jsonl"))) == 3, 10, "three alerts in the journal")
    ctl = Ctl(house, folder=tmp_path)
    journal = str(tmp_path / "journal" / "*.jsonl")
    document = ctl.json("coverage", "--journal", journal)
    assert sorted(by_name(document)) == ["CheckoutDown", "Other"] and document["totals"]["alerts"] == 2
    assert by_name(document)["CheckoutDown"]["runbook_exists"]
    assert ctl.json("coverage") == document, "the configured journal is what there is when nothing is named"
    with open(glob.glob(journal)[0], "a", encoding="utf-8") as f:
        f.write('{"verdict": "page", "labels": {"alertn')
    assert ctl.json("coverage", "--journal", journal) == document
    assert re.search(r":\d+: not an entry of a journal", ctl.errors)


# ---- a public corpus, where it is at hand ----

SHARED = os.environ.get("RUNBOOKD_SHARED_DATA", os.path.join(REPOSITORY, os.pardir, "shared", "data"))


def expected():
    with open(os.path.join(SHARED, "alerts", "expected_runbook.jsonl"), encoding="utf-8") as f:
        rows = [json.loads(line) for line in f]
    return [row for row in rows if row["source"].endswith("/kube-prometheus")]


@pytest.mark.skipif(not os.path.isdir(os.path.join(SHARED, "alerts", "kube-prometheus")), reason="no shared data")
def test_a_real_corpus_leads_to_every_page_there_is(local_house, tmp_path):
    base = "prometheus-operator/content/runbooks/"
    pages = os.path.abspath(os.path.join(SHARED, "runbooks", base))
    house = local_house([], catalog={"runbooks": pages, "base_url": "",
                                     "url_map": {"https://runbooks.prometheus-operator.dev/runbooks/": ""}})
    ctl = Ctl(house, folder=tmp_path)
    document = ctl.json("coverage", "--rules", os.path.join(SHARED, "alerts", "kube-prometheus"))
    rows = sorted((row["alertname"], row["severity_label"], base + row["runbook"] if row["runbook_exists"] else "")
                  for row in document["alerts"])
    assert rows == sorted((row["alertname"], row["labels"]["severity"], row["expected_file"] or "")
                          for row in expected())
    dead = {row["alertname"] for row in document["alerts"] if row["runbook_state"] != "page"}
    assert dead == {row["alertname"] for row in expected() if not row["expected_file"]}


# ---- rules that are for nothing


CLOSED = """groups:
- name: shop
  rules:
  - {alert: CheckoutDown, expr: sum by (job) (x) > 0, labels: {severity: critical, team: shop}}
  - {alert: QueueStuck, expr: 'sum by (region) (x) > 0', labels: {severity: warning}}
  - {alert: DiskFull, expr: sum(x) > 0, labels: {severity: info}}
"""


def evidence(document):
    return {e["rule"]: e for e in document["unreached_rules"]}


def test_rules_that_no_alert_reaches_and_what_was_meant(ctl):
    ctl.house.rules([
        {"name": "typo", "matchers": ['alertname="CheckoutDwon"'], "owner": "a"},
        {"name": "value", "matchers": ['alertname="CheckoutDown"', 'team="shp"'], "owner": "a"},
        {"name": "together", "matchers": ['alertname="DiskFull"', 'team="shop"'], "owner": "a"},
        {"name": "label", "matchers": ['taem="shop"'], "owner": "a", "continue": True},
        {"name": "measured", "matchers": ['alertname="QueueStuck"', 'region="eu"'], "owner": "b"},
        {"name": "list", "matchers": ['alertname=~"QueueStuck|DiskFul|CheckoutDown"'], "owner": "a"},
        {"name": "late", "matchers": ['alertname="CheckoutDown"'], "owner": "c"},
        {"name": "fine", "matchers": ['alertname="DiskFull"'], "owner": "a"}])
    ctl.house.write("closed.yml", CLOSED)
    document = ctl.json("coverage", "--rules", path(ctl, "closed.yml"), "--external-labels", "cluster=x")
    found = evidence(document)
    assert set(found) == {"typo", "value", "together", "label", "measured", "late"}
    assert (found["typo"]["reached"], found["typo"]["did_you_mean"]) == ("never", "CheckoutDown")
    assert found["typo"]["matcher"] == 'alertname="CheckoutDwon"' and found["typo"]["line"] > 0
    assert (found["value"]["reached"], found["value"]["did_you_mean"]) == ("never", "shop")
    assert (found["together"]["reached"], found["together"]["matcher"]) == ("never", None)
    assert found["measured"]["reached"] == "depends" and found["measured"]["depends_on"] == ["region"]
    assert (found["late"]["reached"], found["late"]["behind"]) == ("behind", "list")
    assert found["label"]["did_you_mean"] == "team"
    assert [(n["rule"], n["alertname"], n["did_you_mean"]) for n in document["unknown_names"]] == [
        ("list", "DiskFul", "DiskFull")]
    text = ctl.run("coverage", "--rules", path(ctl, "closed.yml"), "--external-labels", "cluster=x")
    assert 'no alert has alertname="CheckoutDwon"; did you mean "CheckoutDown"?' in text
    assert "takes all that it matches" in text and "an expression or the sender gives: region" in text


def test_who_takes_what_a_rule_never_gets_is_the_one_that_takes_most(ctl):
    ctl.house.rules([{"name": "one", "matchers": ['alertname="DiskFull"'], "owner": "a"},
                     {"name": "most", "matchers": ['cluster="x"'], "owner": "b"},
                     {"name": "rest", "matchers": ['alertname=~".+"'], "owner": "c"}])
    ctl.house.write("closed.yml", CLOSED)
    given = ["coverage", "--rules", path(ctl, "closed.yml"), "--external-labels", "cluster=x"]
    assert evidence(ctl.json(*given))["rest"]["behind"] == "most"
    assert "and 1 other take all that it matches" in " ".join(ctl.run(*given).split())


def test_a_label_that_no_alert_has_and_the_one_that_was_meant(ctl):
    """Also where the rule is reached all the same: what is not so holds for whoever lacks the label."""
    ctl.house.rules([{"name": "loud", "matchers": ['sevrity!="info"'], "owner": "a"}])
    ctl.house.write("closed.yml", CLOSED)
    given = ["coverage", "--rules", path(ctl, "closed.yml"), "--external-labels", "cluster=x"]
    unseen, = ctl.json(*given)["unseen_labels"]
    assert (unseen["rule"], unseen["label"], unseen["did_you_mean"], unseen["may_come"]) == ("loud", "sevrity", "severity", False)
    text = ctl.run(*given)
    assert "LABEL THAT NO ALERT HAS" in text and 'did you mean "severity"?' in text
    ctl.house.rules([{"name": "loud", "matchers": ['severity!="info"'], "owner": "a"}])
    assert ctl.json(*given)["unseen_labels"] == [] and "LABEL THAT" not in ctl.run(*given)


def test_filters_and_what_fired_make_no_rule_dead(ctl, tmp_path):
    ctl.house.rules([{"name": "shop", "matchers": ['alertname="CheckoutDown"']},
                     {"name": "seen", "matchers": ['alertname="Once"', 'zone="z1"']}])
    assert set(evidence(ctl.json("coverage", "--rules", path(ctl, "shop.yml"), "--ignore=Checkout*"))) == {"seen"}
    line = {"event": "decided", "fingerprint": "f", "verdict": "page", "labels": {"alertname": "Once", "zone": "z1"}}
    (tmp_path / "j.jsonl").write_text(json.dumps(line) + "\n")
    both = ctl.json("coverage", "--rules", path(ctl, "shop.yml"), "--journal", str(tmp_path / "j.jsonl"))
    assert evidence(both) == {}
    alone = ctl.json("coverage", "--journal", str(tmp_path / "j.jsonl"))
    assert alone["unreached_rules"] == [], "a journal alone defines nothing: what did not fire yet may"
