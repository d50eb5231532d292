#!/bin/sh
# An event without RRULE whose further dates stand in RDATE, as one exports shifts that were swapped by hand. RFC 5545
# (3.8.5.2): DTSTART is the first instance, the RDATEs are the others. ical.js 2.2.1 gives the RDATEs and not DTSTART,
# node-ical 0.26.1 DTSTART and none of the RDATEs (nor does it give them beside an RRULE): of one event the two have no shift
# in common, and neither says a word; node-ical keeps the RDATE as a text. python3-recurring-ical-events 2.0.1 gives all
# three.
#
# Seen: DTSTART on the 17th, RDATE on the 25th and 26th: ical.js says 25, 26; node-ical 17; with FREQ=DAILY;COUNT=2 beside it
# ical.js says 17, 18, 25, 26 and node-ical 17, 18.
# Exits 0 while that is so, 1 when one does otherwise, 2 when they cannot be installed. Needs node and npm; works in a
# temporary folder.
set -eu
icaljs=2.2.1 nodeical=0.26.1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund "ical.js@$icaljs" "node-ical@$nodeical" >npm.log 2>&1 || { tail -5 npm.log >&2; exit 2; }
cat >calendar.mjs <<'JS'
export const calendar = (lines) => ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//example//rota//EN', 'BEGIN:VEVENT', 'UID:a',
	'DTSTAMP:20260101T000000Z', ...lines, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
export const print = (starts) => console.log(starts.map((start) => start.toISOString().slice(8, 10)).join(' '));
JS
cat >icaljs.mjs <<'JS'
import ICAL from 'ical.js';
import { calendar, print } from './calendar.mjs';
const root = new ICAL.Component(ICAL.parse(calendar(process.argv.slice(2))));
const i = new ICAL.Event(root.getFirstSubcomponent('vevent')).iterator();
const starts = [];
for (let at = i.next(); at; at = i.next()) starts.push(at.toJSDate());
print(starts);
JS
cat >nodeical.mjs <<'JS'
import ical from 'node-ical';
import { calendar, print } from './calendar.mjs';
const event = Object.values(ical.sync.parseICS(calendar(process.argv.slice(2)))).find((e) => e.type === 'VEVENT');
const year = { from: new Date('2026-01-01'), to: new Date('2027-01-01') };
print(ical.expandRecurringEvent(event, year).map((occurrence) => occurrence.start));
JS
wrong=0
expect() {
	want=$1 script=$2
	shift 2
	got=$(node "$script.mjs" DTSTART:20260417T080000Z DURATION:PT12H "$@")
	echo "$script: DTSTART:20260417T080000Z $* -> $got"
	[ "$got" = "$want" ] || wrong=1
}
expect '25 26' icaljs RDATE:20260425T080000Z,20260426T080000Z
expect '17' nodeical RDATE:20260425T080000Z,20260426T080000Z
expect '17 18 25 26' icaljs 'RRULE:FREQ=DAILY;COUNT=2' RDATE:20260425T080000Z,20260426T080000Z
expect '17 18' nodeical 'RRULE:FREQ=DAILY;COUNT=2' RDATE:20260425T080000Z,20260426T080000Z
exit $wrong
