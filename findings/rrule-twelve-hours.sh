#!/bin/sh
# FREQ=HOURLY;INTERVAL=12 of an event with a time zone, a day and a night shift from 08:00. RFC 5545 does not say whether
# hours are those that pass or those of the clock, and its readers are divided: by rrule-temporal 2.2.8 and node-ical 0.26.1
# twelve hours pass, and from the change of the clocks on the handover is at 09:00 for half a year; by rrule-rust 3.1.1,
# ical.js 2.2.1 and python3-recurring-ical-events 2.0.1 it stays at 08:00 and one night is shorter. FREQ=DAILY;BYHOUR=8,20 is
# read alike. Who imports such a rota has to ask.
#
# Seen, the third handover in Berlin from 20:00 of 28 March 2026 on: rrule-temporal and node-ical at 21:00, the others at
# 20:00.
# Exits 0 while that is so, 1 when one does otherwise, 2 when the packages cannot be had. Needs apt, python3, node and npm;
# works in a temporary folder.
set -eu
temporal=2.2.8 rust=3.1.1 nodeical=0.26.1 icaljs=2.2.1 recurring=2.0.1-1 icalendar=4.0.3-5
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "python3-recurring-ical-events=$recurring" "python3-icalendar=$icalendar" python3-x-wr-timezone \
	python3-dateutil python3-tz python3-six >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
for package in ./*.deb; do dpkg -x "$package" root; done
npm init -y >/dev/null
npm install --no-audit --no-fund "rrule-temporal@$temporal" "rrule-rust@$rust" "node-ical@$nodeical" "ical.js@$icaljs" \
	>npm.log 2>&1 || { tail -5 npm.log >&2; exit 2; }
cat >rota.mjs <<'JS'
export const lines = (rule) => `DTSTART;TZID=Europe/Berlin:20260328T200000\nRRULE:${rule};COUNT=3`;
export const calendar = (rule) => `BEGIN:VCALENDAR
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
DURATION:PT12H
${lines(rule)}
END:VEVENT
END:VCALENDAR
`.replaceAll('\n', '\r\n');
const local = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Berlin', timeStyle: 'short' });
export const print = (starts) => console.log(starts.map((start) => local.format(start)).join(' '));
JS
cat >rrule-temporal.mjs <<'JS'
import { RRuleTemporal } from 'rrule-temporal';
import { lines } from './rota.mjs';
const starts = new RRuleTemporal({ rruleString: lines(process.argv[2]) }).all();
console.log(starts.map((at) => at.toPlainTime().toString().slice(0, 5)).join(' '));
JS
cat >rrule-rust.mjs <<'JS'
import { RRuleSet } from 'rrule-rust';
import { lines } from './rota.mjs';
const two = (n) => String(n).padStart(2, '0');
const starts = RRuleSet.fromString(lines(process.argv[2])).all();
console.log(starts.map((at) => `${two(at.time.hour)}:${two(at.time.minute)}`).join(' '));
JS
cat >node-ical.mjs <<'JS'
import ical from 'node-ical';
import { calendar, print } from './rota.mjs';
const event = Object.values(ical.sync.parseICS(calendar(process.argv[2]))).find((e) => e.type === 'VEVENT');
const year = { from: new Date('2026-01-01'), to: new Date('2027-01-01') };
print(ical.expandRecurringEvent(event, year).map((occurrence) => occurrence.start));
JS
cat >ical.js.mjs <<'JS'
import ICAL from 'ical.js';
import { calendar, print } from './rota.mjs';
const root = new ICAL.Component(ICAL.parse(calendar(process.argv[2])));
ICAL.TimezoneService.register(root.getFirstSubcomponent('vtimezone'));
const i = new ICAL.Event(root.getFirstSubcomponent('vevent')).iterator();
const starts = [];
for (let at = i.next(); at; at = i.next()) starts.push(at.toJSDate());
print(starts);
JS
cat >calendar.mjs <<'JS'
import { calendar } from './rota.mjs';
process.stdout.write(calendar(process.argv[2]));
JS
cat >recurring.py <<'PY'
import sys
import icalendar
import recurring_ical_events
calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
events = recurring_ical_events.of(calendar).between((2026, 1, 1), (2027, 1, 1))
print(*(start.strftime('%H:%M') for start in sorted(event['DTSTART'].dt for event in events)))
PY
wrong=0
expect() {
	if [ "$1" = recurring-ical-events ]; then
		got=$(node calendar.mjs "$2" | PYTHONPATH=root/usr/lib/python3/dist-packages python3 recurring.py)
	else
		got=$(node "$1.mjs" "$2")
	fi
	echo "$1: DTSTART;TZID=Europe/Berlin:20260328T200000 RRULE:$2 -> $got"
	[ "$got" = "$3" ] || wrong=1
}
twelve='FREQ=HOURLY;INTERVAL=12'
expect rrule-temporal "$twelve" '20:00 09:00 21:00'
expect node-ical "$twelve" '20:00 09:00 21:00'
expect rrule-rust "$twelve" '20:00 08:00 20:00'
expect ical.js "$twelve" '20:00 08:00 20:00'
expect recurring-ical-events "$twelve" '20:00 08:00 20:00'
for reader in rrule-temporal node-ical rrule-rust ical.js recurring-ical-events; do
	expect "$reader" 'FREQ=DAILY;BYHOUR=8,20' '20:00 08:00 20:00'
done
exit $wrong
