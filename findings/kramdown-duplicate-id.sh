#!/bin/sh
# kramdown 2.4.0, which Jekyll builds with: the headings "heading", "heading-1", "heading" get the ids heading, heading-1 and
# heading-1. The suffix that tells the second "heading" from the first is not looked up among the ids that are taken, so a
# link to #heading-1 always leads to the second section and none to the third, and the page is no valid HTML. Others of this
# family (github-slugger, mdBook) go on to heading-2.
#
# Seen: three headings, two ids; no warning.
# Exits 0 while that is so, 1 when kramdown does otherwise, 2 when the package cannot be had. Needs apt and ruby; works in a
# temporary folder.
set -eu
version=2.4.0-2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "ruby-kramdown=$version" >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
dpkg -x ./*.deb root

library=$(find root -path '*/lib/kramdown.rb' | head -1)
printf '## heading\n\nfirst\n\n## heading-1\n\nsecond\n\n## heading\n\nthird\n' >page.md
ruby -I "$(dirname "$library")" -e '
require "kramdown"
document = Kramdown::Document.new(File.read("page.md"))
puts document.to_html
warn document.warnings' >page.html 2>warnings
ids=$(sed -n 's/.*<h2 id="\([^"]*\)".*/\1/p' page.html | tr '\n' ' ')
echo "kramdown $version: ids: $ids; warnings: $(grep -c . warnings || true)"
[ "$ids" = "heading heading-1 heading-1 " ] && ! grep -q . warnings
