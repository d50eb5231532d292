#!/bin/sh
# RECURRENCE-ID;RANGE=THISANDFUTURE, "from this one on": by RFC 5545 (3.2.13) it stands for that occurrence and all after it.
# node-ical 0.26.1, whose README calls its overrides compliant with that RFC, and python3-recurring-ical-events 2.0.1 move the
# one occurrence and leave those after it at the old time; ical.js 2.2.1 moves all that follow. Neither of the two warns, so a
# rota whose handover was moved for good is right for one day and then wrong again.
#
# Seen: five days at 20:00, from the 19th on at 21:00: node-ical and recurring-ical-events 20 20 21 20 20, ical.js 20 20 21 21
# 21.
# Exits 0 while that is so, 1 when one does otherwise, 2 when the packages cannot be had. Needs apt, python3, node and npm;
# works in a temporary folder.
set -eu
icaljs=2.2.1 nodeical=0.26.1 recurring=2.0.1-1 icalendar=4.0.3-5
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "python3-recurring-ical-events=$recurring" "python3-icalendar=$icalendar" python3-x-wr-timezone \
	python3-dateutil python3-tz python3-six >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
for package in ./*.deb; do dpkg -x "$package" root; done
npm init -y >/dev/null
npm install --no-audit --no-fund "ical.js@$icaljs" "node-ical@$nodeical" >npm.log 2>&1 || { tail -5 npm.log >&2; exit 2; }
cat >rota.lines <<'ICS'
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//rota//EN
BEGIN:VEVENT
UID:a
DTSTAMP:20260101T000000Z
DTSTART:20260417T200000Z
DURATION:PT12H
RRULE:FREQ=DAILY;COUNT=5
END:VEVENT
BEGIN:VEVENT
UID:a
DTSTAMP:20260101T000000Z
RECURRENCE-ID;RANGE=THISANDFUTURE:20260419T200000Z
DTSTART:20260419T210000Z
DURATION:PT12H
END:VEVENT
END:VCALENDAR
ICS
sed 's/$/\r/' rota.lines >rota.ics
cat >icaljs.mjs <<'JS'
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';
const root = new ICAL.Component(ICAL.parse(readFileSync('rota.ics', 'utf8')));
const event = new ICAL.Event(root.getFirstSubcomponent('vevent'));
const hours = [];
const i = event.iterator();
for (let at = i.next(); at; at = i.next()) hours.push(event.getOccurrenceDetails(at).startDate.hour);
console.log(hours.join(' '));
JS
cat >nodeical.mjs <<'JS'
import ical from 'node-ical';
const event = Object.values(ical.sync.parseFile('rota.ics')).find((e) => e.type === 'VEVENT');
const year = { from: new Date('2026-01-01'), to: new Date('2027-01-01') };
console.log(ical.expandRecurringEvent(event, year).map((occurrence) => occurrence.start.getUTCHours()).join(' '));
JS
cat >recurring.py <<'PY'
import icalendar
import recurring_ical_events
with open('rota.ics', 'rb') as file:
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(file.read())).between((2026, 1, 1), (2027, 1, 1))
print(*(start.hour for start in sorted(event['DTSTART'].dt for event in events)))
PY
wrong=0
expect() {
	name=$1 want=$2
	shift 2
	got=$("$@")
	echo "$name: $got"
	[ "$got" = "$want" ] || wrong=1
}
expect "ical.js $icaljs" '20 20 21 21 21' node icaljs.mjs
expect "node-ical $nodeical" '20 20 21 20 20' node nodeical.mjs
expect "recurring-ical-events $recurring" '20 20 21 20 20' \
	env PYTHONPATH=root/usr/lib/python3/dist-packages python3 recurring.py
exit $wrong
