"""The pages in a real browser: what is in sight, what happens by itself, keys, and whom axe-core finds shut out."""

import base64
import json
import os
import time

import pytest

from harness import alert, body, wait_until
from harness.browser import CHROMIUM, Browser
from harness.daemon import REPOSITORY
from test_pages import curve, daemon, fire, furnished, post, rows, page  # noqa: F401 (daemon is a fixture)

AXE = os.environ.get("RUNBOOKD_AXE", os.path.join(REPOSITORY, "build/axe/axe.min.js"))
SCREENSHOTS = os.environ.get("RUNBOOKD_SCREENSHOTS")
SIZES = [(390, 844), (1400, 900)]

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed (make check-browser)")


@pytest.fixture
def browse(tmp_path):
    """browse(width, height, dark) opens a window."""
    opened = []

    def run(width=390, height=844, dark=False):
        opened.append(Browser(str(tmp_path / f"chromium-{len(opened)}"), width=width, height=height, dark=dark))
        return opened[-1]

    yield run
    for b in opened:
        b.close()


def furnish(daemon):
    """A house with something of everything; the key of the gravest."""
    daemon.send(body(alert("Leak", deck="a", pod="p-1", annotations={"summary": "Water on deck a", "dashboard": "https://graphs.test/d/1"}),
                     alert("Leak", deck="a", pod="p-2"), group={"alertname": "Leak", "deck": "a"}))
    fire(daemon, "Rust", hold="x")
    other = fire(daemon, "Other", service="api")
    post(daemon, f"/incidents/{other}/ack", {"by": "Ada", "note": "looking"})
    over = fire(daemon, "Other", service="old")
    post(daemon, f"/incidents/{over}/resolve", {"by": "Ada"})
    return rows(page(daemon, "/"))[0], other, over


def views(keys):
    gravest, acknowledged, over = keys
    return {
        "open": "/", "filtered": "/?severity=P1&state=acknowledged", "resolved": "/?state=resolved", "nothing": "/?owner=nobody",
        "incident": f"/incidents/{gravest}", "acknowledged": f"/incidents/{acknowledged}", "over": f"/incidents/{over}",
        "missing": "/incidents/ffffffff", "noise": "/noise", "rules": "/rules",
        "explain": "/rules?labels=alertname%3DLeak%0Adeck%3Da", "oncall": "/oncall", "runbooks": "/runbooks/",
        "search": "/runbooks/?q=valve", "runbook": f"/runbooks/hull/leak.md?incident={gravest}", "plain": "/runbooks/hull/leak.md",
        "no-runbook": "/runbooks/hull/lek.md",
    }


def shoot(browser, name):
    if SCREENSHOTS:
        os.makedirs(SCREENSHOTS, exist_ok=True)
        picture = browser.ask("Page.captureScreenshot", format="png")["data"]
        with open(os.path.join(SCREENSHOTS, name + ".png"), "wb") as f:
            f.write(base64.b64decode(picture))


def violations(browser):
    browser.ask("Runtime.evaluate", expression=open(AXE, encoding="utf-8").read())
    found = browser.value("axe.run(document).then(r => JSON.stringify(r.violations.map(v => [v.id, v.nodes.map(n => n.html + ' ' + "
                          "n.failureSummary)])))")
    return json.loads(found)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width,height", SIZES)
def test_nobody_is_shut_out(daemon, browse, width, height, dark):
    if not os.path.exists(AXE):
        pytest.skip("axe-core is not there (make check-browser fetches it)")
    browser = browse(width, height, dark)
    problems = {}
    keys = furnish(daemon)
    curve(daemon)
    for name, path in views(keys).items():
        browser.open(daemon.url + path)
        found = violations(browser)
        if found:
            problems[name] = found
        if browser.value("document.documentElement.scrollWidth > innerWidth"):
            problems[name, "wide"] = browser.value("document.documentElement.scrollWidth")
        shoot(browser, f"{name}-{width}-{'dark' if dark else 'light'}")
    complaints = [c for c in browser.complaints if "404" not in c]
    assert not problems and not complaints, json.dumps([list(problems.items()), complaints], indent=1, default=str)


