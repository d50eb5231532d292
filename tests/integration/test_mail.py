"""Mail: what servers are sent, what their answers mean, and what real ones (Postfix, Exim) have in their queues."""

import email
import email.policy
import os
import shutil
import tempfile

import pytest

from harness import alert, body, now, post_json, wait_until
from harness.exim import Exim, available as exim_available
from harness.postfix import Postfix, available as postfix_available
from harness.providers import SECRET
from harness.smtp import MailServer, faults

CREW = [{"name": "crew", "matchers": ['alertname=~".+"'], "severity": "P1", "owner": "crew", "group_by": ["alertname"]}]
QUICK = {"repeat_interval": "1s", "flap": {"changes": 0}}
REAL = {"postfix": (Postfix, postfix_available), "exim": (Exim, exim_available)}


@pytest.fixture
def mail_server():
    server = MailServer()
    yield server
    server.stop()
    assert not server.problems, "\n".join(server.problems)


@pytest.fixture(params=REAL)
def real(request):
    """A real server of its own, which has STARTTLS and keeps what it takes."""
    server, available = REAL[request.param]
    if not available():
        pytest.skip(f"no {request.param}, or not root")
    folder = tempfile.mkdtemp(prefix="mx.")  # Postfix' sockets need a short path that it may enter
    os.chmod(folder, 0o755)
    running = server(f"{folder}/p")
    try:
        yield running.start()
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def hostile():
    return {"description": "<!channel> @everyone <b>&\r\n.\r\nQUIT\r\n" + "😀ש" * 3000, "summary": "two pumps have stopped"}


def pumps(status="firing", starts=None, which=range(3), annotations=None, **labels):
    return [alert("PumpStopped", status=status, starts=starts, annotations=annotations or hostile(), pump=f"pump-{i}",
                  site="dock", **labels) for i in which]


def nothing_shows_the_secret(d):
    assert SECRET not in d.process.log() and SECRET not in str(d.api("incidents"))


def last_error(d):
    return d.api("incidents")["incidents"][0]["deliveries"][0]["last_error"]


def mail_receiver(server, **over):
    return {"name": "oncall", "email": {"to": ["Ole Ås <ole@example.com>", "crew@example.com"],
                                        "from": "Pager <pager@example.com>", "smarthost": server.address,
                                        "require_tls": False, **over}}


def parsed(mail):
    return email.message_from_bytes(mail[2], policy=email.policy.default)



def parts(mail):
    """Plain text and HTML."""
    return (mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content())


# ---- a stand-in that can be told to refuse ----


def test_mail_is_clean_and_one_thread(local_house, start, mail_server):
    mail_server.password = SECRET
    d = start(local_house(rules=CREW,
                          receivers=[mail_receiver(mail_server, auth_username="u", auth_password=SECRET)]))
    starts = now() - 60
    key = d.send(body(*pumps(starts=starts)))[0]["key"]
    wait_until(lambda: len(mail_server.mails) == 1, 20, "the page")
    post_json(f"{d.url}/api/v1/incidents/{key}/ack", {"by": "ana", "note": "on it"})
    wait_until(lambda: len(mail_server.mails) == 2, 20, "the acknowledgement")
    d.send(body(*pumps("resolved", starts)))
    wait_until(lambda: len(mail_server.mails) == 3, 20, "the end")
    page, ack, end = map(parsed, mail_server.mails)
    assert mail_server.mails[0][:2] == ("pager@example.com", ["ole@example.com", "crew@example.com"])
    assert mail_server.mails[0][3] == "u"
    assert page["To"] == "Ole Ås <ole@example.com>, crew@example.com"
    assert page["Subject"] == "[P1] PumpStopped: two pumps have stopped (3 firing)"
    assert ack["References"] == end["In-Reply-To"] == page["Message-ID"]
    assert not [fault for mail in mail_server.mails for fault in faults(mail[2])]
    plain, html = parts(page)
    for i in range(3):
        assert f"- pump-{i}" in plain and f"• pump-{i}" in html
    assert "QUIT" in plain and "<!channel>" in plain and "&lt;!channel&gt;" in html and "<!channel>" not in html
    assert "Acknowledged by ana: on it" in ack.get_body(("plain",)).get_content()
    nothing_shows_the_secret(d)


