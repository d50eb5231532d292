"""catalog.site against the real generators: a site is built of a folder and served, and every link that is written is opened.

A generator that is not installed is skipped. Those of npm are looked for in the folder that RUNBOOKD_NODE_MODULES names.
"""

import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import threading
import urllib.parse
from html.parser import HTMLParser

import pytest

from harness import Ctl, alert, body, call
from harness.daemon import REPOSITORY

NODE_MODULES = os.environ.get("RUNBOOKD_NODE_MODULES", "")

ODD = """# The odd page

## Rollback & Restore

## What's next?

## \u00dcberlauf pr\u00fcfen

## Check

## Check

## check-1

## Check

## 1. First of all

## Before -- and after

## `systemctl --all` now

## \u6570\u636e\u5e93

## Step 2 - Do it

## snake_case_name

## A  wide gap \u2013 and a dash

### Deeper: **bold**, *soft* and [a link](node/high-cpu.md)

> ## Quoted

- item

  ## In a list

Under
-----
"""
PAGES = {
    "odd.md": ODD,
    "Mixed Case/High CPU_Usage.md": "# High CPU usage\n\n## Now\n",
    "Mixed Case/\u00dcberlauf.md": "# Overflow\n\n## Now\n",
    "one & two.md": "# One and two\n",
    "numbered/01-first.md": "# First\n\n## Again\n",
    "numbered/2024-03-09-night.md": "# A night\n",
    "folder/README.md": "# A folder's page\n\n## Inside\n",
    "single/index.md": "# A single page\n\n## Inside\n",
    "single/beside.md": "# Beside it\n",
    "dotted.name.md": "# Dotted\n",
}
# Pages that state where they are: each only where a generator knows the key.
STATED = {
    "hugo": {"short.md": "slug: Quite Short", "moved.md": "url: /else/where/", "unfinished.md": "draft: true"},
    "jekyll": {"moved.md": "permalink: /else/where/", "file.md": "permalink: /else/file.html",
               "unfinished.md": "published: false", "part.md": "permalink: /p/:basename:output_ext"},
    "docusaurus": {"short.md": "slug: quite-short", "moved.md": "slug: /else/where", "named.md": "id: another",
                   "unfinished.md": "draft: true"},
}
TAKES_ATTRIBUTE = {"hugo", "jekyll", "docusaurus", "vitepress", "honkit"}
REFUSES_INDEX_NAMES = {"docusaurus"}


class Ids(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.ids, self.hrefs = set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if attrs.get("id"):
            self.ids.add(attrs["id"])
        if tag == "a" and attrs.get("href"):
            self.hrefs.append(attrs["href"])


# ---- building ----

def run(args, cwd):
    # Docusaurus' cache lies beside the modules, which several sites share here.
    env = {**os.environ, "DOCUSAURUS_NO_PERSISTENT_CACHE": "true"}
    done = subprocess.run(args, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-2000:]


def write(root, files):
    for name, text in files.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)


def build_hugo(root, pages, settings):
    shown = "<!doctype html><title>x</title>{{ .Content }}"
    write(root, {"config.json": json.dumps({"baseURL": "/", "disableKinds": ["taxonomy", "term"], **settings}),
                 "layouts/_default/single.html": shown, "layouts/_default/list.html": shown})
    shutil.copytree(pages, os.path.join(root, "content"))
    run(["hugo", "--quiet"], root)
    return os.path.join(root, "public")


def build_mkdocs(root, pages, settings):
    write(root, {"mkdocs.yml": json.dumps({"site_name": "x", "docs_dir": str(pages), "use_directory_urls": True, **settings})})
    run(["mkdocs", "build", "-q"], root)
    return os.path.join(root, "site")


def build_jekyll(root, pages, settings):
    shutil.copytree(pages, root, dirs_exist_ok=True)
    write(root, {"_config.yml": json.dumps({"baseurl": "", **settings})})
    run(["jekyll", "build", "--quiet"], root)
    return os.path.join(root, "_site")