def box(browser, selector):
    return browser.value(f"(()=>{{const r=document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
                         "return [r.left,r.top,r.right,r.bottom]})()")


def test_the_button_and_the_first_step_are_in_sight_on_a_phone(daemon, browse):
    browser = browse()
    browser.open(f"{daemon.url}/incidents/{furnish(daemon)[0]}")
    for selector in (".acknowledge button", ".step li", ".step h2"):
        left, top, right, bottom = box(browser, selector)
        assert 0 <= left and right <= 390 and 0 <= top and bottom <= 844, (selector, left, top, right, bottom)
    assert "Close the valve" in browser.value("document.querySelector('.step li').innerText")


def test_a_link_into_the_middle_of_a_runbook_shows_the_incident(daemon, browse):
    browser = browse()
    browser.open(f"{daemon.url}/runbooks/hull/leak.md?incident={furnish(daemon)[0]}#afterwards")
    _, top, _, bottom = box(browser, ".bar")
    assert 0 <= top and bottom <= 200 and "Water on deck a" in browser.value("document.querySelector('.bar').innerText")
    assert box(browser, "#afterwards")[1] < 844


def test_a_new_incident_appears_by_itself(daemon, browse):
    browser = browse()
    browser.open(daemon.url + "/")
    browser.value("window.stays = 1")
    key = fire(daemon, deck="a")
    began = time.monotonic()
    wait_until(lambda: key in browser.value("document.querySelector('main').innerHTML"), 20, "the incident")
    assert browser.value("window.stays") == 1  # without a reload
    print(f"after {time.monotonic() - began:.2f} s")
    post(daemon, f"/incidents/{key}/ack", {"by": "Ada"})
    wait_until(lambda: "acknowledged by Ada" in browser.value("document.querySelector('main').innerText"), 20, "who has it")
    assert browser.complaints == []


def test_where_no_event_comes_through_it_looks_by_itself(daemon, browse):
    """A proxy that lets no stream through: the page asks again, a little later."""
    browser = browse()
    browser.ask("Network.setBlockedURLs", urls=["*/api/v1/events*"])
    browser.open(daemon.url + "/")
    browser.value("window.stays = 1")
    key = fire(daemon, deck="a")
    wait_until(lambda: key in browser.value("document.querySelector('main').innerHTML"), 60, "the incident")
    assert browser.value("window.stays") == 1


NOTE = "document.querySelector('input[name=note]')"
SHOWN = "document.querySelector('main').innerText"


def test_what_somebody_is_typing_stays_while_the_page_goes_on(daemon, browse):
    browser = browse()
    key = fire(daemon, deck="a")
    browser.open(f"{daemon.url}/incidents/{key}")
    browser.value(f"{NOTE}.focus(); {NOTE}.value = 'half a'; {NOTE}.setSelectionRange(2, 4)")
    post(daemon, f"/incidents/{key}/note", {"by": "Ben", "note": "the other half"})
    wait_until(lambda: "the other half" in browser.value(SHOWN), 20, "the note")
    assert browser.value(f"[{NOTE}.value, document.activeElement === {NOTE}, {NOTE}.selectionStart, {NOTE}.selectionEnd]") == [
        "half a", True, 2, 4]


