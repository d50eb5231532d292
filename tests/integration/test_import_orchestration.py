"""PagerDuty's event orchestrations become rules: what the API answers for each of them, and what Terraform prints."""

import json

import pytest

from harness import Ctl


def rule(label, *conditions, disabled=False, **actions):
    return {"id": "r" + str(abs(hash(label)) % 9999), "label": label, "disabled": disabled,
            "conditions": [{"expression": c} for c in conditions], "actions": actions}


def answer(kind, parent, sets, catch_all=None):
    return {"orchestration_path": {
        "type": kind, "parent": {"id": parent, "type": "reference"},
        "sets": [{"id": name, "rules": rules} for name, rules in sets.items()],
        "catch_all": {"actions": catch_all or {}}, "version": "v1"}}


ROUTER = answer("router", "E-ORCH-1", {"start": [
    rule("shop", "event.custom_details.namespace matches 'shop' and not event.custom_details.env matches part 'dev'", route_to="PSHOP"),
    rule("disks", "event.summary matches part 'disk (full)'", "event.class matches regex '^Disk'", route_to="PDISK"),
    rule("by details", "event.custom_details.firing matches part '- team = web'", route_to="PWEB"),
    rule("either", "(event.group exists or event.component matches 'cron') and event.source does not exist", route_to="PCRON"),
    rule("switched off", "event.class matches 'X'", disabled=True, route_to="POFF"),
    rule("at night", "now in Mon,Tue 22:00:00 to 06:00:00 Europe/Paris", route_to="PNIGHT"),
    rule("deep", "event.custom_details.a.b matches 'x'", route_to="PDEEP"),
]}, {"route_to": "unrouted"})

SHOP = answer("service", "PSHOP", {
    "start": [
        rule("quiet", "event.severity matches 'info'", suppress=True),
        rule("wait", "event.custom_details.flappy exists", suspend=300, severity="warning", route_to="second", priority="PPRIO1"),
    ],
    "second": [rule("cart", "event.custom_details.app matches 'cart'", severity="critical", annotate="look at the cart",
                    extractions=[{"target": "event.summary", "template": "Cart: {{event.class}}"},
                                 {"target": "event.source", "regex": "a(.*)", "source": "event.summary"}])],
}, {"severity": "error"})


def imported(folder, document, *flags, status=0):
    ctl = Ctl(folder=folder)
    source = folder / "export.json"
    source.write_text(document if isinstance(document, str) else json.dumps(document, indent=1))
    out = str(folder / "out")
    ctl.run("import", str(source), f"--output={out}", *flags, status=status)
    return ctl, str(source), out


def told(ctl, out, annotations=(), **labels):
    words = [f"{k}={v}" for k, v in labels.items()] + [w for k, v in annotations for w in ("--annotation", f"{k}={v}")]
    alert = ctl.json(f"--config.file={out}/runbookd.yml", "explain", "--no-secrets", *words)["alerts"][0]
    return alert["fields"]["receivers"]["value"] if alert["page"] else [], alert


@pytest.mark.parametrize("labels, annotations, receivers", [
    ({"namespace": "shop"}, {}, ["PSHOP"]),
    ({"namespace": "shop", "env": "my-dev-1"}, {}, ["unrouted"]),
    ({"alertname": "A"}, {"summary": "now the disk (full) is\nfull"}, ["PDISK"]),
    ({"alertname": "A"}, {"summary": "the disk xfullx"}, ["unrouted"]),
    ({"alertname": "DiskSlow"}, {}, ["PDISK"]),
    ({"alertname": "MyDiskSlow"}, {}, ["unrouted"]),
    ({"team": "web"}, {}, ["PWEB"]),
    ({"team": "ops", "job": "web"}, {}, ["unrouted"]),
    ({"group": "g"}, {}, ["PCRON"]),
    ({"job": "cron"}, {}, ["PCRON"]),
    ({"job": "cron", "instance": "a"}, {}, ["unrouted"]),
    ({"alertname": "X"}, {}, ["unrouted"]),
])
def test_a_router_sends_each_alert_where_it_did(labels, annotations, receivers, tmp_path):
    ctl, _, out = imported(tmp_path, ROUTER)
    assert told(ctl, out, annotations.items(), **labels)[0] == receivers


def test_what_has_no_counterpart_is_named_with_its_line(tmp_path):
    ctl, source, out = imported(tmp_path, [ROUTER, SHOP])
    notes = ctl.json("import", source)["notes"]
    lines = open(source).read().splitlines()
    for word, text in [("now in Mon", "depends on the time"), ("details.a.b", "no label is its counterpart"), ("PPRIO1", '"priority" was left out'),
                       ("look at the cart", '"annotate" was left out'), ("event.source\"", 'extraction of "event.source"')]:
        line = next(n for n, l in enumerate(lines, 1) if word in l)
        assert any(text in n["text"] and line - 3 <= n["line"] <= line for n in notes), (word, notes)
    assert any('"switched off" is disabled' in n["text"] for n in notes)
    assert any("PagerDuty tells nobody of events that no rule routes" in n["text"] for n in notes)
    report = open(f"{out}/import-report.md").read()
    assert all(n["text"] in report for n in notes)


def test_a_services_own_rules_stand_behind_the_router(tmp_path):
    ctl, _, out = imported(tmp_path, [ROUTER, SHOP])
    for labels, receivers, severity in [({}, ["PSHOP"], "P1"), ({"severity": "info"}, [], None), ({"flappy": "1"}, ["PSHOP"], "P1"),
                                        ({"flappy": "1", "app": "cart", "alertname": "Slow"}, ["PSHOP"], "P0")]:
        got, alert = told(ctl, out, namespace="shop", **labels)
        assert got == receivers, labels
        if receivers:
            assert alert["fields"]["severity"]["value"] == severity, labels
    assert alert["fields"]["summary"]["value"] == "Cart: Slow"
    rules = ctl.json("import", str(tmp_path / "export.json"))["rules"]
    assert [r["page_after"] for r in rules if r.get("page_after")] == ["300s", "300s"], "what is suspended waits"


