#!/bin/sh
# redcarpet 3.5.1: its two halves make a heading's anchor differently. The page (Render::HTML with with_toc_data) and the table
# of contents (Render::HTML_TOC) are meant to be used together, and the second links to what the first names. With an
# apostrophe or an ampersand in the heading they do not meet, and the link of the table leads nowhere; with a ">" it is not
# even an escaped one. And of two headings alike both have the same id: the second is never reached, neither from the table nor
# with the -1 that kramdown, github-slugger and mdBook append.
#
# Seen: "What's next" is whats-next on the page and what-s-next in the table; "Disk & memory" disk-memory and disk;
# "load > 5" load-5 and "load->-5"; two "Impact" impact and impact. 3.6.1 is right about the ampersand between blanks alone.
# Exits 0 while that is so, 1 when redcarpet does otherwise, 2 when the package cannot be had. Needs apt and ruby 3.1 (Debian
# 12's); works in a temporary folder.
set -eu
version=3.5.1-1+b4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "ruby-redcarpet=$version" >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
dpkg -x ./*.deb root

printf '# %s\n\ntext\n\n' "What's next" 'Disk & memory' 'load > 5' 'Say "stop"' Impact Impact >page.md
cat >anchors.rb <<'R'
require 'redcarpet'
text = File.read('page.md')
page = Redcarpet::Markdown.new(Redcarpet::Render::HTML.new(with_toc_data: true)).render(text)
table = Redcarpet::Markdown.new(Redcarpet::Render::HTML_TOC.new).render(text)
ids = page.scan(/<h1 id="([^"]*)"/).flatten
links = table.scan(/href="#([^"]*)"/).flatten
text.scan(/^# (.*)/).flatten.zip(ids, links) { |heading, id, link| puts "#{heading}: id #{id}, link #{link}" }
R
GEM_PATH="$(echo root/usr/lib/*/rubygems-integration/3.1.0)" ruby anchors.rb >seen
echo "redcarpet $version:"
cat seen
cat >expected <<'E'
What's next: id whats-next, link what-s-next
Disk & memory: id disk-memory, link disk
load > 5: id load-5, link load->-5
Say "stop": id say-stop, link say-stop
Impact: id impact, link impact
Impact: id impact, link impact
E
cmp seen expected
