"""How receivers are reached: whom they prove to be, whom we prove to be, by what way, and what a dead name server holds up."""

import os
import random
import socket
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harness import Runbookd, alert, body, wait_until
from harness.process import Process
from harness.web import Authority

EACH = [{"name": "each", "matchers": ['alertname!=""'], "group_by": ["..."]}]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        certificate = self.connection.getpeercert() if isinstance(self.connection, ssl.SSLSocket) else None
        self.server.asked.append((self.path, self.client_address[1], certificate, data))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    """`asked`: (path, the client's port, its certificate, body) of each request."""

    daemon_threads = True

    def __init__(self, context=None):
        self.asked, self.context = [], context
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.server_port}"
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def finish_request(self, request, client_address):
        """The handshake is in the connection's own thread."""
        if self.context:
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        """Handshakes that fail are what these tests are about."""

    def stop(self):
        self.shutdown()
        self.thread.join(10)
        self.server_close()


@pytest.fixture
def serve():
    running = []

    def run(context=None):
        running.append(Server(context))
        return running[-1]

    yield run
    for server in running:
        server.stop()


def receiver(url, **over):
    return {"name": "oncall", "webhook": {"url": url}, **over}


def last_error(d):
    return d.api("incidents")["incidents"][0]["deliveries"][0]["last_error"] or ""


def tls_server(authority, wants_client=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue("server", ["IP:127.0.0.1"]))
    if wants_client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(authority.path("ca.pem"))
    return context


def test_only_a_provider_that_proves_who_it_is_is_told(local_house, start, serve, tmp_path):
    """Of an unknown authority, and of a known one but under another name."""
    authority = Authority(tmp_path / "ca")
    server = serve(tls_server(authority))
    known = {"tls_config": {"ca_file": authority.path("ca.pem")}}
    other_name = server.url.replace("127.0.0.1", "localhost")
    for name, one in (("unknown", receiver(server.url)), ("name", receiver(other_name, **known))):
        d = start(local_house(EACH, name=name, receivers=[one]))
        d.send(body(alert("Down")))
        wait_until(lambda: last_error(d), 20, "an attempt")
        assert "ertificate" in last_error(d) or "SSL" in last_error(d), last_error(d)
    assert not server.asked
    d = start(local_house(EACH, name="known", receivers=[receiver(server.url, **known)]))
    d.send(body(alert("Down")))
    wait_until(lambda: server.asked, 20, "the page")


def test_a_client_certificate_is_shown_where_one_is_configured(local_house, start, serve, tmp_path):
    authority = Authority(tmp_path / "ca")
    server = serve(tls_server(authority, wants_client=True))
    certificate, key = authority.issue("runbookd", ["DNS:runbookd.test"])
    without = {"ca_file": authority.path("ca.pem")}
    d = start(local_house(EACH, name="without", receivers=[receiver(server.url, tls_config=without)]))
    d.send(body(alert("Down")))
    wait_until(lambda: last_error(d), 20, "an attempt")
    assert not server.asked
    shown = {**without, "cert_file": certificate, "key_file": key}
    d = start(local_house(EACH, name="with", receivers=[receiver(server.url, tls_config=shown)]))
    d.send(body(alert("Down")))
    wait_until(lambda: server.asked, 20, "the page")
    assert server.asked[0][2]["subject"] == ((("commonName", "runbookd"),),)
    assert "PRIVATE KEY" not in d.process.log()


def test_connections_are_used_again(local_house, start, serve):
    server = serve()
    d = start(local_house(EACH, receivers=[receiver(server.url, rate_limit={"per_second": 50, "burst": 1})]))
    d.send(body(*(alert("Down", name=f"n{i}") for i in range(30))))
    wait_until(lambda: len(server.asked) == 30, 30, "all pages")
    assert len({port for _, port, _, _ in server.asked}) < 10


@pytest.mark.parametrize("way, arrives", [({}, False), ({"proxy_url": "PROXY"}, True), ({"proxy_from_environment": True}, True)])
def test_a_proxy_is_used_only_where_it_is_configured(local_house, start, serve, way, arrives):
    """Nothing listens at the target: whoever is asked for it is the proxy."""
    proxy = serve()
    way = {name: proxy.url if value == "PROXY" else value for name, value in way.items()}
    d = start(local_house(EACH, receivers=[receiver("http://pager.invalid/page", allow_http=True, **way)]),
              env={"http_proxy": proxy.url})
    d.send(body(alert("Down")))
    if arrives:
        wait_until(lambda: proxy.asked, 20, "the page by way of the proxy")
        assert proxy.asked[0][0] == "http://pager.invalid/page"
    else:
        wait_until(lambda: last_error(d), 20, "an attempt without a proxy")
        assert not proxy.asked


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest/meta-data", "http://[fe80::1]/x", "http://2852039166/"])
def test_nobody_at_a_link_local_address_is_asked(local_house, start, url):
    d = start(local_house(EACH, receivers=[receiver(url, allow_http=True)]))
    d.send(body(alert("Down")))
    wait_until(lambda: "link-local" in last_error(d), 20, last_error(d))


# ---- names ----

class SilentNameServer:
    """Takes questions and never answers."""

    def __init__(self):
        self.address = f"127.{random.randrange(1, 255)}.{random.randrange(256)}.{random.randrange(1, 255)}"
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((self.address, 53))
        self.socket.settimeout(0)

    def was_asked(self):
        try:
            return self.socket.recv(512)
        except OSError:
            return None


def may_mount(folder):
    resolv = f"{folder}/resolv.conf"
    with open(resolv, "w", encoding="ascii") as f:
        f.write("nameserver 127.0.0.1\n")
    done = subprocess.run(["unshare", "-m", "mount", "--bind", resolv, "/etc/resolv.conf"], capture_output=True)
    return os.geteuid() == 0 and done.returncode == 0


class InOwnResolver(Runbookd):
    """Sees another /etc/resolv.conf than the machine."""

    def __init__(self, house, resolv):
        super().__init__(house)
        self.resolv = resolv

    def launch(self, listen="127.0.0.1:0"):
        super().launch(listen)
        command = self.process.child.args
        self.process.kill()
        self.process = Process(["unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"',
                                self.resolv, *command])
        return self


def test_a_dead_name_server_holds_up_nobody_else(local_house, recorder, tmp_path):
    if not may_mount(tmp_path):
        pytest.skip("an own /etc/resolv.conf is not to be had")
    server = SilentNameServer()
    (tmp_path / "resolv.conf").write_text(f"nameserver {server.address}\noptions timeout:30 attempts:1\n")
    rules = [{"name": "lost", "matchers": ['alertname="Lost"'], "receivers": ["lost"], "group_by": ["..."]}, *EACH]
    lost = {"name": "lost", "webhook": {"url": "https://pager.nowhere.test/x"}}
    oncall = {"name": "oncall", "pagerduty": {"routing_key": "R0UTE", "url": recorder.url}}
    d = InOwnResolver(local_house(rules, receivers=[lost, oncall], delivery={"timeout": "20s", "lease": "60s"}),
                      str(tmp_path / "resolv.conf"))
    try:
        d.start()
        d.send(body(alert("Lost")))
        wait_until(server.was_asked, 20, "the name is asked for")
        d.send(body(*(alert("Down", name=f"n{i}") for i in range(5))))
        wait_until(lambda: len(recorder.triggers()) == 5, 20, "the pages of the others")
        wait_until(lambda: d.sum("deliveries_total") == 5, 15, "their answers are counted, while the name is waited for")
        d.process.stop()
    finally:
        d.process.kill()
        server.socket.close()