def test_what_is_written_loads_and_passes_its_own_tests(tmp_path):
    ctl, _, out = imported(tmp_path, [ROUTER, SHOP])
    config = f"--config.file={out}/runbookd.yml"
    assert "FAILED" not in ctl.run(config, "check", "--no-secrets")
    assert ", 0 failed" in ctl.run(config, "test", f"{out}/rules/10-imported_test.yml")


def test_global_rules_stand_before_the_router(tmp_path):
    everything = answer("global", "E-ORCH-1", {"start": [rule("noise", "event.class matches 'Noise'", drop_event=True),
                                                         rule("loud", "event.custom_details.loud exists", severity="critical")]})
    ctl, _, out = imported(tmp_path, [ROUTER, everything])
    assert told(ctl, out, alertname="Noise", namespace="shop")[0] == []
    receivers, alert = told(ctl, out, loud="yes", namespace="shop")
    assert receivers == ["PSHOP"] and alert["fields"]["severity"]["value"] == "P0"
    assert told(ctl, out, team="web")[0] == ["PWEB"]


def test_fields_are_the_labels_that_are_named(tmp_path):
    document = answer("router", "E", {"start": [rule("a", "event.component matches 'api'", route_to="PA"),
                                                rule("b", "event.custom_details.a.b matches 'x'", route_to="PB")]}, {"route_to": "PREST"})
    ctl, _, out = imported(tmp_path, document, "--label=component=service", "--label", "custom_details.a.b=part")
    assert told(ctl, out, service="api")[0] == ["PA"] and told(ctl, out, job="api")[0] == ["PREST"]
    assert told(ctl, out, part="x")[0] == ["PB"]


def test_a_value_that_no_pattern_can_hold_is_said(tmp_path):
    """Not cut off, and no rule that does not load: its escapes count."""
    document = answer("router", "E", {"start": [rule("dots", f"event.summary matches part '{'.' * 4500}'", route_to="PA"),
                                                rule("words", f"event.summary matches part '{'x' * 4500}'", route_to="PB")]})
    ctl, source, out = imported(tmp_path, document)
    assert [n["text"] for n in ctl.json("import", source)["notes"] if "too long for a pattern" in n["text"]]
    assert "FAILED" not in ctl.run(f"--config.file={out}/runbookd.yml", "check", "--no-secrets")
    assert told(ctl, out, [("summary", "so " + "x" * 4500 + " it is")], alertname="A")[0] == ["PB"]


def terraform(*resources):
    return {"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": {
        "resources": [resources[0]], "child_modules": [{"address": "module.x", "resources": list(resources[1:])}]}}}


def resource(kind, **values):
    return {"address": f"{kind}.x", "mode": "managed", "type": kind, "name": "x", "values": values}


def test_terraforms_own_words_are_read(tmp_path):
    document = terraform(
        resource("pagerduty_service", id="PSHOP", name="Corner shop"),
        resource("pagerduty_service_integration", service="PSHOP", integration_key="key-789"),
        resource("pagerduty_event_orchestration_router", event_orchestration="E", catch_all=[{"actions": [{"route_to": "unrouted"}]}], set=[{
            "id": "start", "rule": [{"label": "shop", "disabled": False, "condition": [{"expression": "event.custom_details.namespace matches 'shop'"}],
                                     "actions": [{"route_to": "PSHOP", "dynamic_route_to": []}]}]}]),
        resource("pagerduty_event_orchestration_service", service="PSHOP", catch_all=[{"actions": [{"suppress": False, "automation_action": []}]}], set=[{
            "id": "start", "rule": [{"condition": [{"expression": "event.severity matches 'info'"}], "actions": [{"suppress": True}]}]}]))
    ctl, source, out = imported(tmp_path, document)
    assert told(ctl, out, namespace="shop")[0] == ["Corner shop"] and told(ctl, out, namespace="shop", severity="info")[0] == []
    config = ctl.json("import", source)["config"]
    secret = next(r for r in config["receivers"] if r["name"] == "Corner shop")["pagerduty"]["routing_key_file"]
    assert open(f"{out}/{secret}").read() == "key-789" and "key-789" not in open(f"{out}/runbookd.yml").read()


def test_sets_that_lead_into_themselves_end(tmp_path):
    loop = answer("service", "PLOOP", {"start": [rule("again", "event.custom_details.a exists", route_to="start")]})
    ctl, source, out = imported(tmp_path, loop)
    assert any("leads into itself" in n["text"] for n in ctl.json("import", source)["notes"])
    assert told(ctl, out, a="1")[0] == ["PLOOP"]
    many = answer("service", "PLOOP", {"start": [rule(str(n), f"event.custom_details.l{n} exists", route_to="start") for n in range(9)]})
    other = tmp_path / "many"
    other.mkdir()
    assert "multiply to more than 10000 rules" in imported(other, many, status=1)[0].errors


@pytest.mark.parametrize("document, error", [
    ({"orchestration_path": {"type": "cache", "sets": []}}, "neither router, global, service nor unrouted"),
    ({"values": {"root_module": {"resources": []}}}, "no event orchestration"),
])
def test_what_is_none_is_said(document, error, tmp_path):
    assert error in imported(tmp_path, document, status=1)[0].errors
