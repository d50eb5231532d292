"""The runbook pages: what is served and what is not, what they say about an incident, and what a browser makes of them."""

import json
import os
import re
import socket
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest

from harness import Ctl, Runbookd, alert, body, call, wait_until
from harness.browser import CHROMIUM, Browser
from harness.process import free_port

HIGH_CPU = """---
severity: P1
owner: crew
approval: Shift lead
last_updated: 2025-11-02
tags: [cpu, node]
---
# High CPU

## Diagnosis

```sh
top -b | head
```

See [the disk](../disk/full.md#now), [without its ending](../disk/full), [the folder](../disk/), [what is not there](gone.md),
[outside](../../secret.md), [absolute](/etc/passwd), [script](javascript:alert(1)) and ![a graph](https://pictures.test/cpu.png).

<script>alert(2)</script>

## Mitigation & more
"""
FILES = {
    "README.md": "# All of it\n\n- [cpu](node/high-cpu.md)\n- [up](..)\n",
    "node/high-cpu.md": HIGH_CPU,
    "disk/README.md": "# Disks\n",
    "disk/full.md": "## Now\n\nNo title, [back](../node/high-cpu.md).\n",
    "disk/Case.md": "# Case\n",
}
CATALOG = {
    "owners": [{"name": "crew", "contact": "#crew", "escalation": "crew"}],
    "escalations": [{"name": "crew", "steps": [{"after": "15m", "notify": ["Lead"]}]}],
    "contacts": [{"role": "Lead", "method": "phone", "address": "+1 555 0100"}],
    "severities": [{"name": "P1", "response": "30m", "resolution": "4h"}],
    "runbooks": [{"path": "planned/later.md", "title": "Later", "severity": "P1"}],
}
RULES = [{"name": "cpu", "matchers": ['alertname="HighCPU"'], "runbook": "node/high-cpu.md", "group_by": ["..."],
          "severity": "P1", "owner": "crew"}]


class Page(HTMLParser):
    """Its elements with their attributes, and its text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag, attribute):
        return [attrs[attribute] for name, attrs in self.elements if name == tag and attribute in attrs]


def put(house, files):
    for name, text in files.items():
        path = os.path.join(house.folder, "runbooks", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(text.encode() if isinstance(text, str) else text)


@pytest.fixture
def daemon(local_house, start):
    """Of a folder that a browser on another machine could reach as http://pages.test."""
    house = local_house(RULES, delivery={"mode": "observe"}, defaults={"severity": "P1"},
                        catalog={"runbooks": "runbooks", "files": ["catalog.yml"], "base_url": ""},
                        external_url="http://pages.test/r")
    put(house, FILES)
    house.write("catalog.yml", CATALOG)
    return start(house)


def get(daemon, path, headers=None):
    """(status, headers, page)"""
    status, reply_headers, data = call(f"{daemon.url}/runbooks/{path}", headers=headers)
    return status, reply_headers, Page(data.decode())


def fire(daemon, **labels):
    hostile = {"evil": "<script>alert(3)</script>", "link": "javascript:alert(4)"}
    a = alert("HighCPU", annotations={"summary": "<img src=x onerror=alert(5)>"}, **hostile, **labels)
    a["generatorURL"] = "javascript:alert(6)"
    return daemon.send(body(a))[0]["key"]


def check_headers(headers):
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy and "http" not in policy
    assert "form-action 'self'" in policy and "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in ("no-referrer", "same-origin")


def check_safe(page):
    """No script but ours, nothing inline, nothing loaded from elsewhere."""
    for tag, attrs in page.elements:
        assert not [name for name in attrs if name.startswith("on") or name == "style"], (tag, attrs)
        assert tag not in ("style", "iframe", "object", "embed", "img", "base", "svg"), (tag, attrs)
        assert not attrs.get("href", "").lower().startswith(("javascript:", "//", "vbscript:"))
    assert [re.sub(r"^(\.\./)+|^\./", "", src) for src in page.all("script", "src")] == ["-/page.js"]
    assert len([1 for tag, _ in page.elements if tag == "script"]) == 1


