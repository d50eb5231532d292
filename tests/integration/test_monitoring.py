"""What config/ has for watching runbookd: rules, dashboard, and what fires and shows a page in docker-compose.yml."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from harness import Ctl, call
from harness.daemon import BIN, REPOSITORY

CONFIG = os.path.join(REPOSITORY, "config")
RULES = ("alerts.yml", "demo_alerts.yml")
promtool = pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")

# Each alert on runbookd: what must be seen for how long until it fires, and for how long it does not yet.
SERIES = [
    ("RunbookdDown", 'up{job="runbookd",instance="a"}', "0x60", "3m"),
    ("RunbookdStoreDown", 'runbookd_store_up{instance="a",store="redis"}', "0x60", "3m"),
    ("RunbookdStoreNotDurable", 'runbookd_store_durable{instance="a"}', "0x60", "11m"),
    ("RunbookdDeadLetters", 'runbookd_dead_letters{instance="a",receiver="oncall"}', "1x60", "6m"),
    ("RunbookdDeliverySlow", 'runbookd_delivery_oldest_seconds{instance="a",receiver="oncall"}', "400x60", "2m"),
    ("RunbookdReloadFailed", 'runbookd_config_last_reload_successful{instance="a"}', "0x60", "11m"),
    ("RunbookdHearsNothing", 'runbookd_source_last_received_timestamp_seconds{job="runbookd",source="default"}', "0x60", "20m"),
    ("RunbookdAlertsCutOff", 'runbookd_alerts_truncated_total{instance="a",source="default"}', "0+1x60", "5m"),
    ("RunbookdJournalLoses", 'runbookd_journal_lost_total{instance="a"}', "0+1x60", "5m"),
    ("RunbookdRulesFail", 'runbookd_match_errors_total{instance="a",rule="x"}', "0+1x60", "5m"),
    ("RunbookdRefusesAlerts", 'runbookd_requests_refused_total{instance="a",reason="body"}', "0+1x60", "15m"),
]
TWO = {
    "RunbookdNotMerged": ([('runbookd_store_owned_keys{instance="a"}', "3x60"),
                           ('runbookd_store_drained{instance="a"}', "0x60")], "31m"),
    "RunbookdConfigurationsDiffer": ([('runbookd_config_hash{job="r",instance="a"}', "1x60"),
                                      ('runbookd_config_hash{job="r",instance="b"}', "2x60")], "31m"),
}


def read(name):
    with open(os.path.join(CONFIG, name), encoding="utf-8") as f:
        return f.read()


def known_metrics(tmp_path):
    out = Ctl(folder=tmp_path).run("help", "metrics")
    names = set(re.findall(r"^  (runbookd_\w+)", out, re.M))
    return names | {f"{name}_bucket" for name in names}


def test_every_metric_that_they_name_exists(tmp_path):
    known = known_metrics(tmp_path)
    for name in ("alerts.yml", "dashboard.json"):
        text = read(name)
        named = set(re.findall(r"runbookd_\w+", text))
        assert len(named) > 10 and not named - known, (name, named - known)


def test_the_dashboard_has_no_panel_twice():
    panels = json.loads(read("dashboard.json"))["panels"]
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in panels]
    assert len(panels) > 12 and len(set(places)) == len(places) and len({p["id"] for p in panels}) == len(panels)
    assert all(t["expr"] for p in panels for t in p["targets"])


@promtool
def test_promtool_takes_the_rules_and_the_configuration():
    for args in (["check", "rules", *(os.path.join(CONFIG, name) for name in RULES)],
                 ["check", "config", os.path.join(CONFIG, "prometheus.yml")]):
        done = subprocess.run(["promtool", *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        assert done.returncode == 0, done.stdout


@promtool
def test_each_alert_fires_when_it_should(tmp_path):
    """By promtool's own unit tests: the alert is there after that time. An alert without a line here fails."""
    cases = [(name, [(series, values)], at) for name, series, values, at in SERIES]
    cases += [(name, series, at) for name, (series, at) in TWO.items()]
    assert {name for name, *_ in cases} == set(re.findall(r"- alert: (\w+)", read("alerts.yml")))
    quiet = [(series, re.sub(r"^0x", "1x", values)) for _, series, values, _ in SERIES if values.startswith("0x")]
    tests = [{"interval": "1m", "input_series": [{"series": s, "values": v} for s, v in series],
              "promql_expr_test": [{"expr": f'count(ALERTS{{alertname="{name}",alertstate="firing"}})', "eval_time": at,
                                    "exp_samples": [{"labels": "{}", "value": 1}]}]} for name, series, at in cases]
    tests += [{"interval": "1m", "input_series": [{"series": s, "values": v}],
               "promql_expr_test": [{"expr": 'count(ALERTS{alertstate="firing"})', "eval_time": "12m", "exp_samples": []}]}
              for s, v in quiet if "timestamp" not in s]
    path = tmp_path / "alerts_test.yml"
    path.write_text(json.dumps({"rule_files": [os.path.join(CONFIG, "alerts.yml")], "tests": tests}))
    done = subprocess.run(["promtool", "test", "rules", str(path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    assert done.returncode == 0, done.stdout


def test_what_fires_in_the_demonstration_has_runbooks(tmp_path):
    """All but the Watchdog, which is a heartbeat and no page."""
    document = Ctl(folder=tmp_path).json(f"--config.file={CONFIG}/compose.yml", "coverage",
                                         f"--rules={CONFIG}/demo_alerts.yml")
    found = {a["alertname"]: a for a in document["alerts"]}
    assert len(found) == 3
    assert all(a["runbook"] for name, a in found.items() if name != "Watchdog"), found


def test_the_stand_in_pager_shows_pages():
    command = [sys.executable, "-u", os.path.join(REPOSITORY, "tests/tools/pager.py"), "--port=0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as pager:
        url = f"http://127.0.0.1:{re.search(r'listens on ([0-9]+)', pager.stdout.readline())[1]}"
        assert "No page yet" in call(url + "/")[2].decode()
        page = {"event": "trigger", "summary": "<script>alert(1)</script>"}
        assert call(url + "/oncall", "POST", json.dumps(page).encode(), {})[0] == 202
        shown = call(url + "/")[2].decode()
        pager.terminate()
    assert "PAGE to oncall" in shown and "&lt;script&gt;" in shown and "<script>" not in shown


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_takes_the_unit(tmp_path):
    for program in ("runbookd", "runbookctl"):
        assert os.path.exists(os.path.join(BIN, program))
    unit = tmp_path / "runbookd.service"
    unit.write_text(read("runbookd.service").replace("/usr/local/bin", BIN))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    assert done.returncode == 0 and "runbookd.service" not in done.stdout, done.stdout
    unit.write_text(unit.read_text().replace("Restart=always", "Restrat=always"))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    assert "Restrat" in done.stdout, "it would say so"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_the_unit_leaves_little_to_take(tmp_path):
    """Exposure of 1.3 or better, on systemd's scale to 10."""
    unit = tmp_path / "runbookd.service"
    unit.write_text(read("runbookd.service"))
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    score = re.search(r"Overall exposure level for runbookd\.service: ([0-9.]+)", done.stdout)
    if not score:
        pytest.skip(f"this systemd does not judge files: {done.stdout}")
    assert float(score[1]) <= 1.3, done.stdout


def compose_mounts():
    """(service, path of this tree) of everything that is mounted into a container."""
    with open(os.path.join(REPOSITORY, "docker-compose.yml"), encoding="utf-8") as f:
        return re.findall(r"(\./[\w./-]+):/", f.read())


def test_what_containers_are_given_exists():
    mounts = compose_mounts()
    assert "./config/prometheus.yml" in mounts and "./tests/tools/pager.py" in mounts
    assert all(os.path.exists(os.path.join(REPOSITORY, mount)) for mount in mounts), mounts


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="docker-compose is not installed")
def test_docker_compose_takes_the_file():
    done = subprocess.run(["docker-compose", "config"], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0 and "pager.py" in done.stdout, done.stdout
