"""What whoever tunes rules asks a running daemon: shadow rules, diff, budgets, why, and backtest of its journal."""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harness import Ctl, alert, body, get_json, now, post_json, wait_until

LIVE = [{"name": "disks", "matchers": ['alertname=~"Disk.*"'], "severity": "P1", "owner": "storage",
         "group_by": ["..."]},
        {"name": "rest", "matchers": ['alertname=~".+"'], "severity": "P2", "owner": "crew", "group_by": ["..."]}]


def replaced(rules, name, **fields):
    return [{**r, **fields} if r["name"] == name else r for r in rules]


# ---- shadow rules


@pytest.fixture
def shadowed(local_house, start):
    """A daemon with live rules and others beside them."""
    house = local_house(rules=LIVE, shadow_rule_files=["shadow/*.yml"])
    os.makedirs(os.path.join(house.folder, "shadow"))
    house.write("shadow/10.yml", {"rules": replaced(LIVE, "disks", severity="P3", page=False)})
    return house, start(house)


def test_shadow_rules_are_compared_and_nothing_follows(shadowed, recorder, tmp_path):
    house, d = shadowed
    ctl = Ctl(house, daemon=d, folder=tmp_path)
    assert "no alert has come yet" in ctl.run("shadow")
    for host in ("a", "b"):
        d.send(body(alert("DiskFull", starts=now(), host=host), group={"alertname": "DiskFull", "host": host}))
    d.send(body(alert("Load", starts=now())))
    wait_until(lambda: len(recorder.triggers()) == 3, 30, "the live rules page")
    wait_until(lambda: ctl.json("shadow")["alerts"] == 3, 10, "all three were looked at")
    report = ctl.json("shadow", "--fail-if-different", status=1)
    assert (report["different"], report["left_out"], len(report["rows"])) == (2, 0, 1)
    row = report["rows"][0]
    assert (row["alertname"], row["rule"], row["shadow_rule"]) == ("DiskFull", "disks", "disks")
    assert (row["alerts"], row["paged"]) == (2, 2) and 'host="a"' in row["labels"]
    assert {c["field"]: (c["before"], c["after"]) for c in row["changes"]} == {
        "page": ("true", "false"), "severity": ("P1", "P3")}
    assert d.metric("shadow_alerts_total") == 3
    assert d.metric("shadow_differences_total", field="severity") == 2
    table = ctl.run("shadow")
    assert "2 of 3 alerts" in table and "severity: P1 -> P3" in table


def test_the_list_begins_anew_with_a_configuration(shadowed, tmp_path):
    house, d = shadowed
    ctl = Ctl(house, daemon=d, folder=tmp_path)
    d.send(body(alert("DiskFull", starts=now())))
    wait_until(lambda: ctl.json("shadow")["different"] == 1, 10, "it is different")
    house.write("shadow/10.yml", {"rules": LIVE})
    assert d.reload()[0] == 200
    assert (ctl.json("shadow")["alerts"], ctl.json("shadow")["rows"]) == (0, [])
    d.send(body(alert("DiskFull", starts=now(), host="c")))
    wait_until(lambda: ctl.json("shadow")["alerts"] == 1, 10, "it was looked at")
    assert ctl.json("shadow", "--fail-if-different")["different"] == 0


def test_shadow_rules_are_held_to_what_live_rules_are(shadowed, tmp_path):
    house, _ = shadowed
    house.write("shadow/10.yml", {"rules": [{"name": "x", "matchers": ['a="b"'], "receivers": ["nobody"]}]})
    ctl = Ctl(house, folder=tmp_path)
    ctl.run("check", status=1)
    assert "shadow/10.yml:" in ctl.errors and '"nobody"' in ctl.errors


def test_without_shadow_rules_it_says_so(local_house, start, tmp_path):
    house = local_house()
    ctl = Ctl(house, daemon=start(house), folder=tmp_path)
    assert "no shadow_rule_files are configured" in ctl.run("shadow")


# ---- diff