def test_a_page_leads_where_the_index_does(local_house, start):
    """Links of wikis, of raw HTML and from the repository's top: one judgement."""
    house = local_house([], delivery={"mode": "observe"}, catalog={"runbooks": "runbooks"})
    put(house, {"README.md": "# All\n\n- [Race](stacks/mill/race.md)\n- [[belt#Mend it|Belt]], [[gone]]\n",
                "race.md": "# Race\n\nSee [[Belt]], <a href=\"belt.md#mend-it\">how</a>, [a](/books/belt), [b](belt/)"
                           " and <a href=\"javascript:x\">c</a>.\n",
                "belt.md": "# Belt\n\n## Mend it\n\nSew.\n"})
    running = start(house)
    index, race = (get(running, name)[2] for name in ("README.md", "race.md"))
    assert {"./race.md", "./belt.md#mend-it"} <= set(index.all("a", "href")) and "[[gone]]" in index.text
    assert [href for href in race.all("a", "href") if "belt" in href] == [
        "./belt.md", "./belt.md#mend-it", "./belt.md", "./belt.md"]
    check_safe(race)


def test_a_links_heading_stays_where_the_names_page_is_the_same(local_house):
    """The page is claimed by the alert's name; the alert's own link says where on it to look."""
    house = local_house([], delivery={"mode": "observe"}, catalog={"runbooks": "runbooks"})
    put(house, {"README.md": "# All\n\n- [Belt](belt.md)\n", "other.md": "# Other\n\n## Mend\n\nx\n",
                "belt.md": "# BeltTorn\n\n## Mend\n\nSew.\n"})
    links = ["belt.md#mend", "belt.md#gone", "other.md#mend"]
    alerts = [alert("BeltTorn", annotations={"runbook_url": link}, n=str(i)) for i, link in enumerate(links)]
    told = Ctl(house).json("explain", "--alert", "-", stdin=json.dumps(body(*alerts)))["alerts"]
    assert [a["fields"]["runbook"]["value"] for a in told] == ["belt.md#mend", "belt.md", "belt.md"]


def test_a_runbook_is_a_safe_page(daemon):
    status, headers, page = get(daemon, "node/high-cpu.md")
    assert status == 200 and headers["Content-Type"] == "text/html; charset=utf-8"
    check_headers(headers)
    check_safe(page)
    assert headers["Referrer-Policy"] == "no-referrer"
    assert {"high-cpu", "diagnosis", "mitigation--more"} <= set(page.all("h1", "id") + page.all("h2", "id"))
    for said in ("Shift lead", "last_updated", "2025-11-02", "cpu, node", "P1; respond within 30m; resolve within 4h",
                 "crew (#crew)", "top -b | head", "image: a graph"):
        assert said in page.text, said
    assert "alert(2)" not in page.text and "severity: P1" not in page.text


def test_every_fact_stands_in_its_list(daemon):
    """Also without a browser that axe-core could look in."""
    for path in ("node/high-cpu.md", "disk/full.md", "README.md"):
        html = call(f"{daemon.url}/runbooks/{path}")[2].decode()
        assert "<dt" not in re.sub(r"<dl\b.*?</dl>", "", html, flags=re.S), path
        assert html.count('<dl class="facts">') == 1, path


def test_links_lead_to_other_runbooks_and_nowhere_else(daemon):
    links = get(daemon, "node/high-cpu.md")[2].all("a", "href")
    assert {"../disk/full.md#now", "../disk/full.md", "../disk/README.md", "https://pictures.test/cpu.png"} <= set(links)
    assert not [link for link in links if re.search("gone|secret|passwd|javascript", link)]
    here = f"{daemon.url}/runbooks/node/high-cpu.md"
    for link in links:
        if link.startswith("../"):
            assert call(urljoin(here, link).partition("#")[0])[0] == 200, link


def test_folders_show_their_index_and_a_page_without_a_title_gets_one(daemon):
    assert "Disks" in get(daemon, "disk/")[2].text
    assert "All of it" in get(daemon, "README.md")[2].text
    page = get(daemon, "disk/full.md")[2]
    assert [tag for tag, _ in page.elements].count("h1") == 1


