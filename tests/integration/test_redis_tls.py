"""TLS towards Redis: who the certificate is made out to counts. Where hiredis has no TLS: the configuration says so."""

import socket
import subprocess

import pytest

from harness import NAME, Ctl, Redis, Sentinel, alert, body, call, wait_until
from harness.process import free_port, lasting_port


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A folder: ca.pem signed server.pem (redis.test, 127.0.0.1) and client.pem; other.pem is another CA."""
    folder = tmp_path_factory.mktemp("certificates")

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    for ca in ("ca", "other"):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", f"/CN={ca}", "-keyout", f"{ca}.key", "-out", f"{ca}.pem")
    for name, san in (("server", "DNS:redis.test,IP:127.0.0.1"), ("client", "DNS:runbookd.test")):
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
                "-keyout", f"{name}.key", "-out", f"{name}.csr")
        (folder / f"{name}.ext").write_text(f"subjectAltName={san}\n")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-days", "2", "-extfile", f"{name}.ext", "-out", f"{name}.pem")
    return folder


def server_flags(certificates, clients="no"):
    return ["--tls-port", str(lasting_port()), "--tls-cert-file", f"{certificates}/server.pem", "--tls-key-file",
            f"{certificates}/server.key", "--tls-ca-cert-file", f"{certificates}/ca.pem", "--tls-auth-clients", clients]


@pytest.fixture
def tls_redis(tmp_path, certificates):
    """tls_redis(clients="no") runs one; its TLS address is .tls"""
    running = []

    def run(clients="no"):
        flags = server_flags(certificates, clients)
        redis = Redis(str(tmp_path / f"redis-{len(running)}"), options=flags)
        redis.tls = f"127.0.0.1:{flags[1]}"
        running.append(redis)
        return redis.start()

    yield run
    for redis in running:
        redis.stop()


@pytest.fixture
def tls_built(local_house):
    """Skips where the build has none, once it has said so at the right place."""
    ctl = Ctl(house := local_house(name="built", store={"redis": {"tls": {}}}))
    try:
        ctl.run("check")
    except AssertionError:
        assert f"{house.file}:" in ctl.errors and '"tls" is not possible' in ctl.errors, ctl.errors
        pytest.skip("hiredis without TLS")


def store(address, **tls):
    return {"redis": {"address": address, "prefix": "test", "timeout": "1s", "tls": tls}, "on_redis_failure": "reject"}


def works(d, recorder):
    d.send(body(alert("Down")))
    wait_until(recorder.triggers, 10, "the page")


def test_the_certificate_of_the_address_it_is_made_out_to(tls_built, tls_redis, certificates, local_house, start, recorder):
    redis = tls_redis()
    works(start(local_house(store=store(redis.tls, ca_file=f"{certificates}/ca.pem"))), recorder)


def test_the_name_that_is_expected(tls_built, tls_redis, certificates, local_house, start, recorder):
    redis = tls_redis()
    works(start(local_house(store=store(redis.tls, ca_file=f"{certificates}/ca.pem", server_name="redis.test"))), recorder)


def test_a_client_certificate(tls_built, tls_redis, certificates, local_house, start, recorder):
    redis = tls_redis(clients="yes")
    works(start(local_house(store=store(redis.tls, ca_file=f"{certificates}/ca.pem",
                                        cert_file=f"{certificates}/client.pem",
                                        key_file=f"{certificates}/client.key"))), recorder)


def test_any_certificate_when_told_so(tls_built, tls_redis, local_house, start, recorder):
    redis = tls_redis()
    works(start(local_house(store=store(redis.tls, insecure_skip_verify=True, server_name="wrong.test"))), recorder)


REFUSED = {
    "another name": (lambda c: {"ca_file": f"{c}/ca.pem", "server_name": "wrong.test"}, "ostname mismatch"),
    "another address": (lambda c: {"ca_file": f"{c}/ca.pem", "server_name": "127.0.0.2"}, "IP address mismatch"),
    "another authority": (lambda c: {"ca_file": f"{c}/other.pem"}, "certificate"),
    "the system's authorities": (lambda c: {}, "certificate"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_trusted_gets_no_word(case, tls_built, tls_redis, certificates, local_house, launch):
    redis = tls_redis()
    tls, words = REFUSED[case]
    d = launch(local_house(store=store(redis.tls, **tls(certificates))))
    wait_until(lambda: words in health(d)["why"], 20, f"refused because of {words}")
    assert not health(d)["up"]
    assert "cmdstat_auth" not in redis.ask("INFO", "commandstats")


def test_a_server_that_wants_a_certificate_of_ours(tls_built, tls_redis, certificates, local_house, launch):
    redis = tls_redis(clients="yes")
    d = launch(local_house(store=store(redis.tls, ca_file=f"{certificates}/ca.pem")))
    wait_until(lambda: "certificate required" in health(d)["why"], 20, "refused")


def test_a_server_that_speaks_no_tls(tls_built, redis, certificates, local_house, launch):
    d = launch(local_house(store=store(redis.address, ca_file=f"{certificates}/ca.pem")))
    wait_until(lambda: "speak TLS?" in health(d)["why"], 20, "given up")


def test_a_server_that_says_nothing_blocks_nobody(tls_built, certificates, local_house, launch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        d = launch(local_house(store=store(f"127.0.0.1:{silent.getsockname()[1]}", ca_file=f"{certificates}/ca.pem")))
        wait_until(lambda: "speak TLS?" in health(d)["why"], 20, "given up")
        assert call(d.url + "/-/healthy", timeout=1)[0] == 200


def test_sentinels_speak_tls_too(tls_built, tmp_path, certificates, local_house, start, recorder):
    """Sentinel names the master by its TLS port then; neither has a plain one that would help."""
    flags = [*server_flags(certificates), "--tls-replication", "yes"]
    redis = Redis(str(tmp_path / "redis"), options=flags).start()
    watched = type("Watched", (), {"port": flags[1]})
    sentinel = Sentinel(str(tmp_path / "sentinel"), watched, 1)
    port = free_port()
    lines = [f"tls-port {port}", *(f"{a[2:]} {b}" for a, b in zip(flags[2::2], flags[3::2]))]
    with open(sentinel.config, "a", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    try:
        sentinel.start()
        tls = {"ca_file": f"{certificates}/ca.pem"}
        d = start(local_house(store={"redis": {"sentinel": {"master": NAME, "addresses": [f"127.0.0.1:{port}"]}, "tls": tls},
                                     "on_redis_failure": "reject"}))
        works(d, recorder)
    finally:
        sentinel.stop()
        redis.stop()


def health(daemon):
    found = daemon.api("status")["stores"][0]
    return {**found, "why": found["why"] or ""}