@pytest.fixture
def paged(local_house, start, recorder, tmp_path):
    """A daemon with three open incidents that were paged, and a runbookctl that can write other rules."""
    house = local_house(rules=LIVE, receivers=[
        {"name": "oncall", "pagerduty": {"routing_key": "R0UTE", "url": recorder.url}, "rate_limit": {"per_second": 0}},
        {"name": "lead", "pagerduty": {"routing_key": "L3AD", "url": recorder.url}, "rate_limit": {"per_second": 0}}])
    d = start(house)
    for name in ("DiskFull", "DiskSlow", "Load"):
        d.send(body(alert(name, starts=now() - 5), group={"alertname": name}))
    wait_until(lambda: len(recorder.triggers()) == 3, 30, "three pages")
    ctl = Ctl(house, daemon=d, folder=tmp_path)
    wait_until(lambda: all(i["deliveries"][0]["told"] == "firing" for i in ctl.json("incidents")["incidents"]), 10, "told")
    return ctl, recorder


def diff(ctl, rules, *args, **options):
    path = os.path.join(ctl.house.folder, "new.yml")
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"rules": rules}, f)
    return ctl.json("diff", f"--rules={path}", *args, **options)


def by_name(report):
    return {i["alertname"]: i for i in report["incidents"]}


def changes(incident):
    return {c["field"]: (c["before"], c["after"]) for c in incident["changes"]}


def test_the_same_rules_change_nothing(paged):
    ctl, _ = paged
    report = diff(ctl, LIVE, "--fail-if-pages")
    assert report["incidents"] == []
    assert report["totals"] == {"open": 3, "changed": 0, "pages_added": 0, "pages_removed": 0, "ended": 0}


def test_another_name_of_a_rule_is_no_change(paged):
    ctl, _ = paged
    assert diff(ctl, [{**LIVE[0], "name": "storage"}, LIVE[1]])["incidents"] == []


def test_a_graver_severity_and_a_new_receiver_page_at_once(paged):
    ctl, recorder = paged
    report = diff(ctl, replaced(replaced(LIVE, "disks", severity="P0"), "rest", receivers=["oncall", "lead"]),
                  "--fail-if-pages", status=1)
    found = by_name(report)
    assert set(found) == {"DiskFull", "DiskSlow", "Load"}
    assert changes(found["DiskFull"]) == {"severity": ("P1", "P0")}
    assert changes(found["Load"]) == {"receivers": ("oncall", "oncall, lead")}
    assert {"receiver": "oncall", "message": "page"} in found["DiskFull"]["messages"]["added"]
    assert {"receiver": "lead", "message": "page"} in found["Load"]["messages"]["added"]
    assert report["totals"]["pages_added"] == 3 and report["totals"]["ended"] == 0, "a graver page in the other's stead is no end"
    assert len(recorder.triggers()) == 3, "nothing is sent"


def test_what_diff_says_is_what_the_reload_does(paged):
    """The same three alerts come again under the new rules: the messages are those that were foretold."""
    ctl, recorder = paged
    new = replaced(replaced(LIVE, "disks", page=False), "rest", severity="P0")
    foretold = by_name(diff(ctl, new))
    assert [m["message"] for m in foretold["DiskFull"]["messages"]["added"]] == ["resolve"]
    assert "page" in [m["message"] for m in foretold["Load"]["messages"]["added"]]
    ctl.house.rules(new)
    assert ctl.daemon.reload()[0] == 200
    for name in ("DiskFull", "DiskSlow", "Load"):
        ctl.daemon.send(body(alert(name, starts=now() - 5), group={"alertname": name}))
    keys = {i["alertname"]: i["key"] for i in foretold.values()}
    wait_until(lambda: recorder.resolves(keys["DiskFull"]) and recorder.resolves(keys["DiskSlow"]), 30, "taken back")
    wait_until(lambda: any(r.key == keys["Load"] + "-2" for r in recorder.triggers()), 30, "paged anew")


