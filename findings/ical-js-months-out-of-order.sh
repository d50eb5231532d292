#!/bin/sh
# ical.js 2.2.1: a monthly rule whose BYMONTH is not in order leaves out the first year's later month and then goes back and
# forth in time. A yearly rule with the same list, and the same list in order, are right. libical 3.0.16, rrule 2.8.1 and
# python-dateutil 2.8.2 give June and December of each year either way.
#
# Seen: June 2026, December 2027, June 2027: December 2026 never comes.
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
expect 20260605T090000 'FREQ=MONTHLY;BYMONTH=12,6' \
	'20260605T090000 20271205T090000 20270605T090000 20281205T090000'
expect 20260605T090000 'FREQ=MONTHLY;BYMONTH=6,12' \
	'20260605T090000 20261205T090000 20270605T090000 20271205T090000'
exit $wrong
