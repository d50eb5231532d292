"""The lines of `runbookctl help proxies`, against the proxies themselves. One that is not installed is skipped."""

import json

import pytest

from harness import alert, body, call, wait_until
from harness.proxies import KINDS, SITE, Proxy, program

MIB = 1024 * 1024
# A webhook beyond nginx's own limit, with alerts that are no larger than Alertmanager's own.
LARGE = {"note": "x" * 8000}


@pytest.fixture
def proxy(tmp_path):
    """proxy(kind, upstream) runs one before an address, or skips the test."""
    running = []

    def run(kind, upstream, **options):
        if not program(kind):
            pytest.skip(f"{kind} is not installed")
        made = Proxy(tmp_path / f"proxy-{len(running)}", kind, upstream, **options)
        running.append(made)
        return made.start()

    yield run
    for made in running:
        made.stop()


@pytest.fixture
def daemon(local_house, start):
    return start(local_house(delivery={"mode": "observe"}, external_url=f"http://{SITE}"))


def address(url):
    return url.split("/")[2]


def large_webhook():
    data = json.dumps(body(*(alert("Crowd", n=str(i), annotations=LARGE) for i in range(270)))).encode()
    assert 2 * MIB < len(data) < 3 * MIB
    return data


def post(proxy, path, data=b"", **headers):
    return call(proxy.url + path, "POST", data, {"Host": SITE, "Content-Type": "application/json", **headers})


@pytest.mark.parametrize("kind", KINDS)
def test_a_webhook_of_two_mebibytes_comes_through(kind, daemon, proxy):
    status, _, reply = post(proxy(kind, address(daemon.url)), "/api/v1/webhook", large_webhook())
    assert status == 200, reply
    assert json.loads(reply)["data"]["received"] == 270
    assert daemon.metric("alerts_received_total", source="") == 270
    assert len(daemon.api("incidents?limit=500")["incidents"]) == 270


def test_nginx_refuses_it_without_the_line(daemon, proxy):
    """And Alertmanager takes a 413 for the last word."""
    without = proxy("nginx", address(daemon.url), change=lambda lines: lines.replace("client_max_body_size 16m;\n", ""))
    assert post(without, "/api/v1/webhook", large_webhook())[0] == 413
    assert daemon.metric("alerts_received_total", source="") in (0, None)
    assert post(without, "/api/v1/webhook", json.dumps(body(alert("Small"))).encode())[0] == 200


@pytest.mark.parametrize("kind", KINDS)
def test_the_site_s_name_and_the_client_arrive(kind, recorder, proxy):
    status, _, _ = post(proxy(kind, address(recorder.url)), "/api/v1/webhook", b"{}")
    assert status == 202
    headers = {name.lower(): value for name, value in recorder.all()[0].headers.items()}
    assert headers["host"] == SITE
    assert headers["x-forwarded-for"] == "127.0.0.1"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("host", [SITE, "localhost"])
def test_nobody_operates_through_a_proxy(kind, host, daemon, proxy):
    """Whatever name the client says it has asked for."""
    status = post(proxy(kind, address(daemon.url)), "/-/reload", Host=host)[0]
    assert status == (503 if (kind, host) == ("caddy", "localhost") else 403)
    assert daemon.reload()[0] == 200


def test_whoever_comes_through_nginx_operates_without_its_lines(daemon, proxy):
    def change(lines):
        return "\n".join(line for line in lines.split("\n") if "proxy_set_header" not in line)

    assert post(proxy("nginx", address(daemon.url), change=change), "/-/reload")[0] == 200


@pytest.mark.parametrize("kind", KINDS)
def test_a_path_means_the_same_behind_a_proxy(kind, daemon, proxy):
    """None of these leaves /runbooks/ on its way."""
    before = proxy(kind, address(daemon.url))
    for path in ("/runbooks/../-/healthy", "/runbooks/%2e%2e/-/healthy", "/runbooks/..%2F-%2Fhealthy"):
        assert (path, call(daemon.url + path)[0]) == (path, 404)
        assert (kind, path, call(before.url + path, headers={"Host": SITE})[0]) == (kind, path, 404)
    assert call(before.url + "/-/healthy", headers={"Host": SITE})[0] == 200


def test_caddy_does_not_take_alerts_for_another_name(daemon, proxy):
    """They would be answered 200, and nobody would have them."""
    before = proxy("caddy", address(daemon.url))
    data = json.dumps(body(alert("Lost"))).encode()
    assert post(before, "/api/v1/webhook", data, Host="other.example.com")[0] == 503
    assert post(before, "/api/v1/webhook", data)[0] == 200


@pytest.mark.parametrize("kind", KINDS)
def test_a_real_alertmanager_behind_a_proxy_pages(kind, daemon, proxy, alertmanager):
    before = proxy(kind, address(daemon.url), change=lambda lines: lines.replace(f"http://{SITE}", "http://127.0.0.1"))
    alertmanager(before.url + "/api/v1/webhook").fire([{"alertname": "Down", "instance": "a"}])
    wait_until(lambda: daemon.metric("alerts_decided_total", verdict="page", reason="new") == 1, 30, "the page")
