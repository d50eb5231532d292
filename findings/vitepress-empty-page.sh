#!/bin/sh
# VitePress 1.6.4: a page with {{ $labels.instance }} in inline code, as runbooks quote Prometheus' templates, is published
# empty, and the build ends with status 0 and says "build complete". So a link into such a site is answered with 200 and
# leads to a page without text.
#
# Seen: exit status 0, "build complete"; the other page has its text, this one has none of it.
# Exits 0 while that is so, 1 when VitePress does otherwise. Needs node and npm; works in a temporary folder.
set -eu
version=1.6.4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund "vitepress@$version" >npm.log 2>&1 || { tail -5 npm.log >&2; exit 2; }

mkdir docs
printf '# Plain\n\nplain-text-is-here\n' >docs/plain.md
printf '# Instance down\n\nquoted-text-is-here: the summary is `{{ $labels.instance }} is down`.\n' >docs/quoted.md

status=0
npx vitepress build docs >build.log 2>&1 || status=$?
dist=docs/.vitepress/dist
says() { grep -q "$2" "$1" 2>/dev/null && echo yes || echo no; }
echo "vitepress $version: status $status," \
	"\"build complete\": $(says build.log 'build complete')," \
	"plain.html has its text: $(says $dist/plain.html plain-text-is-here)," \
	"quoted.html exists: $([ -f $dist/quoted.html ] && echo yes || echo no)," \
	"and has its text: $(says $dist/quoted.html quoted-text-is-here)"
[ "$status" = 0 ] && [ "$(says build.log 'build complete')" = yes ] && [ -f $dist/quoted.html ] &&
	[ "$(says $dist/plain.html plain-text-is-here)" = yes ] && [ "$(says $dist/quoted.html quoted-text-is-here)" = no ]
