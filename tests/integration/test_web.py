"""--web.config.file: TLS, users, rights; and those who come with credentials: Alertmanager, runbookctl, a browser."""

import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import urllib.parse

import pytest

from harness import BIN, Ctl, alert, body, get_json, wait_until
from harness.process import Process, free_port
from harness.web import Authority, WebDaemon, basic, bcrypt, has_faketime


@pytest.fixture
def web(local_house):
    """web(configuration, …) starts a daemon with it."""
    daemons = []

    def run(configuration, context=None, headers=None, expected_errors=(), **over):
        d = WebDaemon(local_house(**over), configuration, context, headers)
        d.expected_errors += expected_errors
        daemons.append(d)
        return d.start()

    yield run
    failures = []
    for d in daemons:
        try:
            d.finish()
        except AssertionError as failure:
            failures.append(str(failure))
        finally:
            if d.process:
                d.process.kill()
    assert not failures, "\n".join(failures)


@pytest.fixture
def authority(tmp_path):
    a = Authority(tmp_path / "certificates")
    a.issue("server", ["DNS:localhost", "IP:127.0.0.1"])
    return a


def tls(authority, **more):
    return {"tls_server_config": {"cert_file": authority.path("server.pem"), "key_file": authority.path("server.key"), **more}}


ALERT = body(alert("Down"))


# ---- TLS ----

def s_client(daemon, *args, stdin=b""):
    address = urllib.parse.urlsplit(daemon.url).netloc
    return subprocess.run(["openssl", "s_client", "-connect", address, *args], input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60).stdout.decode(errors="replace")