def test_the_index_groups_runbooks(daemon):
    for by, groups in (("category", ["disk", "node", "planned"]), ("owner", ["crew", "Without an owner"]),
                       ("severity", ["P1", "Without a severity"]), ("nonsense", ["disk", "node", "planned"])):
        status, headers, data = call(f"{daemon.url}/runbooks/?by={by}")
        assert status == 200 and re.findall("<h2>(.*?)</h2>", data.decode()) == groups, by
        check_headers(headers)
    page = get(daemon, "")[2]
    check_safe(page)
    assert "./node/high-cpu.md" in page.all("a", "href") and "./README.md" in page.all("a", "href")
    assert "not in the folder" in page.text and "./planned/later.md" not in page.all("a", "href")
    status, headers, _ = call(daemon.url + "/runbooks")
    assert (status, headers["Location"]) == (308, "runbooks/")


def test_the_index_begins_with_what_nobody_has_read_again_for_too_long(local_house, start):
    house = local_house(delivery={"mode": "observe"}, catalog={"runbooks": "runbooks"})
    put(house, {"a.md": "---\nlast_updated: 2020-01-01\nreview: 30d\n---\n# Aged\n",
                "b.md": "---\nlast_updated: 2019-01-01\nreview: 30d\n---\n# Aged more\n",
                "c.md": "---\nlast_updated: 2999-01-01\nreview: 30d\n---\n# Fresh\n", "d.md": "# Without a date\n"})
    page = call(start(house).url + "/runbooks/")[2].decode()
    first = page[page.index("<h2>Review overdue</h2>"):]
    first = first[:first.index("</ul>")]
    assert re.findall("a href=\"./(.).md\"", first) == ["b", "a"]
    assert len(re.findall("review overdue by [0-9]+ days", first)) == 2


@pytest.mark.parametrize("path", ["node/high-cpu.MD", "Node/high-cpu.md", "../runbookd.yml", "node/../node/high-cpu.md",
                                  "%2e%2e/runbookd.yml", "..%2Frunbookd.yml", "node/%00high-cpu.md", "/etc/passwd",
                                  "planned/later.md", "-/nothing", "-/../runbookd.yml", "%FF", "%3Cscript%3E", "nothing/"])
def test_only_the_catalog_is_served(daemon, path):
    status, headers, page = get(daemon, path)
    assert status == 404
    check_headers(headers)
    check_safe(page)


def test_a_slip_of_the_keys_is_answered_with_what_was_meant(daemon):
    for asked, meant in (("node/hgih-cpu.md", "../node/high-cpu.md"), ("disk/case.md", "../disk/Case.md"),
                         ("high-cpu.md", "./node/high-cpu.md")):
        status, _, page = get(daemon, asked)
        assert status == 404 and meant in page.all("a", "href"), asked
    assert "only a catalog file names it" in get(daemon, "planned/later.md")[2].text


def test_assets_are_files_of_their_own(daemon):
    for name, kind, inside in (("page.css", "text/css", "prefers-color-scheme: dark"),
                               ("page.js", "text/javascript", "clipboard")):
        status, headers, data = call(f"{daemon.url}/-/{name}")
        assert status == 200 and headers["Content-Type"].startswith(kind) and inside in data.decode()
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_what_cannot_be_a_page_is_still_readable(local_house, start):
    house = local_house(RULES, delivery={"mode": "observe"}, catalog={"runbooks": "runbooks"})
    bombs = {"table.md": "|a" * 3000 + "\n" + "|-" * 3000 + "\n" + "|\n" * 5000, "deep.md": "> " * 500 + "x",
             "brackets.md": "[" * 50000 + "x" + "]" * 50000, "bytes.md": b"# \xff\xfe ok\n\n\x00 <b>\n",
             "crlf.md": "# Title\r\n\r\n|a|b|\r\n|-|-|\r\n|c1|c2|\r\n", "node/high-cpu.md": HIGH_CPU}
    put(house, bombs)
    put(house, {"huge.md": "x" * (20 * 1024 * 1024)})
    os.symlink("/etc/hostname", os.path.join(house.folder, "runbooks", "link.md"))
    daemon = start(house)
    for name, why in (("table.md", "more than 50000 table cells"), ("deep.md", "nests lists or quotes")):
        status, _, page = get(daemon, name)
        assert status == 200 and "shown as it was written" in page.text and why in page.text, name
    assert get(daemon, "brackets.md")[0] == 200
    assert "\ufffd" in get(daemon, "bytes.md")[2].text
    assert "c2" in get(daemon, "crlf.md")[2].text and "|" not in get(daemon, "crlf.md")[2].text
    assert get(daemon, "huge.md")[0] == 404 and get(daemon, "link.md")[0] == 404
    for name in ("huge.md", "link.md"):
        assert name in daemon.process.log()