def test_what_diff_prints_and_what_it_refuses(paged):
    ctl, _ = paged
    path = os.path.join(ctl.house.folder, "new.yml")
    diff(ctl, replaced(LIVE, "rest", owner="night-crew"))
    text = ctl.run("diff", f"--rules={path}")
    assert "owner: crew -> night-crew" in text and "1 of 3 open incidents" in text
    ctl.run("diff", status=2)
    ctl.run("diff", "--rules=/nowhere/*.yml", status=1)
    ctl.run("--url=http://127.0.0.1:1", "diff", f"--rules={path}", status=1)
    assert "127.0.0.1:1" in ctl.errors


def test_records_come_in_pieces(local_house, start, tmp_path):
    house = local_house(rules=LIVE, delivery={"mode": "observe"})
    d = start(house)
    alerts = [alert("Load", starts=now() - 5, host=f"h{i}") for i in range(150)]
    d.send(body(*alerts))
    ctl = Ctl(house, daemon=d, folder=tmp_path)
    assert diff(ctl, replaced(LIVE, "rest", severity="P3"))["totals"]["changed"] == 150
    assert get_json(f"{d.url}/api/v1/incidents/records?cursor=made-up")[0] == 400


# ---- budgets


def of_budget(d, what, owner):
    labels = {"kind": "owner", "name": owner, "what": "pages"}
    return d.metrics().get((f"page_budget_{what}", frozenset(labels.items())))


def test_a_budget_is_counted_reported_and_acted_on(local_house, start, recorder, tmp_path):
    """Two pages are allowed: the third says so, or goes to the chat; what is gravest pages all the same."""
    catalog = {"owners": [
        {"name": "storage", "receivers": {"default": ["oncall"], "P3": ["chat"]},
         "page_budget": {"per": "1d", "pages": 2, "when_exceeded": "chat"}},
        {"name": "crew", "page_budget": {"per": "7d", "pages": 1, "when_exceeded": "say"}}]}
    house = local_house(rules=[*LIVE, ], catalog={"files": ["catalog.yml"]}, receivers=[
        {"name": "oncall", "pagerduty": {"routing_key": "R0UTE", "url": recorder.url}, "rate_limit": {"per_second": 0}},
        {"name": "chat", "kind": "chat", "webhook": {"url": recorder.url}}])
    house.write("catalog.yml", catalog)
    house.rules([{"name": "fire", "matchers": ['alertname="DiskFire"'], "severity": "P0", "owner": "storage",
                  "group_by": ["..."]}, *LIVE])
    d = start(house)
    ctl = Ctl(house, daemon=d, folder=tmp_path)

    def page(name, host):
        d.send(body(alert(name, starts=now(), host=host), group={"alertname": name, "host": host}))

    for host in ("a", "b"):
        page("DiskFull", host)
    page("Load", "a")
    wait_until(lambda: len(recorder.triggers()) == 3, 30, "within the budget")
    wait_until(lambda: (of_budget(d, "used", "storage"), of_budget(d, "used", "crew")) == (2, 1), 60, "it was counted")
    assert of_budget(d, "limit", "storage") == 2
    rows = {r["name"]: r for r in ctl.json("noise", "--by=owner")["rows"]}
    assert rows["storage"]["budget"] == {"per": "1d", "pages": 2, "nights": None, "used_pages": 2,
                                         "used_nights": rows["storage"]["night_pages"], "when_exceeded": "chat",
                                         "used_up": True}
    assert "storage: 2 of 2 pages in 1d: used up" in ctl.run("noise", "--by=owner")
    assert "budget" not in ctl.json("noise")["rows"][0]
    before = len(recorder.requests)
    page("DiskFull", "c")
    wait_until(lambda: len(recorder.requests) > before, 30, "somebody is told")
    inc = next(i for i in ctl.json("incidents", "list", "host=c")["incidents"])
    assert [x["receiver"] for x in inc["deliveries"]] == ["chat"]
    page("DiskFire", "d")
    wait_until(lambda: "DiskFire" in str([r.body for r in recorder.triggers()]), 30, "the gravest is paged")
    page("Load", "b")
    said = "crew: 1 pages in 7d, 1 allowed"
    wait_until(lambda: said in str([r.body for r in recorder.triggers()]), 30, "the page says that the budget is used up")


