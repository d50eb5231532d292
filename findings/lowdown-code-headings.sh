#!/bin/sh
# lowdown 1.0.0: what stands in backticks counts for nothing in a heading's id. Runbooks that follow the custom of a section
# for each alert, its name set as code, come out with the ids section, section-1, section-2 …: no link with an alert's name
# leads anywhere, and one that was copied from the page leads to another alert's section once somebody puts one in before it.
# Emphasis, links and images do keep their text, so `HostDown` and **HostDown** differ. redcarpet 3.5.1, kramdown 2.4.0,
# markdown2 2.4.1, github-slugger 2.0.0 and Asciidoctor 2.0.18 put code into the id; so does lowdown 3.0.1, so that links which
# were copied from a page that Debian 12's built are dead when the next release builds it.
#
# Seen: "`KubePodCrashLooping`" -> section, "Runbook for `NodeDown`" -> runbook-for-, "**HostDown**" -> hostdown; no warning.
# Exits 0 while that is so, 1 when lowdown does otherwise, 2 when the package cannot be had. Needs apt; works in a temporary
# folder.
set -eu
version=1.0.0-2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "lowdown=$version" libbsd0 libmd0 >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
for package in ./*.deb; do dpkg -x "$package" root; done

printf '# %s\n\ntext\n\n' '`KubePodCrashLooping`' '`NodeDown`' 'Runbook for `NodeDown`' 'Runbook for `DiskFull`' \
	'**HostDown**' '[LinkDown](page.md)' >page.md
LD_LIBRARY_PATH="$(echo root/usr/lib/*-linux-gnu*)" root/usr/bin/lowdown -thtml page.md >page.html 2>warnings
ids=$(sed -n 's/.*<h1 id="\([^"]*\)".*/\1/p' page.html | tr '\n' ' ')
grep '^#' page.md
echo "lowdown $version: ids: $ids; warnings: $(grep -c . warnings || true)"
[ "$ids" = "section section-1 runbook-for- runbook-for--1 hostdown linkdown " ] && ! grep -q . warnings
