#!/bin/sh
# ical.js 2.2.1: with two hours (or minutes) a day, an event of each month's last Friday comes on the first of the next month
# as well, whatever weekday that is, at the last of the hours. With one hour it does not. libical 3.0.16, rrule 2.8.1 and
# python-dateutil 2.8.2 give Fridays alone.
#
# Seen: after Friday 30 October comes Sunday 1 November, 17:00.
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
expect 20261030T090000 'FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=9,17' \
	'20261030T090000 20261030T170000 20261101T170000 20261127T090000'
expect 20261030T090000 'FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=9' \
	'20261030T090000 20261127T090000 20261225T090000 20270129T090000'
exit $wrong
