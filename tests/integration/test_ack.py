"""Acknowledge links: what a page carries, what opening it shows, what its button does, and what a link that is none does not."""

import hashlib
import hmac
import re
import time

import pytest

from harness import Runbookd, alert, body, call, now, post_json, wait_until
from harness.browser import CHROMIUM, Browser
from harness.process import free_port
from harness.providers import KINDS, Provider

ACK = re.compile(r"https?://[^\s\"|>)\\]+/ack/[0-9a-f.]+")
SECRET = "an invented secret, long enough"


@pytest.fixture
def house(local_house):
    def make(**over):
        over = {"ack": {"secret": SECRET}, "external_url": "http://pages.test/r", **over}
        return local_house(rules=None, **over)

    return make


def fire(d, status="firing", starts=None, **labels):
    return d.send(body(alert("PumpStopped", status=status, starts=starts, annotations={"summary": "<b>it has stopped</b>"},
                             **{"pump": "7", **labels})))[0]["key"]


def link_of(d, recorder, key=None, nth=0):
    """The link of a page, as this daemon itself is reached."""
    trigger = wait_until(lambda: recorder.triggers(key)[nth:], 20, "the page")[0]
    (url,) = {l["href"] for l in trigger.body["links"] if "/ack/" in l["href"]}
    assert url.startswith("http://pages.test/r/ack/")
    return d.url + url[len("http://pages.test/r"):]