def test_a_page_that_waits_for_its_reader_says_so_and_catches_up(daemon, browse):
    """A field with text whose form is gone from the newer page."""
    browser = browse()
    key = fire(daemon, deck="a")
    browser.open(f"{daemon.url}/incidents/{key}")
    browser.value("(()=>{const f=document.querySelector('input[name=note]').form.cloneNode(true);"
                  "f.setAttribute('action','./gone');f.querySelector('input[name=note]').setAttribute('id','gone');"
                  "document.querySelector('main').append(f);document.querySelector('#gone').value='half a'})()")
    post(daemon, f"/incidents/{key}/note", {"by": "Ben", "note": "the other half"})
    wait_until(lambda: "Not up to date" in browser.value(SHOWN), 20, "the sign")
    assert "the other half" not in browser.value(SHOWN)
    assert browser.value("document.querySelector('#gone').value") == "half a"
    browser.value("(()=>{const f=document.querySelector('#gone');f.value='';f.dispatchEvent(new Event('input',{bubbles:true}))})()")
    wait_until(lambda: "the other half" in browser.value(SHOWN), 20, "the note")
    assert "Not up to date" not in browser.value(SHOWN)


def test_a_list_of_choices_is_not_taken_away(daemon, browse):
    browser = browse()
    browser.ask("Emulation.setFocusEmulationEnabled", enabled=True)
    browser.open(daemon.url + "/")
    browser.value("(()=>{const s=document.querySelector('select[name=severity]');s.closest('details').open=true;s.focus()})()")
    key = fire(daemon, deck="a")
    wait_until(lambda: "Not up to date" in browser.value(SHOWN), 20, "the sign")
    browser.value("document.querySelector('select[name=severity]').value = 'P1'; document.activeElement.blur()")
    wait_until(lambda: key in browser.value("document.querySelector('main').innerHTML"), 20, "the incident")
    assert browser.value("document.querySelector('select[name=severity]').value") == "P1"


def press(browser, key):
    for kind in ("keyDown", "keyUp"):
        browser.ask("Input.dispatchKeyEvent", type=kind, key=key, text=key if kind == "keyDown" and len(key) == 1 else "")


def test_keys(daemon, browse):
    gravest, acknowledged, _ = furnish(daemon)
    browser = browse(1400, 900)
    browser.open(daemon.url + "/")
    at = "document.activeElement.getAttribute('href')"
    press(browser, "j")
    assert browser.value(at) == f"./incidents/{gravest}"
    press(browser, "j")
    assert browser.value(at) == f"./incidents/{acknowledged}"
    press(browser, "k")
    assert browser.value(at) == f"./incidents/{gravest}"
    press(browser, "?")
    assert "acknowledge" in browser.value("document.querySelector('dialog[open]').innerText")
    browser.value("document.querySelector('dialog').close()")
    press(browser, "/")
    assert browser.value("document.activeElement.name") == "owner"
    browser.open(daemon.url + "/rules")
    press(browser, "/")
    assert browser.value("document.activeElement.name") == "labels"
    browser.open(f"{daemon.url}/incidents/{gravest}")
    press(browser, "a")
    assert browser.value("document.activeElement.closest('.acknowledge') !== null")


def test_times_are_the_readers_own(daemon, browse):
    key = fire(daemon, deck="a")
    browser = browse()
    browser.ask("Emulation.setTimezoneOverride", timezoneId="Asia/Kathmandu")
    browser.open(f"{daemon.url}/incidents/{key}")
    shown = browser.value("document.querySelector('dd time').textContent")
    assert "GMT+5:45" in shown or "+0545" in shown, shown


def test_without_a_script_it_is_acknowledged_all_the_same(daemon, browse):
    key = fire(daemon, deck="a")
    browser = browse()
    browser.ask("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(f"{daemon.url}/incidents/{key}")
    root = browser.ask("DOM.getDocument")["root"]["nodeId"]
    button = browser.ask("DOM.querySelector", nodeId=root, selector=".acknowledge button")["nodeId"]
    point = browser.ask("DOM.getBoxModel", nodeId=button)["model"]["content"]
    x, y = (point[0] + point[4]) / 2, (point[1] + point[5]) / 2
    for kind in ("mousePressed", "mouseReleased"):
        browser.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
    wait_until(lambda: daemon.api(f"incidents/{key}")["state"] == "acknowledged", 20, "the acknowledgement")
    assert browser.complaints == []