def build_sphinx(root, pages, settings):
    shutil.copytree(pages, root, dirs_exist_ok=True)
    write(root, {"conf.py": "extensions = ['myst_parser']\nroot_doc = 'odd'\n"})
    run(["sphinx-build", "-q", "-b", settings.get("builder", "html"), root, os.path.join(root, "out")], root)
    return os.path.join(root, "out")


def node(name):
    return os.path.join(NODE_MODULES, ".bin", name)


def build_vitepress(root, pages, settings):
    shutil.copytree(pages, root, dirs_exist_ok=True)
    os.symlink(NODE_MODULES, os.path.join(root, "node_modules"))
    config = {"ignoreDeadLinks": True, **settings}
    write(root, {".vitepress/config.mjs": f"export default {json.dumps(config)}\n"})
    run([node("vitepress"), "build"], root)
    return os.path.join(root, ".vitepress", "dist")


def build_honkit(root, pages, settings):
    shutil.copytree(pages, root, dirs_exist_ok=True)
    run([node("honkit"), "build", root, os.path.join(root, "out")], root)
    return os.path.join(root, "out")


def build_docusaurus(root, pages, settings):
    shutil.copytree(pages, os.path.join(root, "docs"))
    os.symlink(NODE_MODULES, os.path.join(root, "node_modules"))
    docs = {"routeBasePath": settings.get("routeBasePath", "docs"), "sidebarPath": False}
    config = {"title": "x", "url": "https://x.test", "baseUrl": "/", "onBrokenLinks": "ignore",
              "markdown": {"hooks": {"onBrokenMarkdownLinks": "ignore"}},
              "presets": [["classic", {"docs": docs, "blog": False, "pages": False}]]}
    if "trailingSlash" in settings:
        config["trailingSlash"] = settings["trailingSlash"]
    write(root, {"docusaurus.config.js": f"module.exports = {json.dumps(config)}\n",
                 "package.json": '{"name": "x", "version": "1.0.0"}'})
    run([node("docusaurus"), "build", "--no-minify"], root)
    return os.path.join(root, "build")


def installed(generator):
    if generator in ("vitepress", "honkit", "docusaurus"):
        return NODE_MODULES and os.path.exists(node(generator))
    if generator == "sphinx":
        return shutil.which("sphinx-build") and os.path.isdir("/usr/lib/python3/dist-packages/myst_parser")
    return shutil.which(generator)