def press(url, by=None, headers=None):
    """(status, headers, HTML)"""
    data = b"" if by is None else b"by=" + by
    status, reply, html = call(url, data=data, method="POST",
                               headers={"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})
    return status, reply, html.decode()


def state(d, key):
    i = d.api(f"incidents/{key}")
    return i["state"], (i["acknowledged"] or {}).get("by")


def outcomes(d):
    return {dict(labels)["outcome"]: n for (name, labels), n in d.metrics().items() if name == "acknowledge_links_total" and n}


def check_headers(headers):
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy and "script" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert headers["X-Frame-Options"] == "DENY"


def test_opening_asks_and_the_button_acknowledges(house, start, recorder):
    d = start(house())
    key = fire(d)
    url = link_of(d, recorder)
    for _ in range(3):
        status, headers, html = call(url)
        assert status == 200
        check_headers(headers)
        assert b"&lt;b&gt;it has stopped&lt;/b&gt;" in html and b"[P1]" in html
        assert b"https://wiki.test/runbooks/test/PumpStopped.md" in html
        assert html.count(b"<button>") == 1 and b"<script" not in html and b"<b>it" not in html
    assert call(url, method="HEAD")[0] == 200
    assert state(d, key) == ("firing", None)
    status, headers, html = press(url, b"Ana+%C3%96zil%0d%0aX")
    assert status == 200 and "Acknowledged by Ana Özil X" in html
    check_headers(headers)
    assert state(d, key) == ("acknowledged", "Ana Özil X")
    wait_until(lambda: recorder.all("acknowledge", key), 20, "the provider hears of it")
    status, _, html = press(url, b"ben")
    assert status == 200 and "Acknowledged by Ana Özil X" in html
    assert state(d, key) == ("acknowledged", "Ana Özil X")
    assert outcomes(d) == {"asked": 4, "acknowledged": 1, "already": 1}


def test_the_name_is_remembered_by_the_browser(house, start, recorder):
    d = start(house())
    first, key = fire(d), fire(d, pump="8")
    url = link_of(d, recorder, first)
    _, headers, _ = press(url, b"ana%20%22b%22")
    cookie = headers["Set-Cookie"].split(";")
    assert {c.strip() for c in cookie[1:]} >= {"HttpOnly", "SameSite=Lax"}
    second = link_of(d, recorder, key)
    _, _, html = call(second, headers={"Cookie": "x=1; " + cookie[0]})
    assert b'Acknowledge as ana &quot;b&quot;' in html
    press(second, headers={"Cookie": cookie[0]})
    assert state(d, key) == ("acknowledged", 'ana "b"')


def test_the_link_in_a_persons_own_page_knows_who_it_is(house, start, recorder):
    h = house(catalog={"base_url": "https://wiki.test/runbooks/", "files": ["catalog.yml"]})
    h.write("catalog.yml", {"people": [{"name": "Ana Mori", "receivers": ["oncall"]}]})
    d = start(h)
    key = fire(d)
    url = link_of(d, recorder)
    assert b"Acknowledge as Ana Mori" in call(url, headers={"Cookie": "runbookd_name=eve"})[2]
    press(url)
    assert state(d, key) == ("acknowledged", "Ana Mori")


def test_nobody_is_held_up_by_the_question_who(house, start, recorder):
    d = start(house())
    key = fire(d)
    press(link_of(d, recorder), b"")
    assert state(d, key) == ("acknowledged", "somebody with the link")


def test_an_altered_or_expired_link_does_nothing_and_says_so(house, start, recorder):
    h = house()
    d = start(h)
    key = fire(d)
    url = link_of(d, recorder)
    head, token = url.rsplit("/", 1)
    parts = token.split(".")
    altered = [token[:-1], token[:-1] + ("0" if token[-1] != "0" else "1"), "x", token.upper(), token + "/..",
               ".".join([parts[0], "2", *parts[2:]]), ".".join([*parts[:2], "9999999999", *parts[3:]]),
               ".".join([*parts[:3], "616e61", parts[4]])]
    said = set()
    for other in altered:
        for method in ("GET", "POST"):
            status, headers, html = call(f"{head}/{other}", data=b"by=eve" if method == "POST" else None, method=method)
            assert status in (403, 404, 405), (other, status)
            if status == 403:
                check_headers(headers)
                said.add(html)
    assert len(said) == 1, "it says which part was wrong"
    assert b"not valid" in said.pop()
    assert state(d, key) == ("firing", None)
    refused = outcomes(d)["refused"]
    assert refused >= 2 * (len(altered) - 1)
    # another secret: the old links are void
    h.write("runbookd.yml", open(h.file).read().replace(SECRET, SECRET + ", but another"))
    assert d.reload()[0] == 200
    assert call(url)[0] == 403
    assert SECRET not in d.process.log() and parts[-1][:16] not in d.process.log()


def test_an_expired_link_says_that_it_has(house, start, recorder):
    """A link cannot be made to expire sooner than in a minute: this one is signed here, as the README describes it."""
    d = start(house())
    key = fire(d)
    for expires, status in ((int(now()) - 1, 403), (int(now()) + 600, 200)):
        signed = f"{key}.1.{expires}."
        mac = hmac.new(SECRET.encode(), b"runbookd acknowledge 1\n" + signed.encode(), hashlib.sha256).hexdigest()
        url = f"{d.url}/ack/{signed}.{mac}"
        assert call(url)[0] == status
        assert (b"has expired" in call(url)[2]) == (status == 403)
        assert press(url, b"ana")[0] == status
        assert (state(d, key)[0] == "acknowledged") == (status == 200)
    assert outcomes(d)["expired"] == 3


def test_the_link_of_an_older_page_or_a_resolved_incident_does_nothing(house, start, recorder):
    d = start(house())
    starts = now() - 60
    key = fire(d, starts=starts)
    first = link_of(d, recorder)
    fire(d, "resolved", starts)
    wait_until(lambda: recorder.resolves(key), 20, "the resolve")
    for status, _, html in (press(first, b"ana"), (*call(first)[:2], call(first)[2].decode())):
        assert status == 410 and "Resolved" in html and "<button" not in html
    fire(d, starts=now())
    second = link_of(d, recorder, key + "-2")
    status, _, html = press(first, b"ana")
    assert status == 410 and "earlier page" in html
    assert state(d, key) == ("firing", None)
    assert press(second, b"ana")[0] == 200
    assert state(d, key) == ("acknowledged", "ana")
    assert {"resolved": 3, "older_page": 1, "acknowledged": 1}.items() <= outcomes(d).items()


def test_a_link_acknowledges_once(house, start, recorder):
    """What was taken back needs the link of a newer message; that one is on its way to whoever was told."""
    d = start(house())
    key = fire(d)
    url = link_of(d, recorder)
    assert press(url, b"ana")[0] == 200 and state(d, key) == ("acknowledged", "ana")
    assert post_json(f"{d.url}/api/v1/incidents/{key}/unack", {"by": "ben"})[0] == 200
    status, headers, html = press(url, b"eve")
    assert status == 410 and "This link has been used" in html and "use the one of the latest message" in html
    check_headers(headers)
    status, _, html = call(url)
    assert status == 410 and b"This link has been used" in html and b"<button>" not in html
    assert state(d, key) == ("firing", None)
    newer = link_of(d, recorder, key, nth=1)
    assert newer != url
    house_of_it = d.house
    d.process.stop(12)
    d = start(house_of_it)
    newer = d.url + newer[newer.index("/ack/"):]
    assert press(d.url + url[url.index("/ack/"):], b"eve")[0] == 410
    assert press(newer, b"ben")[0] == 200 and state(d, key) == ("acknowledged", "ben")


def test_several_secrets_the_first_signs_and_all_are_taken(house, start, recorder):
    h = house(ack={"secret_file": "ack.secret", "secret": None})
    h.write("ack.secret", "the secret of last year\n")
    d = start(h)
    key = fire(d)
    url = link_of(d, recorder)
    h.write("ack.secret", "# rotated\nthe secret of this year\nthe secret of last year\n")
    other = fire(d, pump="8")
    by_new = link_of(d, recorder, other)
    h.write("ack.secret", "the secret of this year\n")
    assert call(url)[0] == 403 and call(by_new)[0] == 200
    h.write("ack.secret", "the secret of this year\nthe secret of last year\n")
    assert press(url, b"ana")[0] == 200
    assert state(d, key) == ("acknowledged", "ana")


def test_without_a_secret_the_store_keeps_one_through_restarts(local_house, start, recorder):
    h = local_house(external_url="http://pages.test/r")
    d = start(h)
    fire(d)
    url = wait_until(lambda: any("/ack/" in l["href"] for t in recorder.triggers() for l in t.body["links"]), 20, "a link") \
        and link_of(d, recorder)
    d.process.stop(12)
    again = start(h)
    wait_until(lambda: call(again.url + url[len(d.url):])[0] == 200, 20, "the link holds")


def test_replicas_share_the_kept_secret(shared_house, start, recorder):
    one, two = (start(shared_house(name=n, external_url="http://pages.test/r")) for n in "ab")
    key = fire(one)
    url = link_of(one, recorder)
    wait_until(lambda: call(two.url + url[len(one.url):])[0] == 200, 20, "the other router takes it")
    assert press(two.url + url[len(one.url):], b"ana")[0] == 200
    assert state(one, key) == ("acknowledged", "ana")


def tap(browser):
    """A thumb on the page's only button; it must reach it without scrolling."""
    box = browser.value("(()=>{const b=document.querySelector('button').getBoundingClientRect();"
                        "return [b.left+b.width/2,b.top+b.height/2,b.width,b.height]})()")
    assert box[2] > 300 and box[3] >= 48 and box[1] < 844
    for kind in ("mousePressed", "mouseReleased"):
        browser.ask("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)
    browser.until_loaded()


def two_taps(d, browser, providers, key):
    """From the link in one receiver's page to "acknowledged" at every receiver that has such a thing: the seconds."""
    url = next(found[0] for p in providers for t in p.kind.texts if (found := ACK.search(t)))
    began = time.monotonic()
    browser.open(url)  # the first tap, on the link
    assert state(d, key)[0] == "firing", "opening has acknowledged it"
    tap(browser)
    for p in providers:
        if p.kind.acknowledges:
            wait_until(lambda: p.problems or "acknowledge" in p.events(), 30, f"{type(p.kind).__name__} knows")
    seconds = time.monotonic() - began
    assert "Acknowledged" in browser.value("document.body.innerText")
    assert state(d, key)[0] == "acknowledged"
    assert browser.value("document.documentElement.scrollWidth") <= 390
    assert not browser.complaints
    assert {u for u in browser.requests if not u.startswith("data:")} == {url}
    return seconds


def page_all_and_acknowledge(house, folder, dark):
    providers, port = [Provider(kind) for kind in KINDS], free_port()
    receivers = [p.receiver(type(p.kind).__name__) for p in providers]
    d = Runbookd(house(external_url=f"http://127.0.0.1:{port}", receivers=receivers, ack={"secret": SECRET},
                       name=folder.name, defaults={"receivers": [r["name"] for r in receivers]}))
    browser = Browser(str(folder / "browser"), width=390, height=844, dark=dark)
    try:
        d.start(f"127.0.0.1:{port}")
        key = d.send(body(alert("PumpStopped", pump="7")))[0]["key"]
        wait_until(lambda: all(p.problems or "trigger" in p.events() for p in providers), 30, "all are paged")
        seconds = two_taps(d, browser, providers, key)
        assert not [p.problems for p in providers if p.problems]
        return seconds
    finally:
        browser.close()
        d.finish()
        for p in providers:
            p.stop()


@pytest.mark.skipif(not CHROMIUM, reason="no chromium")
@pytest.mark.parametrize("dark", [False, True])
def test_two_taps_on_a_phone_and_every_receiver_knows_within_3_s(local_house, tmp_path, dark):
    """A busy machine gets further tries: one that is fast enough shows that it can be."""
    taken = []
    for turn in range(4):
        folder = tmp_path / f"try-{turn}"
        folder.mkdir()
        taken.append(page_all_and_acknowledge(local_house, folder, dark))
        if taken[-1] < 3:
            return
    pytest.fail(f"it took {taken} s")
