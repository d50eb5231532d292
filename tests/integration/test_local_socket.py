"""A unix socket of this machine: the kernel says whose process asks, and the configuration what he may."""

import http.client
import json
import os
import pwd
import shutil
import signal
import socket
import tempfile

import pytest

from harness import Ctl, Runbookd, alert, body, post_json
from harness.web import Authority, WebDaemon

NOBODY = pwd.getpwnam("nobody").pw_uid
STRANGER = 54321
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")


@pytest.fixture
def place():
    """A folder that others may enter, too."""
    folder = tempfile.mkdtemp()
    os.chmod(folder, 0o755)
    yield os.path.join(folder, "s")
    shutil.rmtree(folder)


class Unix(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(self.path)


def ask(path, method, target, value=None, uid=None, headers=None):
    """(status, JSON or text), as the process of that user."""
    connection = Unix(path)
    own = os.geteuid()
    if uid is not None:
        os.seteuid(uid)
    try:
        connection.connect()
    finally:
        os.seteuid(own)
    try:
        connection.request(method, target, json.dumps(value).encode() if value is not None else None, headers or {})
        reply = connection.getresponse()
        text = reply.read().decode()
        return reply.status, json.loads(text) if text.startswith("{") else text
    finally:
        connection.close()


def listen(place):
    return [f"--web.listen-address=unix:{place}"]


def fire(place, **as_whom):
    status, reply = ask(place, "POST", "/api/v1/webhook", body(alert("Down")), **as_whom)
    assert status == 200, reply
    return reply["data"]["decisions"][0]["key"]


def test_who_runs_it_may_operate_and_is_named(local_house, start, place):
    start(local_house(), args=listen(place))
    key = fire(place)
    assert ask(place, "POST", f"/api/v1/incidents/{key}/ack", {"by": "somebody else"})[0] == 200
    shown = ask(place, "GET", f"/api/v1/incidents/{key}")[1]["data"]
    assert shown["acknowledged"]["by"] == pwd.getpwuid(os.geteuid()).pw_name
    assert ask(place, "POST", "/-/reload")[0] == 200


@as_root
def test_others_are_nobody_in_particular(local_house, start, place):
    d = start(local_house(), args=listen(place))
    fire(place, uid=NOBODY)
    assert ask(place, "GET", "/api/v1/incidents", uid=NOBODY)[0] == 200
    assert ask(place, "POST", "/-/reload", uid=NOBODY)[0] == 403
    assert d.reload()[0] == 200  # this machine's loopback, as ever


@as_root
def test_rights_of_accounts(local_house, start, place):
    access = {"accounts": {"nobody": ["read", "respond"], "root": ["webhook", "operate"]}}
    d = start(local_house(access=access), args=listen(place))
    key = fire(place)
    for uid, method, target, expected in (
            (0, "GET", "/api/v1/incidents", 403), (NOBODY, "GET", "/api/v1/incidents", 200), (STRANGER, "GET", "/api/v1/incidents", 401),
            (NOBODY, "POST", f"/api/v1/incidents/{key}/resolve", 403), (NOBODY, "POST", "/api/v1/webhook", 403),
            (NOBODY, "POST", f"/api/v1/incidents/{key}/ack", 200), (0, "POST", f"/api/v1/incidents/{key}/ack", 403),
            (STRANGER, "POST", "/api/v1/webhook", 401), (STRANGER, "GET", "/-/ready", 200), (0, "POST", "/-/reload", 200)):
        assert (uid, target, ask(place, method, target, {} if method == "POST" else None, uid=uid)[0]) == (uid, target, expected)
    order = [line for line in d.process.lines if 'msg="Order"' in line and "/ack" in line]
    assert len(order) == 1 and "user=nobody" in order[0] and f'from="unix:uid={NOBODY}"' in order[0]
    assert post_json(d.url + "/-/reload", b"")[0] == 401  # whoever it is there


def test_a_proxy_is_not_who_it_asks_for(local_house, start, place):
    start(local_house(), args=listen(place))
    assert ask(place, "POST", "/-/reload", headers={"X-Forwarded-For": "192.0.2.1"})[0] == 403
    assert ask(place, "POST", "/-/reload")[0] == 200


def test_runbookctl_speaks_to_it(local_house, start, place, tmp_path):
    h = local_house()
    start(h, args=listen(place))
    fire(place)
    ctl = Ctl(h, folder=tmp_path)
    assert ctl.json("--url", f"unix:{place}", "status")["version"]
    assert ctl.json("--url", f"unix:{place}", "incidents")["incidents"][0]["labels"]["alertname"] == "Down"
    ctl.run("--url", f"unix:{place}.none", "status", status=1)
    assert f"unix:{place}.none: " in ctl.errors


def test_only_a_socket_that_was_left_behind_makes_way(local_house, place):
    d = Runbookd(local_house(), listen(place)).start()
    assert os.stat(place).st_mode & 0o777 == 0o666
    other = local_house(store={"sqlite": {"path": "other.db"}})
    second = Runbookd(other, listen(place)).launch()
    assert second.process.wait(30) == 1
    assert f"unix:{place}: File exists" in second.process.log()
    assert ask(place, "GET", "/-/healthy")[0] == 200
    d.process.send(signal.SIGKILL)
    d.process.wait(30)
    assert os.path.exists(place)
    third = Runbookd(other, listen(place)).start()
    assert ask(place, "GET", "/-/healthy")[0] == 200
    third.finish()
    assert not os.path.exists(place)


@pytest.mark.parametrize("name, said", [("", "a path of 1 to 107 bytes"), ("/" + "x" * 200, "a path of 1 to 107 bytes"),
                                        ("/no/such/folder/s", "No such file or directory")])
def test_what_is_no_place_for_a_socket(local_house, name, said):
    d = Runbookd(local_house(), ["--web.listen-address=unix:" + name]).launch()
    assert d.process.wait(30) == 1
    assert said in d.process.log()


def test_a_file_in_its_place_stays(local_house, place):
    with open(place, "w", encoding="ascii") as f:
        f.write("kept")
    d = Runbookd(local_house(), listen(place)).launch()
    assert d.process.wait(30) == 1
    with open(place, encoding="ascii") as f:
        assert f.read() == "kept"


def test_it_needs_no_tls(local_house, place, tmp_path):
    authority = Authority(tmp_path / "certificates")
    authority.issue("server", ["DNS:localhost", "IP:127.0.0.1"])
    web = {"tls_server_config": {"cert_file": authority.path("server.pem"), "key_file": authority.path("server.key")}}
    d = WebDaemon(local_house(), web, authority.context(), args=listen(place)).start()
    assert ask(place, "POST", "/-/reload")[0] == 200
    d.finish()