def test_a_budget_holds_in_a_burst(local_house, start, recorder, tmp_path):
    """What was sent counts at once: of ten incidents within seconds two page, and the others are in the chat."""
    house = local_house(rules=LIVE, catalog={"files": ["catalog.yml"]}, journal={"path": "journal"}, receivers=[
        {"name": "oncall", "pagerduty": {"routing_key": "R0UTE", "url": recorder.url}, "rate_limit": {"per_second": 0}},
        {"name": "chat", "kind": "chat", "webhook": {"url": recorder.url}, "rate_limit": {"per_second": 0}}])
    house.write("catalog.yml", {"owners": [{"name": "storage", "receivers": {"default": ["oncall"], "P3": ["chat"]},
                                            "page_budget": {"per": "1d", "pages": 2, "when_exceeded": "chat"}}]})
    d = start(house)
    ctl = Ctl(house, daemon=d, folder=tmp_path)
    wait_until(lambda: of_budget(d, "limit", "storage") == 2, 30, "the budget is known")

    def told(host):
        return [x["receiver"] for i in ctl.json("incidents", "list", f"host={host}")["incidents"] for x in i["deliveries"]
                if x["told"] == "firing"]

    receivers = []
    for i in range(10):
        d.send(body(alert("DiskFull", starts=now(), host=f"h{i}"), group={"alertname": "DiskFull", "host": f"h{i}"}))
        wait_until(lambda host=f"h{i}": told(host), 30, "somebody is told")
        receivers += told(f"h{i}")
    assert receivers == ["oncall"] * 2 + ["chat"] * 8
    row = next(r for r in ctl.json("noise", "--by=owner")["rows"] if r["name"] == "storage")
    assert (row["pages"], row["chat"], row["budget"]["used_pages"], row["budget"]["used_up"]) == (2, 8, 2, True)
    assert of_budget(d, "used", "storage") == 2
    wait_until(lambda: ctl.json("backtest", f"--daemon={d.url}")["alerts"] == 10, 30, "the journal holds all")
    assert ctl.json("backtest", f"--daemon={d.url}")["before"]["pages"] == 2


def test_budgets_are_read_strictly(local_house, tmp_path):
    house = local_house(rules=replaced(LIVE, "rest", page_budget={"per": "7d"}))
    ctl = Ctl(house, folder=tmp_path)
    ctl.run("check", status=1)
    assert "page_budget must say how many" in ctl.errors
    house.rules(replaced(LIVE, "rest", page_budget={"pages": 3, "per": "90d"}))
    ctl.run("check", status=1)
    house.rules(replaced(LIVE, "rest", page_budget={"pages": 3, "when_exceeded": "shout"}))
    ctl.run("check", status=1)
    assert "when_exceeded" in ctl.errors


# ---- why and backtest, of daemons


@pytest.fixture
def journalled(local_house, start, recorder, tmp_path):
    house = local_house(rules=LIVE, journal={"path": "journal"})
    d = start(house)
    key = d.send(body(alert("DiskFull", starts=now() - 60, host="db1")), source="eu")[0]["key"]
    wait_until(lambda: recorder.triggers(), 30, "it is paged")
    wait_until(lambda: get_json(f"{d.url}/api/v1/why?matcher=host%3Ddb1")[1]["data"]["events"][-1]["event"] == "told",
               30, "the journal has it")
    return Ctl(house, daemon=d, folder=tmp_path), key


def test_a_running_daemon_says_why(journalled):
    ctl, key = journalled
    said = ctl.json("why", "alertname=DiskFull")
    assert said["received"] == 1
    assert [e["event"] for e in said["events"]] == ["decided", "told"]
    assert [i["key"] for i in said["incidents"]] == [key]
    text = ctl.run("why", "host=db1")
    assert "page, new" in text and "In the records of the incidents" in text and "opened" in text


