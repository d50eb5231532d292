#!/bin/sh
# ical.js 2.2.1: a yearly rule with two hours comes at the first of them only, whatever BYMONTH and BYMONTHDAY say; an event
# that begins at the second begins a year late, at the first. libical 3.0.16, rrule 2.8.1 and python-dateutil 2.8.2 give both
# hours of each year.
#
# Seen: 08:00 of each year and never 20:00; DTSTART at 20:00 is no occurrence itself.
# Exits 0 while that is so, 1 when ical.js does otherwise, 2 when it cannot be installed. Needs node and npm; works in a
# temporary folder.
set -eu
version=2.2.1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund "ical.js@$version" >npm.log 2>&1 || { tail -5 npm.log >&2; exit 2; }
cat >occurrences.mjs <<'JS'
import ICAL from 'ical.js';
const [start, rule] = process.argv.slice(2);
const event = new ICAL.Component(ICAL.parse(
	`BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:${start}\r\nRRULE:${rule}\r\nEND:VEVENT\r\nEND:VCALENDAR`));
const i = new ICAL.Event(event.getFirstSubcomponent('vevent')).iterator();
console.log([1, 2, 3, 4].map(() => i.next().toICALString()).join(' '));
JS
wrong=0
expect() {
	got=$(node occurrences.mjs "$1" "$2")
	echo "ical.js $version: DTSTART:$1 RRULE:$2 -> $got"
	[ "$got" = "$3" ] || wrong=1
}
expect 20260105T200000 'FREQ=YEARLY;BYHOUR=8,20' \
	'20270105T080000 20280105T080000 20290105T080000 20300105T080000'
expect 20260105T080000 'FREQ=YEARLY;BYHOUR=8,20' \
	'20260105T080000 20270105T080000 20280105T080000 20290105T080000'
expect 20260105T200000 'FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=5;BYHOUR=8,20' \
	'20270105T080000 20280105T080000 20290105T080000 20300105T080000'
exit $wrong