def version(generator):
    """Of Hugo, which makes ids and paths otherwise since 0.123."""
    if generator != "hugo":
        return {}
    told = subprocess.run(["hugo", "version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return {"version": re.search(r"v?(\d+\.\d+\.\d+)", told)[1]}


BUILDS = [
    ("hugo", {}), ("hugo", {"uglyURLs": True}), ("hugo", {"disablePathToLower": True}),
    ("mkdocs", {}), ("mkdocs", {"use_directory_urls": False}),
    ("jekyll", {}), ("jekyll", {"permalink": "pretty"}),
    ("sphinx", {}), ("sphinx", {"builder": "dirhtml"}),
    ("vitepress", {}), ("honkit", {}),
    ("docusaurus", {}), ("docusaurus", {"routeBasePath": "/", "trailingSlash": False}),
]


# ---- serving ----

class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


class Served:
    """A folder over HTTP."""

    def __init__(self, folder):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def fetch(url):
    """(status, text) without the fragment."""
    status, _, data = call(url.split("#")[0])
    return status, data.decode("utf-8", "replace")


# ---- the house ----

def mark(path):
    return "page-" + re.sub(r"\W", "", path, flags=re.ASCII).lower() + "-is-here"


def all_pages(generator):
    """The example's own runbooks and the pages above; every page says which it is."""
    pages = dict(PAGES)
    if generator in TAKES_ATTRIBUTE:
        pages["odd.md"] += "\n## Named {#by-its-author}\n"
    own = os.path.join(REPOSITORY, "config", "runbooks")
    for folder, _, names in os.walk(own):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as f:
                pages[os.path.relpath(path, own)] = f.read()
    for path, key in STATED.get(generator, {}).items():
        pages[path] = f"---\n{key}\n---\n# {path}\n\n## Inside\n"
    if generator == "honkit":
        pages["SUMMARY.md"] = "# Summary\n\n" + "".join(f"- [x](<{p}>)\n" for p in pages if " " not in p)
    for path, text in pages.items():
        if generator == "jekyll" and not text.startswith("---\n"):
            text = "---\ntitle: x\n---\n" + text
        pages[path] = text + f"\n{mark(path)}\n"
    return pages


@pytest.fixture
def site(tmp_path):
    served = []

    def make(generator, settings):
        pages = tmp_path / "pages"
        write(str(pages), all_pages(generator))
        root = tmp_path / "site"
        root.mkdir()
        served.append(Served(globals()["build_" + generator](str(root), str(pages), settings)))
        return served[0].url

    yield make
    for s in served:
        s.stop()


def house_of(local_house, tmp_path, generator, settings, url, rules):
    catalog = {"runbooks": str(tmp_path / "pages"), "base_url": "",
               "site": {"url": url, "generator": generator, **settings, **version(generator)}}
    return local_house(rules, catalog=catalog, external_url="http://runbookd.test")


def rule(number, runbook):
    return {"name": f"r{number}", "matchers": [f'alertname="A{number}"'], "runbook": runbook, "group_by": ["..."]}


def runbooks_of(ctl, alerts):
    """What explain tells of each alert's runbook."""
    told = ctl.json("explain", "--alert", "-", stdin=json.dumps(body(*alerts)))
    return [a["fields"]["runbook"] for a in told["alerts"]]


def urls_of(ctl, count):
    return [told["url"] for told in runbooks_of(ctl, [alert(f"A{i}") for i in range(count)])]


def headings_in(html):
    """Ids of headings, or of the sections that they begin; a theme's own dialogues are none."""
    found = re.findall(r'<(?:h[1-6]|section)\b[^>]*?\bid="?([^"\s>]+)', html)
    return [h for h in found if not re.search(r"^__|docusaurus|[Ll]abel$", h)]


UNPUBLISHED = {
    "hugo": {"single/beside.md", "unfinished.md"},
    "jekyll": {"unfinished.md"},
    "docusaurus": {"unfinished.md"},
}


@pytest.mark.parametrize("generator,settings", BUILDS, ids=lambda x: x if isinstance(x, str) else "-".join(x) or "default")
def test_every_link_into_a_built_site_leads_to_its_page_and_heading(generator, settings, site, local_house, tmp_path, start):
    if not installed(generator):
        pytest.skip(f"{generator} is not installed")
    url = site(generator, settings)
    paths = sorted(p for p in all_pages(generator) if p != "SUMMARY.md")
    house = house_of(local_house, tmp_path, generator, settings, url, [rule(i, p) for i, p in enumerate(paths)])
    found = {}
    for path, link in zip(paths, urls_of(Ctl(house), len(paths))):
        if path in UNPUBLISHED.get(generator, ()):
            assert link.startswith("http://runbookd.test/runbooks/"), (path, link)
            continue
        status, html = fetch(link)
        assert status == 200 and link.startswith(url), (path, link)
        assert mark(path) in html, (path, link)
        found[path] = link, html
    anchors = [(p, a) for p, (link, html) in found.items() if not link.endswith(".md") for a in headings_in(html)]
    assert sum(p == "odd.md" for p, _ in anchors) >= 15
    house.rules([rule(i, f"{p}#{a}") for i, (p, a) in enumerate(anchors)])
    ctl = Ctl(house)
    unknown = [f for f in ctl.json("lint")["findings"] if f["code"] in ("unknown-anchor", "unknown-runbook")]
    assert [f["message"] for f in unknown] == []
    for (path, anchor), link in zip(anchors, urls_of(ctl, len(anchors))):
        assert link.split("#")[0] == found[path][0]
        assert urllib.parse.unquote(link.split("#")[1]) in Ids(found[path][1]).ids, (path, anchor, link)
    check_links_of_alerts(ctl, url, anchors, found)
    check_coverage(ctl, house, anchors, found)
    check_own_pages(start(house), url, paths, anchors)


OLD = {"hugo": ("aliases: [/was/here/, older]", ["was/here/", "folder/older/"])}


@pytest.mark.parametrize("generator", OLD)
def test_an_old_address_that_the_site_redirects_is_the_pages(generator, local_house, tmp_path):
    if not installed(generator):
        pytest.skip(f"{generator} is not installed")
    key, places = OLD[generator]
    write(str(tmp_path / "pages"), {"folder/page.md": f"---\n{key}\n---\n# A page\n", "other.md": "# Another\n"})
    (tmp_path / "site").mkdir()
    served = Served(globals()["build_" + generator](str(tmp_path / "site"), str(tmp_path / "pages"), {}))
    try:
        house = house_of(local_house, tmp_path, generator, {}, served.url, [])
        links = [served.url + place for place in places]
        for link in links:
            status, html = fetch(link)
            assert status == 200 and "folder/page/" in html, link
        told = runbooks_of(Ctl(house), [alert(f"Old{i}", annotations={"runbook_url": link}) for i, link in enumerate(links)])
        assert [(t["value"], t["url"]) for t in told] == [("folder/page.md", link) for link in links]
    finally:
        served.stop()


def check_links_of_alerts(ctl, url, anchors, found):
    """An alert's own link into the site stays as it is, query and all, and is known to lead to the page."""
    links = [f"{found[p][0]}?from=alert#{urllib.parse.quote(a)}" for p, a in anchors] + [url + "no-such-page"]
    alerts = [alert(f"Own{i}", annotations={"runbook_url": link}) for i, link in enumerate(links)]
    told = runbooks_of(ctl, alerts)
    assert [t["url"] for t in told] == links
    assert [t["value"].split("#")[0] for t in told[:-1]] == [p for p, _ in anchors]


def check_coverage(ctl, house, anchors, found):
    """Of alerts with a link of their own and of those that a rule leads: every URL that coverage writes is opened."""
    groups = [{"alert": f"Cover{i}", "expr": "up", "annotations": {"runbook_url": f"{found[p][0]}#{a}"}}
              for i, (p, a) in enumerate(anchors)]
    groups += [{"alert": f"A{i}", "expr": "up"} for i in range(len(anchors))]
    house.write("alerts.yml", {"groups": [{"name": "g", "rules": groups}]})
    document = ctl.json("coverage", "--rules", os.path.join(house.folder, "alerts.yml"))
    assert [row["alertname"] for row in document["alerts"] if not row["runbook_exists"]] == []
    assert len(document["alerts"]) == 2 * len(anchors)
    read = functools.lru_cache(None)(fetch)
    for row in document["alerts"]:
        path, anchor = anchors[int(re.sub("[^0-9]", "", row["alertname"]))]
        page, _, fragment = row["runbook_url"].partition("#")
        status, html = read(page)
        assert status == 200 and mark(path) in html, row
        assert urllib.parse.unquote(fragment) in Ids(html).ids and fragment, (row, anchor)


def check_own_pages(daemon, site, paths, anchors):
    """runbookd's own pages answer the same anchors, and every link that stands in them, also into the site."""
    seen, read = {}, functools.lru_cache(None)(fetch)
    for path in ["", *paths]:
        own = f"{daemon.url}/runbooks/{urllib.parse.quote(path)}"
        status, html = read(own)
        assert status == 200, path
        seen[path] = Ids(html)
        for href in seen[path].hrefs:
            target = urllib.parse.urljoin(own, href)
            if target.startswith((daemon.url, site)):
                page, _, fragment = target.partition("#")
                status, html = read(page)
                fragment = urllib.parse.unquote(fragment)
                assert status == 200, (path, href)
                assert not fragment or fragment in Ids(html).ids, (path, href)
    assert len(seen[""].hrefs) > len(paths) / 2
    missing = [(p, a) for p, a in anchors if a not in seen[p].ids]
    assert not missing