def test_the_incident_stands_beside_its_runbook(daemon):
    key = fire(daemon)
    status, headers, page = get(daemon, f"node/high-cpu.md?incident={key}")
    assert status == 200
    check_headers(headers)
    check_safe(page)
    for said in ("firing", "<script>alert(3)</script>", "javascript:alert(4)", "<img src=x onerror=alert(5)>", "Respond by",
                 "(in 29m)", "Resolve by", "#crew", "Escalation: crew", "Lead (phone, +1 555 0100)", "after 15m"):
        assert said in page.text, said
    assert "../disk/full.md?incident=" + key + "#now" in page.all("a", "href")
    assert not [link for link in page.all("a", "href") if "alert(" in link]
    index = get(daemon, f"?incident={key}")[2]
    assert f"./node/high-cpu.md?incident={key}" in index.all("a", "href") and "Its runbook" in index.text


def test_an_unknown_incident_leaves_the_runbook(daemon):
    for key in ("0" * 32, "nonsense", "%3Cscript%3E"):
        status, headers, page = get(daemon, f"node/high-cpu.md?incident={key}")
        assert status == 200 and "cannot be shown" in page.text and "top -b | head" in page.text
        check_safe(page)


def press(daemon, key, headers=None, page="node/high-cpu.md"):
    return call(f"{daemon.url}/runbooks/-/ack?incident={key}&page={page}", "POST", b"by=Ada+%26+Co&x=y",
                {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})


def test_the_button_acknowledges_and_leads_back(daemon):
    key = fire(daemon)
    page = get(daemon, f"node/high-cpu.md?incident={key}")[2]
    assert page.all("form", "action") == [f"../-/ack?incident={key}&page=node%2Fhigh-cpu.md"]
    host = daemon.url[len("http://"):]
    status, headers, _ = press(daemon, key, {"Origin": daemon.url, "Host": host, "Sec-Fetch-Site": "same-origin"})
    assert (status, headers["Location"]) == (303, f"../node/high-cpu.md?incident={key}")
    incident = daemon.api(f"incidents/{key}")
    assert incident["state"] == "acknowledged" and incident["acknowledged"]["by"] == "Ada & Co"
    page = get(daemon, f"node/high-cpu.md?incident={key}")[2]
    assert "Acknowledged by" in page.text and not page.all("form", "action")
    assert press(daemon, "0" * 32)[0] == 404


def test_the_way_back_is_one_of_our_pages(daemon):
    key = fire(daemon)
    for page in ("https://evil.test/", "//evil.test", "..%2F..%2Fapi"):
        status, headers, _ = press(daemon, key, page=page)
        assert (status, headers["Location"]) == (303, f"../?incident={key}")
        daemon.api(f"incidents/{key}")


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
                                     {"Sec-Fetch-Site": "same-site"}, {"X-Forwarded-For": "10.0.0.1"},
                                     {"Host": "pages.test"}])
def test_nobody_else_presses_the_button(daemon, headers):
    key = fire(daemon)
    assert press(daemon, key, headers)[0] == 403
    assert daemon.api(f"incidents/{key}")["state"] == "firing"


def test_who_may_not_press_it_does_not_see_it(daemon):
    key = fire(daemon)
    _, headers, page = get(daemon, f"node/high-cpu.md?incident={key}", {"X-Forwarded-For": "10.0.0.1"})
    assert not page.all("form", "action") and f"runbookctl incidents ack {key}" in page.text
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_reload_shows_the_new_text(daemon):
    put(daemon.house, {"node/high-cpu.md": HIGH_CPU.replace("top -b", "htop")})
    assert "top -b | head" in get(daemon, "node/high-cpu.md")[2].text
    assert daemon.reload()[0] == 200
    assert "htop | head" in get(daemon, "node/high-cpu.md")[2].text


def page_of(recorder, daemon):
    daemon.send(body(alert("HighCPU")))
    return wait_until(recorder.triggers, 20, "the page")[0].body