def test_a_refused_recipient_is_a_dead_letter_with_the_servers_words(local_house, start, mail_server):
    mail_server.refused["crew@example.com"] = "550 5.1.1 nobody here"
    d = start(local_house(rules=CREW, receivers=[mail_receiver(mail_server)]), expected_errors=["dead letter"])
    d.send(body(*pumps()))
    dead = wait_until(lambda: d.api("incidents?state=dead")["incidents"], 20, "the dead letter")
    assert "550 5.1.1 nobody here" in dead[0]["deliveries"][0]["last_error"]
    assert not mail_server.mails


@pytest.mark.parametrize("trouble", ["greylisted", "refused after the dot"])
def test_a_passing_refusal_is_tried_again(local_house, start, mail_server, trouble):
    if trouble == "greylisted":
        mail_server.refused["ole@example.com"] = "450 4.2.0 come again"
    else:
        mail_server.after_data = "451 4.3.0 not now"
    d = start(local_house(rules=CREW, receivers=[mail_receiver(mail_server)]))
    d.send(body(*pumps()))
    wait_until(lambda: "SMTP 45" in (last_error(d) or ""), 20, "a refusal")
    mail_server.refused.clear()
    mail_server.after_data = "250 queued"
    wait_until(lambda: mail_server.mails, 40, "the mail")


def test_a_mail_that_may_have_been_taken_goes_again_under_its_message_id(local_house, start, mail_server):
    """The connection is lost after the final dot."""
    mail_server.cut_after_data = 1
    d = start(local_house(rules=CREW, receivers=[mail_receiver(mail_server)]))
    d.send(body(*pumps()))
    wait_until(lambda: mail_server.mails, 40, "the mail")
    assert d.metric("deliveries_total", receiver="oncall", outcome="unknown") == 1


def test_no_mail_goes_without_the_tls_that_is_required(local_house, start, mail_server):
    d = start(local_house(rules=CREW, receivers=[mail_receiver(mail_server, require_tls=True)]))
    d.send(body(*pumps()))
    wait_until(lambda: d.metric("deliveries_total", receiver="oncall", outcome="retry"), 20, "an attempt")
    assert not mail_server.mails


# ---- real servers ----


def over_starttls(server, **over):
    return mail_receiver(server, require_tls=True, tls_config={"ca_file": f"{server.folder}/cert.pem"}, **over)


def read(server):
    """The mails that it has, each without a fault, in the order of their arrival."""
    held = server.held()
    assert not [fault for mail in held for fault in faults(mail)]
    return [email.message_from_bytes(mail, policy=email.policy.default) for mail in held]


def check_thread(mails):
    """Each answers one that came before it, and names all that this one named."""
    known = {}
    for mail in mails:
        above = mail["References"].split() if "References" in mail else []
        assert bool(above) == bool(known) and all(name in known for name in above), (above, list(known))
        if above:
            assert mail["In-Reply-To"] == above[-1] and known[above[-1]] == above[:-1]
            assert above[0] == next(iter(known)), "one thread"
        assert mail["Message-ID"] not in known, "no two mails have one name"
        known[mail["Message-ID"]] = above
    dates = [mail["Date"].datetime for mail in mails]
    assert dates == sorted(dates)


def test_a_real_server_takes_the_mails_and_they_thread_in_order(local_house, start, real):
    """Page, reminder, acknowledgement, end; and the page and the end of the next time."""
    d = start(local_house(rules=CREW, receivers=[over_starttls(real)], dedup={**QUICK, "late_grace": "0s"}))
    starts = now() - 60
    key = d.send(body(*pumps(starts=starts)))[0]["key"]
    wait_until(lambda: len(real.held()) == 1, 40, "the page")

    def reminded():
        d.send(body(*pumps(starts=starts)))
        return any("Still firing" in parts(m)[0] for m in read(real))

    wait_until(reminded, 40, "the reminder")
    post_json(f"{d.url}/api/v1/incidents/{key}/ack", {"by": "Ana Özil", "note": "on it"})
    wait_until(lambda: "Acknowledged by Ana Özil: on it" in parts(read(real)[-1])[0], 40, "the acknowledgement")
    d.send(body(*pumps("resolved", starts)))
    wait_until(lambda: "resolved" in read(real)[-1]["Subject"], 40, "the end")
    again = now()
    d.send(body(*pumps(starts=again)))
    wait_until(lambda: "firing" in read(real)[-1]["Subject"], 40, "the next page")
    d.send(body(*pumps("resolved", again)))
    wait_until(lambda: "resolved" in read(real)[-1]["Subject"], 40, "its end")
    mails = read(real)
    check_thread(mails)
    page = mails[0]
    assert page["Subject"] == "[P1] PumpStopped: two pumps have stopped (3 firing)"
    assert page["To"] == "Ole Ås <ole@example.com>, crew@example.com"
    assert "ESMTPS" in page["Received"].upper()
    text = parts(page)[0]
    assert "- pump-2" in text and "\n.\n" in text.replace("\r\n", "\n") and "QUIT" in text


