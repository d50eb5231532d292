#!/bin/sh
# DURATION of an event over a change of the clocks. RFC 5545 (3.3.6) tells a day from 24 hours: P1D and P1W end at the same
# time of day, however long that is, PT24H after 24 hours that have passed; and where DTEND ends a recurring event, 3.8.5.3
# gives each occurrence exactly the first one's length. ical.js 2.2.1 adds all three by the wall clock, node-ical 0.26.1 all
# three as hours passed: each is right where the other is wrong. A rota of P1W from Friday to Friday overlaps its next shift
# by an hour in node-ical. ical.js takes the length from DTEND in hours passed and adds it by the wall clock: a night that
# begins before the change ends an hour before its own DTEND. DateTime::Format::ICal 0.09 and Temporal know both kinds of
# length.
#
# Seen, in Berlin, where the clocks go forward on 29 March 2026: a P1D and a PT24H from 08:00 the day before both end at 08:00
# by ical.js, both at 09:00 by node-ical; the night from 20:00 of the 28th to DTEND 08:00 ends at 07:00 by ical.js.
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
export const calendar = (lines) => `BEGIN:VCALENDAR
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
BEGIN:VEVENT
UID:a
DTSTAMP:20260101T000000Z
${lines.join('\n')}
END:VEVENT
END:VCALENDAR
`.replaceAll('\n', '\r\n');
const local = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Berlin', dateStyle: 'short', timeStyle: 'short' });
export const print = (ends) => console.log(ends.map((end) => local.format(end).slice(5)).join(', '));
JS
cat >icaljs.mjs <<'JS'
import ICAL from 'ical.js';
import { calendar, print } from './calendar.mjs';
const root = new ICAL.Component(ICAL.parse(calendar(process.argv.slice(2))));
ICAL.TimezoneService.register(root.getFirstSubcomponent('vtimezone'));
const event = new ICAL.Event(root.getFirstSubcomponent('vevent'));
const ends = [];
const i = event.iterator();
for (let at = i.next(); at; at = i.next()) ends.push(event.getOccurrenceDetails(at).endDate.toJSDate());
print(ends);
JS
cat >nodeical.mjs <<'JS'
import ical from 'node-ical';
import { calendar, print } from './calendar.mjs';
const event = Object.values(ical.sync.parseICS(calendar(process.argv.slice(2)))).find((e) => e.type === 'VEVENT');
const year = { from: new Date('2026-01-01'), to: new Date('2027-01-01') };
print(ical.expandRecurringEvent(event, year).map((occurrence) => occurrence.end));
JS
wrong=0
expect() {
	want=$1 script=$2
	shift 2
	got=$(node "$script.mjs" "$@")
	echo "$script: $* -> ends $got"
	[ "$got" = "$want" ] || wrong=1
}
start='DTSTART;TZID=Europe/Berlin:20260328T080000'
rule='RRULE:FREQ=DAILY;COUNT=1'
expect '03-29 08:00' icaljs "$start" DURATION:P1D "$rule"
expect '03-29 08:00' icaljs "$start" DURATION:PT24H "$rule"
expect '03-29 09:00' nodeical "$start" DURATION:P1D "$rule"
expect '03-29 09:00' nodeical "$start" DURATION:PT24H "$rule"
expect '04-04 08:00' icaljs "$start" DURATION:PT168H "$rule"
expect '04-04 09:00' nodeical "$start" DURATION:P1W "$rule"
night='DTSTART;TZID=Europe/Berlin:20260327T200000'
morning='DTEND;TZID=Europe/Berlin:20260328T080000'
expect '03-28 08:00, 03-29 08:00' icaljs "$night" "$morning" 'RRULE:FREQ=DAILY;COUNT=2'
expect '03-28 08:00, 03-29 09:00' nodeical "$night" "$morning" 'RRULE:FREQ=DAILY;COUNT=2'
night='DTSTART;TZID=Europe/Berlin:20260328T200000'
morning='DTEND;TZID=Europe/Berlin:20260329T080000'
expect '03-29 07:00, 03-30 07:00' icaljs "$night" "$morning" 'RRULE:FREQ=DAILY;COUNT=2'
expect '03-29 08:00, 03-30 07:00' nodeical "$night" "$morning" 'RRULE:FREQ=DAILY;COUNT=2'
exit $wrong