def test_pages_link_to_it(local_house, start, recorder):
    house = local_house(RULES, catalog={"runbooks": "runbooks", "base_url": ""}, external_url="http://pages.test/r/")
    put(house, FILES)
    sent = page_of(recorder, start(house))
    key = sent["dedup_key"]
    links = [link["href"] for link in sent["links"]]
    assert f"http://pages.test/r/runbooks/node/high-cpu.md?incident={key}" in links
    assert f"http://pages.test/r/incidents/{key}" in links


def test_pages_have_links_without_any_setting(local_house, recorder):
    house = local_house(RULES, catalog={"runbooks": "runbooks", "base_url": ""})
    put(house, FILES)
    daemon, port = Runbookd(house), free_port()
    try:
        sent = page_of(recorder, daemon.start(f"127.0.0.1:{port}"))
    finally:
        daemon.finish()
    links = [link["href"] for link in sent["links"]]
    assert f"http://{socket.gethostname()}:{port}/runbooks/node/high-cpu.md?incident={sent['dedup_key']}" in links


# ---- in a browser, where there is one ----

@pytest.fixture
def browser(tmp_path):
    if not CHROMIUM:
        pytest.skip("chromium is not installed")
    b = Browser(str(tmp_path / "chromium"), dark=True)
    yield b
    b.close()


def test_a_browser_shows_it_on_a_phone_at_night(daemon, browser):
    key = fire(daemon)
    browser.open(f"{daemon.url}/runbooks/node/high-cpu.md?incident={key}")
    assert browser.requests and all(url.startswith(daemon.url) or url == "data:," for url in browser.requests)
    assert browser.complaints == []
    assert browser.value("document.documentElement.scrollWidth <= innerWidth")
    assert browser.value("getComputedStyle(document.body).backgroundColor") == "rgb(16, 20, 24)"
    assert browser.value("[...document.scripts].every(s => s.src && !s.textContent)")
    assert "<script>alert(3)</script>" in browser.value("document.querySelector('.incident').innerText")
    assert browser.value("[...document.links].every(a => /^(https?|mailto|tel):/.test(a.protocol))")
    assert browser.value("document.querySelectorAll('main .copy').length") == 1


def test_a_browser_acknowledges(daemon, browser):
    key = fire(daemon)
    browser.open(f"{daemon.url}/runbooks/node/high-cpu.md?incident={key}")
    browser.value("document.querySelector('input[name=by]').value = 'Ada'; document.querySelector('form button').click()")
    browser.until_loaded()
    assert browser.value("location.pathname + location.search") == f"/runbooks/node/high-cpu.md?incident={key}"
    assert browser.complaints == []
    assert daemon.api(f"incidents/{key}")["acknowledged"]["by"] == "Ada"


def test_sections_and_stated_ids_are_linked_and_answered(local_house, tmp_path, start):
    files = {
        "README.md": "# All\n\n| Runbook | Severity |\n|---|---|\n| [Fail over](db.md#fail-over) | P1 |\n| [Grow](db.md#grow) | P2 |\n",
        "db.md": "# Database\n\n## Fail over\n\nNow.\n\n## Growing it {#grow}\n\n<a name='old'></a>\n\n[From the root](/docs/a/pages/disk/), "
                 "[as on a site](disk/) and [below](#old).\n",
        "disk/README.md": "# Disk\n\n{: #top-of-it }\n",
    }
    for name, text in files.items():
        path = tmp_path / "a" / "pages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    daemon = start(local_house([], catalog={"runbooks": "pages", "base_url": ""}))

    def page(path):
        status, _, data = call(daemon.url + "/runbooks/" + path)
        assert status == 200
        return data.decode()

    listed = page("")
    assert 'href="./db.md#fail-over"' in listed and 'href="./db.md#grow"' in listed
    database = page("db.md")
    assert 'id="fail-over"' in database and database.count('id="grow"') == 1 and database.count('id="old"') == 1
    assert "{#grow}" not in database and "From the root</span>" not in database
    assert database.count('href="./disk/README.md"') == 2 and 'href="#old"' in database
    assert 'id="top-of-it"' in page("disk/README.md") and "{:" not in page("disk/README.md")
