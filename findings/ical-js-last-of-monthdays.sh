#!/bin/sh
# ical.js 2.2.1: BYSETPOS beside BYMONTHDAY is not looked at. "The last of the 28th to the 31st" is how calendar programs
# write the last day of a month; it comes on each of the four days instead, four times a month. Beside BYDAY alone a monthly
# rule's BYSETPOS counts. libical 3.0.16, rrule 2.8.1 and python-dateutil 2.8.2 give the last days.
#
# Seen: 31 January, then the 28th of February, and the 28th, 29th … of March.
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
expect 20260131T090000 'FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1' \
	'20260131T090000 20260228T090000 20260328T090000 20260329T090000'
expect 20260130T090000 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1' \
	'20260130T090000 20260227T090000 20260331T090000 20260430T090000'
exit $wrong
