#!/bin/sh
# The hour that comes twice and the one that does not come. RFC 5545 (3.3.5): a time of day that occurs twice means the first
# of the two, one that is left out counts with the offset from before the change. ical.js 2.2.1 does the opposite of both,
# as a start and as an occurrence. node-ical 0.26.1 reads DTSTART, EXDATE and RECURRENCE-ID in the doubled hour as the second,
# but the occurrence of a rule as the first, so it does not find its own occurrence again: the EXDATE that takes the shift of
# that night out leaves it in, and a shift that was moved stays where it was while the moved one is lost. Temporal reads both
# hours as the RFC does.
#
# Seen, in UTC, for 02:30 in Berlin on 25 October 2026 (00:30 and 01:30, right is 00:30) and 29 March (right is 01:30):
# ical.js 01:30 and 00:30; node-ical as DTSTART 01:30, in a rule 00:30, and that with and without the EXDATE.
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
export const calendar = (events) => `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//rota//EN
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
${events.map((lines) => `BEGIN:VEVENT
UID:a
DTSTAMP:20260101T000000Z
DURATION:PT1H
${lines}
END:VEVENT`).join('\n')}
END:VCALENDAR
`.replaceAll('\n', '\r\n');
export const print = (starts) => console.log(starts.map((start) => start.toISOString().slice(5, 16)).join(' '));
JS
cat >icaljs.mjs <<'JS'
import ICAL from 'ical.js';
import { calendar, print } from './calendar.mjs';
const root = new ICAL.Component(ICAL.parse(calendar(process.argv.slice(2))));
ICAL.TimezoneService.register(root.getFirstSubcomponent('vtimezone'));
const events = root.getAllSubcomponents('vevent').map((event) => new ICAL.Event(event));
const event = events.find((e) => !e.isRecurrenceException());
const starts = [];
const i = event.iterator();
for (let at = i.next(); at; at = i.next()) starts.push(event.getOccurrenceDetails(at).startDate.toJSDate());
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
	got=$(node "$script.mjs" "$@")
	echo "$script: $(echo "$*" | tr '\n' ' ') -> $got"
	[ "$got" = "$want" ] || wrong=1
}
zone=';TZID=Europe/Berlin'
expect '10-25T01:30' icaljs "DTSTART$zone:20261025T023000"
expect '10-25T01:30' nodeical "DTSTART$zone:20261025T023000"
expect '03-29T00:30' icaljs "DTSTART$zone:20260329T023000"
expect '03-29T01:30' nodeical "DTSTART$zone:20260329T023000"
autumn="DTSTART$zone:20261024T023000
RRULE:FREQ=DAILY;COUNT=3"
expect '10-24T00:30 10-25T01:30 10-26T01:30' icaljs "$autumn"
expect '10-24T00:30 10-25T00:30 10-26T01:30' nodeical "$autumn"
off="$autumn
EXDATE$zone:20261025T023000"
expect '10-24T00:30 10-26T01:30' icaljs "$off"
expect '10-24T00:30 10-25T00:30 10-26T01:30' nodeical "$off"
moved="DTSTART$zone:20261025T063000
RECURRENCE-ID$zone:20261025T023000"
expect '10-24T00:30 10-25T05:30 10-26T01:30' icaljs "$autumn" "$moved"
expect '10-24T00:30 10-25T00:30 10-26T01:30' nodeical "$autumn" "$moved"
exit $wrong