class FakeAlertmanager(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        text = json.dumps([{"labels": {"alertname": "Quiet"}, "startsAt": "2026-11-30T01:00:00.000Z",
                            "receivers": [{"name": "elsewhere"}],
                            "status": {"state": "suppressed", "silencedBy": ["51lence"], "inhibitedBy": []}}]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args):
        pass


@pytest.fixture
def alertmanager():
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeAlertmanager)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def test_what_was_never_received_and_what_alertmanager_says(journalled, alertmanager):
    ctl, _ = journalled
    url = f"http://127.0.0.1:{alertmanager.server_address[1]}"
    text = ctl.run("why", 'alertname=~"Qui.t"', f"--alertmanager={url}/", status=1)
    assert "never received" in text and "last alert from eu:" in text
    assert "suppressed, silenced by 51lence; its receivers there: elsewhere" in text
    assert "filter=alertname%3D~%22Qui.t%22" in alertmanager.asked[0]
    text = ctl.run("why", "alertname=Quiet", "--alertmanager=http://127.0.0.1:1", status=1)
    assert "could not be asked" in text
    ctl.run("why", "alertname=DiskFull", "--journal=/x", "--daemon=http://127.0.0.1:1", status=2)


def test_backtest_of_a_running_daemon(journalled):
    ctl, _ = journalled
    report = ctl.json("backtest", f"--daemon={ctl.daemon.url}/")
    assert (report["alerts"], report["before"]["pages"]) == (1, 1)
    assert report["recorded"]["same"] == 1
    ctl.run("backtest", "--daemon=http://127.0.0.1:1", status=1)
    assert not [n for n in os.listdir(os.environ.get("TMPDIR", "/tmp")) if n.startswith("runbookctl-")
                and not os.listdir(os.path.join(os.environ.get("TMPDIR", "/tmp"), n))]


def test_journal_files_are_what_the_names_say_and_nothing_else(journalled):
    ctl, _ = journalled
    url = ctl.daemon.url
    files = get_json(f"{url}/api/v1/journal")[1]["data"]["files"]
    assert len(files) == 1 and files[0]["name"].endswith(".jsonl") and files[0]["bytes"] > 0
    for name in ("runbookd.yml", "..%2Frunbookd.yml", "2026-11-30.jsonl%2F..", "1999-01-01.jsonl"):
        assert get_json(f"{url}/api/v1/journal/{name}")[0] in (400, 404), name
    assert get_json(f"{url}/api/v1/journal/{files[0]['name']}?offset=-1")[0] == 400
    assert get_json(f"{url}/api/v1/why")[0] == 400
    assert get_json(f"{url}/api/v1/why?matcher=a%3Db&since=soon")[0] == 400




def test_two_replicas_know_it_together(shared_house, start, recorder, redis, tmp_path):
    """What one has decided the other may have told, or somebody may have acknowledged there: both are asked."""
    houses = [shared_house(rules=LIVE, name=name, journal={"path": "journal"}) for name in ("a", "b")]
    one, other = (start(h) for h in houses)
    key = one.send(body(alert("DiskFull", starts=now() - 60, host="db1")), source="eu")[0]["key"]
    wait_until(lambda: recorder.triggers(), 30, "it is paged by one of them")
    assert post_json(f"{other.url}/api/v1/incidents/{key}/ack", {"by": "ana"})[0] == 200
    ctl = Ctl(houses[0], folder=tmp_path)
    both = [f"--daemon={d.url}" for d in (one, other)]

    def events():
        return {(e["event"], e.get("command") or e.get("message") or e.get("verdict"))
                for e in ctl.json("why", "host=db1", *both)["events"]}

    wait_until(lambda: events() >= {("decided", "page"), ("told", "trigger"), ("command", "ack")}, 30, "all is known")
    alone = ctl.json("why", "host=db1", f"--daemon={other.url}")
    assert alone["received"] == 0 and alone["incidents"][0]["key"] == key
    report = ctl.json("backtest", *both)
    assert (report["alerts"], report["before"]["pages"], report["recorded"]["different"]) == (1, 1, 0)