HOSTILE = {
    "headers": "x\r\nBcc: eve@example.com\r\nSubject: another\r\n\r\n<b>body</b>", "dot": "\r\n.\r\nMAIL FROM:<eve@example.com>\r\n",
    "encoded": "=?utf-8?q?=0D=0ABcc:_eve@example.com?=", "rtl": "\u202egnp.exe\u2066 שלום עולם", "emoji": "😀👩\u200d🚒" * 200,
    "long": "w" * 5000, "control": "\x00\x01\x1b[31m\x7f", "html": "<img src=x onerror=alert(1)>\"'&amp;</pre></div>",
}


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_of_an_alert_becomes_more_than_text(local_house, start, real, piece):
    """2,000 labels and a megabyte of annotations beside it; who acknowledges is as bad."""
    piece = HOSTILE[piece]
    plain = piece.replace("\0", "")  # which no order may have
    annotations = {"summary": piece, "description": piece * (1 + 1000 // len(piece)), "more": "y" * 1000000}
    labels = {f"l{i}": "v" for i in range(2000)}
    d = start(local_house(rules=CREW, receivers=[over_starttls(real)], webhook={"max_body": "64MiB"}))
    starts = now() - 60
    key = d.send(body(*pumps(starts=starts, which=[0], annotations=annotations, bad=piece, **labels)))[0]["key"]
    wait_until(lambda: len(real.held()) == 1, 40, "the page")
    status, reply = post_json(f"{d.url}/api/v1/incidents/{key}/ack", {"by": plain[:100], "note": plain})
    assert status == 200, reply
    wait_until(lambda: len(real.held()) == 2, 40, "the acknowledgement")
    d.send(body(*pumps("resolved", starts, which=[0], annotations=annotations, bad=piece, **labels)))
    wait_until(lambda: len(real.held()) == 3, 40, "the end")
    mails = read(real)
    check_thread(mails)
    for mail in mails:
        assert "Bcc" not in mail and mail["To"] == "Ole Ås <ole@example.com>, crew@example.com"
        assert mail["From"] == "Pager <pager@example.com>" and mail["Subject"].startswith("[P1] PumpStopped")
        plain, html = parts(mail)
        assert "<img" not in html and "</pre>" not in html and "\u202e" not in plain + html + mail["Subject"]
        assert not any(c < " " and c not in "\r\n" for c in plain + html)
    assert "eve" not in real.log(), "nobody else is written to"


def test_exims_refusal_of_one_refuses_all_and_is_a_dead_letter(local_house, start, real):
    if not isinstance(real, Exim):
        pytest.skip("Postfix is configured to take everybody")
    to = ["crew@example.com", "nobody@example.com"]
    d = start(local_house(rules=CREW, receivers=[over_starttls(real, to=to)]), expected_errors=["dead letter"])
    d.send(body(*pumps()))
    dead = wait_until(lambda: d.api("incidents?state=dead")["incidents"], 20, "the dead letter")
    assert "550 nobody of this name" in dead[0]["deliveries"][0]["last_error"]
    assert not real.held()


def test_exim_knows_the_user(local_house, start, real):
    if not isinstance(real, Exim):
        pytest.skip("Postfix would need a SASL server")
    rows = {"wrong": "is wrong", "none": None}
    for password, error in rows.items():
        receiver = over_starttls(real, auth_username="u", auth_password=password)
        d = start(local_house(rules=CREW, name=password, receivers=[receiver]), expected_errors=["dead letter"])
        d.send(body(*pumps()))
        if error:
            dead = wait_until(lambda: d.api("incidents?state=dead")["incidents"], 20, "the dead letter")
            assert "535" in dead[0]["deliveries"][0]["last_error"] and error in dead[0]["deliveries"][0]["last_error"]
    wait_until(lambda: len(real.held()) == 1, 20, "the mail")
    assert "esmtpsa" in read(real)[0]["Received"].lower()