def test_versions_and_suites(web, authority):
    d = web(tls(authority, min_version="TLS12", cipher_suites=["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"],
                curve_preferences=["X25519"]), authority.context())
    assert "TLSv1.3" in s_client(d, "-tls1_3")
    said = s_client(d, "-tls1_2")
    assert "TLSv1.2" in said and "ECDHE-ECDSA-AES256-GCM-SHA384" in said and "X25519" in said
    assert "Secure Renegotiation IS supported" in said or "New, TLSv1.2" in said
    for refused in (["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"], ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"]):
        assert "Cipher is (NONE)" in s_client(d, *refused), refused


def test_nobody_renegotiates(web, authority):
    d = web(tls(authority), authority.context())
    said = s_client(d, "-tls1_2", stdin=b"R\n")
    assert "RENEGOTIATING" in said and ("no renegotiation" in said or "alert" in said)


def test_plain_http_and_silence_on_a_tls_port_hurt_nobody(web, authority):
    d = web(tls(authority), authority.context())
    host, port = urllib.parse.urlsplit(d.url).netloc.split(":")
    with socket.create_connection((host, int(port)), 30) as plain, socket.create_connection((host, int(port)), 30):
        plain.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert d.call("/-/healthy")[0] == 200
        try:
            assert b"HTTP/1.1 200" not in plain.recv(100)
        except ConnectionResetError:
            pass  # as good an answer


def test_large_replies_and_bodies_pass(web, authority):
    d = web(tls(authority), authority.context())
    status, reply = d.post("/api/v1/webhook", body(*[alert(f"A{i}", annotations={"d": "x" * 5000}) for i in range(150)]))
    assert status == 200 and reply["data"]["received"] == 150
    listed = json.loads(d.call("/api/v1/incidents?limit=1000")[2])["data"]["incidents"]
    assert len(listed) == 150


CLIENTS = {"RequireAndVerifyClientCert": {"good": True, "none": False, "foreign": False, "other": False},
           "VerifyClientCertIfGiven": {"good": True, "none": True, "foreign": False, "other": False}}


@pytest.mark.parametrize("wanted", CLIENTS)
def test_client_certificates(web, authority, tmp_path, wanted):
    good = authority.issue("good", ["DNS:am.test"])
    d = web(tls(authority, client_ca_file=authority.path("ca.pem"), client_auth_type=wanted, client_allowed_sans=["am.test"]),
            authority.context(good))
    stranger = Authority(tmp_path / "strangers", "ca")
    shown = {"good": good, "none": None, "foreign": stranger.issue("foreign", ["DNS:am.test"]),
             "other": authority.issue("other", ["DNS:other.test"])}
    if has_faketime():
        shown["expired"] = authority.issue("expired", ["DNS:am.test"], expired=True)
    for name, certificate in shown.items():
        expected = CLIENTS[wanted].get(name, False)
        try:
            taken = d.post("/api/v1/webhook", ALERT, context=authority.context(certificate))[0] == 200
        except (ssl.SSLError, ConnectionError):
            taken = False
        assert (name, taken) == (name, expected)


def test_a_rotated_certificate_loses_no_request(web, authority):
    d = web(tls(authority), authority.context())
    serials, failures, going = set(), [], True

    def post_on():
        while going:
            try:
                if d.post("/api/v1/webhook", ALERT)[0] != 200:
                    failures.append("not 200")
            except OSError as e:
                failures.append(repr(e))

    def serial():
        pem = ssl.get_server_certificate(tuple(urllib.parse.urlsplit(d.url).netloc.split(":")))
        serials.add(pem)
        return len(serials)

    assert serial() == 1
    thread = threading.Thread(target=post_on)
    thread.start()
    try:
        authority.issue("fresh", ["DNS:localhost", "IP:127.0.0.1"])
        for kind in ("key", "pem"):  # between the two they do not fit
            os.replace(authority.path(f"fresh.{kind}"), authority.path(f"server.{kind}"))
        wait_until(lambda: serial() == 2, 60, "the new certificate is shown")
    finally:
        going = False
        thread.join()
    assert not failures


def test_other_settings_of_tls_are_taken_without_a_reload(web, authority):
    """Also where the certificate in force lets nobody in: the next connection looks, not the next request."""
    d = web(tls(authority), authority.context())
    assert "TLSv1.2" in s_client(d, "-tls1_2")
    other = Authority(authority.folder + "/other", "other-ca")
    other.issue("moved", ["DNS:localhost", "IP:127.0.0.1"])
    d.expected_errors.append("web configuration was not loaded")
    moved = {"tls_server_config": {"cert_file": other.path("late.pem"), "key_file": other.path("moved.key"), "min_version": "TLS13"}}
    d.house.write("web.yml", moved)
    wait_until(lambda: d.call("/-/healthy")[0] == 200 and "late.pem: No such file" in d.process.log(), 30, "it says what is missing")
    os.rename(other.path("moved.pem"), other.path("late.pem"))  # nothing of web.yml changes any more

    def comes_in():
        try:
            return d.call("/-/healthy", context=other.context())[0] == 200
        except ssl.SSLError:
            return False

    wait_until(comes_in, 30, "the other certificate is shown")
    assert "Cipher is (NONE)" in s_client(d, "-tls1_2") and "TLSv1.3" in s_client(d, "-tls1_3")
    assert sum("not loaded" in line for line in d.process.lines) == 1
    with pytest.raises(ssl.SSLError):
        d.call("/-/healthy")
    d.context = other.context()


# ---- users and rights ----

USERS = {"basic_auth_users": {"ana": bcrypt("s3cret"), "bot": bcrypt("r0bot")},
         "http_server_config": {"http2": True, "headers": {"X-Frame-Options": "deny", "Strict-Transport-Security": "max-age=1"}}}


def test_users(web):
    d = web(USERS, headers=basic("ana", "s3cret"), delivery={"mode": "observe"})
    assert d.call("/-/healthy", headers={})[0] == 200 and d.call("/-/ready", headers={})[0] == 200
    for wrong in ({}, basic("ana", "wrong"), basic("nobody", "s3cret"), basic("ana", ""), {"Authorization": "Basic !"},
                  {"Authorization": "Bearer s3cret"}, {"Authorization": "Digest x"}):
        for method, path in (("GET", "/"), ("GET", "/metrics"), ("POST", "/api/v1/webhook"), ("POST", "/-/reload")):
            for _ in range(2):  # found out, and remembered
                status, headers, text = d.call(path, method, b"{}" if method == "POST" else None, wrong)
                assert (wrong, path, status) == (wrong, path, 401)
                assert headers["WWW-Authenticate"].startswith('Basic realm="')
                assert json.loads(text)["error"] == "credentials are missing or wrong"
    status, headers, _ = d.call("/metrics")
    assert status == 200 and headers["X-Frame-Options"] == "deny" and headers["Strict-Transport-Security"] == "max-age=1"
    assert d.post("/api/v1/webhook", ALERT)[0] == 200
    assert d.call("/-/reload", "POST", b"")[0] == 200
    assert re.search(r"web\.yml:\d+:\d+: warning: http2: HTTP/1.1 is spoken", d.process.log())
    assert "s3cret" not in d.process.log() and "$2b$" not in d.process.log()
    assert d.metric("requests_refused_total", reason="credentials") >= 14


@pytest.mark.parametrize("headers", [{}, basic("ana", "wrong")])
def test_whoever_is_refused_elsewhere_is_no_webhook(web, headers):
    d = web(USERS, headers=basic("ana", "s3cret"), delivery={"mode": "observe"})
    assert d.call("/noise", headers=headers)[0] == 401
    (line,) = [l for l in d.process.log().splitlines() if "without valid credentials" in l]
    assert "Refused a request" in line and "path=/noise" in line and "from=127.0.0.1:" in line
    assert d.call("/-/reload", "POST", b"x" * 70000)[0] == 413
    assert not d.metric("webhook_requests_total", code="401") and not d.metric("webhook_requests_total", code="413")
    assert d.call("/api/v1/webhook", "POST", b"{}", headers)[0] == 401
    assert any("Refused a webhook" in l and "path=/api/v1/webhook" in l for l in d.process.log().splitlines())
    assert d.metric("requests_refused_total", reason="credentials") == 2 and d.metric("webhook_requests_total", code="401") == 1


def test_users_come_and_go_without_a_reload(web):
    d = web(USERS, headers=basic("ana", "s3cret"))
    assert d.call("/metrics", headers=basic("eve", "new"))[0] == 401
    fresh = {"basic_auth_users": {**USERS["basic_auth_users"], "eve": bcrypt("new")}}
    d.house.write("web.yml", fresh)
    wait_until(lambda: d.call("/metrics", headers=basic("eve", "new"))[0] == 200, 30, "a new user may come in")
    d.expected_errors.append("web configuration was not loaded")
    d.house.write("web.yml", "basic_auth_users: {eve: plain}")
    wait_until(lambda: d.call("/metrics")[0] and "must be a bcrypt hash" in d.process.log(), 30, "it says what is wrong")
    assert d.call("/metrics", headers=basic("eve", "new"))[0] == 200


RIGHTS = {"users": {"ana": ["read", "respond"], "bot": ["webhook"], "root": ["read", "operate"]},
          "tokens": [{"name": "ci", "token_file": "ci.token", "rights": ["read"]}]}


@pytest.fixture
def rights(local_house):
    h = local_house(access=RIGHTS, delivery={"mode": "observe"})
    h.write("ci.token", "old-token\nc1-token\n")
    users = {"basic_auth_users": {**USERS["basic_auth_users"], "root": bcrypt("t00r"), "ghost": bcrypt("boo")}}
    d = WebDaemon(h, users, headers=basic("ana", "s3cret"))
    d.start()
    yield d
    d.finish()


def test_rights_and_the_name_of_who_acts(rights):
    d, bot, root = rights, basic("bot", "r0bot"), basic("root", "t00r")
    status, reply = d.post("/api/v1/webhook", ALERT, headers=bot)
    assert status == 200
    key = reply["data"]["decisions"][0]["key"]
    token = {"Authorization": "Bearer c1-token"}
    for headers, method, path, expected in (
            (bot, "GET", "/api/v1/incidents", 403), (basic("ghost", "boo"), "GET", "/metrics", 403),
            (token, "GET", "/metrics", 200), ({"Authorization": "Bearer old-token"}, "GET", "/metrics", 200),
            (token, "POST", f"/api/v1/incidents/{key}/ack", 403), ({"Authorization": "Bearer no-token"}, "GET", "/metrics", 401),
            (basic("ana", "s3cret"), "POST", f"/api/v1/incidents/{key}/resolve", 403),
            (basic("ana", "s3cret"), "POST", "/api/v1/webhook", 403), (root, "POST", f"/api/v1/incidents/{key}/ack", 403),
            (root, "POST", "/-/reload", 200)):
        got = d.call(path, method, b"" if method == "POST" else None, headers)[0]
        assert (path, headers, got) == (path, headers, expected)
    assert d.post(f"/api/v1/incidents/{key}/ack", {"by": "somebody else", "note": "mine"})[0] == 200
    shown = json.loads(d.call(f"/api/v1/incidents/{key}")[2])["data"]
    assert shown["acknowledged"]["by"] == "ana"
    order = [line for line in d.process.lines if 'msg="Order"' in line and "/ack" in line]
    assert len(order) == 1 and "user=ana" in order[0]


def test_a_page_offers_what_whoever_reads_it_may_do(rights):
    d = rights
    key = d.post("/api/v1/webhook", ALERT, headers=basic("bot", "r0bot"))[1]["data"]["decisions"][0]["key"]

    def offered(headers):
        page = d.call(f"/incidents/{key}", headers=headers)[2].decode()
        return {verb for verb in ("ack", "note", "resolve", "update") if f'incidents/{key}/{verb}"' in page}

    assert offered({"Authorization": "Bearer c1-token"}) == set()
    assert offered(basic("ana", "s3cret")) == {"ack", "note", "update"}
    assert offered(basic("root", "t00r")) == {"resolve"}
    assert d.call(f"/incidents/{key}", headers=basic("bot", "r0bot"))[0] == 403


def test_no_page_of_another_site_uses_who_is_logged_in(rights):
    d, ana = rights, basic("ana", "s3cret")
    for headers in ({"Origin": "http://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
                    {"Sec-Fetch-Site": "same-site", "Origin": d.url}):
        assert d.call("/api/v1/incidents/0123456789/ack", "POST", b"", {**ana, **headers})[0] == 403
    assert d.call("/api/v1/incidents/0123456789/ack", "POST", b"", {**ana, "Origin": d.url})[0] == 404


class Flood:
    """Guesses at passwords, each from one of `addresses` and with one of `names`, until the block ends."""

    def __init__(self, d, threads, addresses, names):
        self.d, self.addresses, self.names = d, addresses, names
        self.going, self.answers = True, []
        self.threads = [threading.Thread(target=self.guess, args=(n,)) for n in range(threads)]

    def __enter__(self):
        for t in self.threads:
            t.start()
        wait_until(lambda: len(self.answers) >= 20, 60, "answers to guesses")
        return self

    def __exit__(self, *failure):
        self.going = False
        for t in self.threads:
            t.join()
        assert set(self.answers) <= {401, 503} and 401 in self.answers

    def guess(self, n):
        at = urllib.parse.urlsplit(self.d.url)
        i = 0
        while self.going:
            i += 1
            connection = http.client.HTTPConnection(at.hostname, at.port, timeout=60,
                                                    source_address=(self.addresses[n % len(self.addresses)], 0))
            try:
                connection.request("GET", "/metrics", headers=basic(self.names[n % len(self.names)], f"{n}-{i}"))
                self.answers.append(connection.getresponse().status)
            finally:
                connection.close()


def test_a_flood_of_guesses_stops_no_alert(web):
    d = web(USERS, headers=basic("bot", "r0bot"), delivery={"mode": "observe"})
    assert d.post("/api/v1/webhook", ALERT)[0] == 200  # known from now on
    with Flood(d, 12, ["127.0.0.1"], ["ana"]):
        for i in range(30):
            assert d.post("/api/v1/webhook", body(alert(f"Flood{i}")))[0] == 200


@pytest.mark.parametrize("threads, addresses, names", [
    (12, ["127.0.0.1"], ["ana", "zoe"]),  # the sender's own address
    (90, [f"127.0.0.{n}" for n in range(3, 13)], ["ana", "zoe", "bot"]),
    (90, ["127.0.0.1"], ["zoe"]),
])
def test_a_flood_of_guesses_stops_no_alert_of_a_sender_that_is_new(web, threads, addresses, names):
    """After a restart nothing is remembered: the sender's own password waits in the line that guesses are in, too."""
    users = {user: bcrypt(word, rounds=256) for user, word in (("ana", "s3cret"), ("bot", "r0bot"))}
    d = web({"basic_auth_users": users}, headers=basic("bot", "r0bot"), delivery={"mode": "observe"})
    with Flood(d, threads, addresses, names):
        assert d.post("/api/v1/webhook", ALERT)[0] == 200
        for i in range(5):
            assert d.post("/api/v1/webhook", body(alert(f"Flood{i}")))[0] == 200


def test_a_trusted_proxy_says_who_asks(web):
    access = {"trusted_proxies": ["127.0.0.0/8"], "user_header": "X-Forwarded-User", "users": {"ana": ["read"]}}
    d = web({}, headers={"X-Forwarded-User": "ana"}, access=access)
    assert d.call("/api/v1/incidents")[0] == 200
    assert d.call("/api/v1/incidents", headers={})[0] == 401
    assert d.call("/api/v1/incidents", headers={"X-Forwarded-User": "eve"})[0] == 403
    assert d.call("/-/reload", "POST", b"")[0] == 403


def test_nobody_else_says_who_asks(web):
    access = {"trusted_proxies": ["192.0.2.0/24"], "user_header": "X-Forwarded-User", "loopback": ["read"]}
    d = web({}, access=access)
    assert d.call("/api/v1/incidents", headers={})[0] == 200
    assert d.call("/-/reload", "POST", b"", {"X-Forwarded-User": "root"})[0] == 401


# ---- those who come ----

def test_alertmanager_with_credentials_delivers(web, authority, alertmanager, tmp_path):
    certificate = authority.issue("alertmanager", ["DNS:am.test"])
    (tmp_path / "password").write_text("r0bot\n")
    d = web({**tls(authority, client_ca_file=authority.path("ca.pem"), client_auth_type="RequireAndVerifyClientCert"), **USERS},
            authority.context(certificate), basic("ana", "s3cret"))
    http_config = {"basic_auth": {"username": "bot", "password_file": str(tmp_path / "password")},
                   "tls_config": {"ca_file": authority.path("ca.pem"), "cert_file": certificate[0], "key_file": certificate[1]}}
    am = alertmanager(d.url + "/api/v1/webhook", config={"receivers": [{"name": "runbookd", "webhook_configs": [
        {"url": d.url + "/api/v1/webhook", "send_resolved": True, "http_config": http_config}]}]})
    am.fire([{"alertname": "Secured"}])
    wait_until(lambda: d.metric("alerts_decided_total", verdict="page", reason="new") == 1, 60, "the alert has come")


def test_alertmanager_with_a_token_delivers(web, authority, alertmanager, local_house):
    d = web(tls(authority), authority.context(), webhook={"auth": {"bearer_tokens_file": os.path.abspath(__file__)}})
    http_config = {"authorization": {"credentials": "import json"}, "tls_config": {"ca_file": authority.path("ca.pem")}}
    am = alertmanager(d.url, config={"receivers": [{"name": "runbookd", "webhook_configs": [
        {"url": d.url + "/api/v1/webhook", "http_config": http_config}]}]})
    am.fire([{"alertname": "Token"}])
    wait_until(lambda: d.metric("alerts_decided_total", verdict="page", reason="new") == 1, 60, "the alert has come")
    assert d.post("/api/v1/webhook", ALERT, headers={})[0] == 401


class Prometheus:
    """A real one that scrapes `daemon` every second, as `how` says it does."""

    def __init__(self, folder, daemon, how):
        self.port = free_port()
        job = {"job_name": "runbookd", "scrape_interval": "1s", "scrape_timeout": "1s",
               "static_configs": [{"targets": [urllib.parse.urlsplit(daemon.url).netloc]}], **how}
        (folder / "prometheus.yml").write_text(json.dumps({"scrape_configs": [job]}))
        self.process = Process(["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
                                f"--web.listen-address=127.0.0.1:{self.port}"])

    def value(self, metric):
        """None: it has none yet, or does not answer."""
        try:
            found = get_json(f"http://127.0.0.1:{self.port}/api/v1/query?query={metric}")[1]["data"]["result"]
        except (OSError, ValueError, KeyError):
            return None
        return float(found[0]["value"][1]) if found else None


SCRAPERS = ["password", "token", "certificate", "wrong password", "no certificate"]


@pytest.mark.skipif(not shutil.which("prometheus"), reason="prometheus is not installed")
@pytest.mark.parametrize("who", SCRAPERS)
def test_prometheus_scrapes_with_credentials(web, authority, tmp_path, who):
    certificate = authority.issue("prometheus", ["DNS:prometheus.test"])
    access = {"tokens": [{"name": "scraper", "token_file": "scraper.token", "rights": ["read"]}],
              "certificates": {"prometheus.test": ["read"]}}
    asked = {"client_ca_file": authority.path("ca.pem"),
             "client_auth_type": "VerifyClientCertIfGiven" if "certificate" not in who else "RequireAndVerifyClientCert"}
    (tmp_path / "scraper.token").write_text("an-invented-token\n")
    access["tokens"][0]["token_file"] = str(tmp_path / "scraper.token")
    d = web({**tls(authority, **asked), **USERS}, authority.context(certificate), basic("ana", "s3cret"), access=access)
    how = {"scheme": "https", "tls_config": {"ca_file": authority.path("ca.pem")}}
    if who == "certificate":
        how["tls_config"].update(cert_file=certificate[0], key_file=certificate[1])
    elif who == "token":
        how["authorization"] = {"credentials_file": str(tmp_path / "scraper.token")}
    else:
        how["basic_auth"] = {"username": "ana", "password": "no" if "wrong" in who else "s3cret"}
    expected = 0 if who in ("wrong password", "no certificate") else 1
    prometheus = Prometheus(tmp_path, d, how)
    try:
        wait_until(lambda: prometheus.value("up") == expected, 60, f"up is {expected}")
        if expected:
            wait_until(lambda: prometheus.value("runbookd_build_info") == 1, 60, "it has our metrics")
        else:
            assert prometheus.value("runbookd_build_info") is None
    finally:
        prometheus.process.stop(20)


def test_runbookctl_shows_who_it_is(web, authority, tmp_path):
    certificate = authority.issue("ctl", ["DNS:ctl.test"])
    d = web({**tls(authority, client_ca_file=authority.path("ca.pem"), client_auth_type="RequireAndVerifyClientCert"), **USERS},
            authority.context(certificate), basic("ana", "s3cret"))
    (tmp_path / "password").write_text("s3cret")
    for name, config, status in (
            ("good", {"basic_auth": {"username": "ana", "password_file": "password"},
                      "tls_config": {"ca_file": authority.path("ca.pem"), "cert_file": certificate[0],
                                     "key_file": certificate[1]}}, 0),
            ("wrong", {"basic_auth": {"username": "ana", "password": "no"},
                       "tls_config": {"ca_file": authority.path("ca.pem"), "cert_file": certificate[0],
                                      "key_file": certificate[1]}}, 1),
            ("stranger", {"basic_auth": {"username": "ana", "password": "s3cret"}}, 1),
            ("odd", {"basic_auht": {}}, 2)):
        (tmp_path / f"{name}.yml").write_text(json.dumps(config))
        ctl = Ctl(daemon=d, folder=tmp_path)
        ctl.run("--http.config.file", str(tmp_path / f"{name}.yml"), "status", status=status)
        if name == "odd":
            assert "odd.yml:1:" in ctl.errors and "basic_auth" in ctl.errors


@pytest.mark.parametrize("wrong, said", [
    ("tls_server_config: {cert_file: a}", "key_file"),
    ("tls_server_config: {cert_file: a, key_file: b}", "No such file"),
    ("tls_server_config: {cert_file: a, key_file: b, cipher_suites: [NO]}", 'is no suite'),
    ("tls_server_config: {cert_file: a, key_file: b, min_version: TLS9}", "min_version"),
    ("tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequireAndVerifyClientCert}", "client_ca_file"),
    ("basic_auth_users: {a: hunter2}", "must be a bcrypt hash"),
    ("http_server_config: {headers: {X-Own: 1}}", "X-Own"),
    ("no_such: 1", "no_such")])
def test_a_wrong_file_is_refused_with_its_place(local_house, wrong, said):
    d = WebDaemon(local_house(), wrong).launch()
    assert d.process.wait(30) == 1
    assert said in d.process.log() and "hunter2" not in d.process.log()
    assert "web.yml:1:" in d.process.log() or "No such file" in d.process.log()


def test_check_says_web_configurations_as_editors_read_it(local_house):
    house = local_house()
    house.write("web.yml", "basic_auth_users: {a: hunter2}\nhttp_server_config: {http2: true}\n")
    done = subprocess.run([os.path.join(BIN, "runbookd"), "--check", f"--config.file={house.file}", f"--web.config.file={house.folder}/web.yml"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    lines = done.stderr.splitlines()
    assert done.returncode == 1 and f"FAILED {house.folder}/web.yml" in done.stdout
    assert any(l.startswith(f"{house.folder}/web.yml:1:") and ": error: " in l for l in lines), lines
    assert any(l.startswith(f"{house.folder}/web.yml:2:") and ": warning: http2" in l for l in lines), lines
