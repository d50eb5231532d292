#!/bin/sh
# python3-icalendar 4.0.3 and python3-vobject 0.9.6.1 (which Radicale keeps its calendars with): a calendar that is read and
# written back, with nothing changed, has P1D where it had PT24H, and -P7D where an alarm was 168 hours ahead. RFC 5545
# (3.3.6) tells the two apart: a day ends at the same time of day, 24 hours end when they have passed, so of a shift over a
# change of the clocks the end has moved by an hour for every program that reads it as the RFC says, and an alarm in that week
# as well. ical.js 2.2.1 writes back what it read.
#
# Seen: DURATION:PT24H and TRIGGER:-PT168H come back as P1D and -P7D from both, unchanged from ical.js.
# Exits 0 while that is so, 1 when one does otherwise, 2 when the packages cannot be had. Needs apt, python3, node and npm;
# works in a temporary folder.
set -eu
icalendar=4.0.3-5 vobject=0.9.6.1-2 icaljs=2.2.1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "python3-icalendar=$icalendar" "python3-vobject=$vobject" python3-dateutil python3-tz python3-six \
	>apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
for package in ./*.deb; do dpkg -x "$package" root; done
npm init -y >/dev/null
npm install --no-audit --no-fund "ical.js@$icaljs" >npm.log 2>&1 || { tail -5 npm.log >&2; exit 2; }
cat >shift.lines <<'ICS'
BEGIN:VCALENDAR
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
DTSTART;TZID=Europe/Berlin:20260328T080000
DURATION:PT24H
SUMMARY:on call
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:next week
TRIGGER:-PT168H
END:VALARM
END:VEVENT
END:VCALENDAR
ICS
sed 's/$/\r/' shift.lines >shift.ics
cat >icalendar_again.py <<'PY'
import icalendar
with open('shift.ics', 'rb') as file:
    print(icalendar.Calendar.from_ical(file.read()).to_ical().decode())
PY
cat >vobject_again.py <<'PY'
import vobject
with open('shift.ics', newline='') as file:
    print(vobject.readOne(file.read()).serialize())
PY
cat >icaljs_again.mjs <<'JS'
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';
const root = new ICAL.Component(ICAL.parse(readFileSync('shift.ics', 'utf8')));
new ICAL.Event(root.getFirstSubcomponent('vevent')).duration;
console.log(root.toString());
JS
wrong=0
expect() {
	name=$1 want=$2
	shift 2
	got=$("$@" | tr -d '\r' | grep -E '^(DURATION|TRIGGER)' | tr '\n' ' ')
	echo "$name: $got"
	[ "$got" = "$want " ] || wrong=1
}
expect "icalendar $icalendar" 'DURATION:P1D TRIGGER:-P7D' \
	env PYTHONPATH=root/usr/lib/python3/dist-packages python3 icalendar_again.py
expect "vobject $vobject" 'DURATION:P1D TRIGGER:-P7D' \
	env PYTHONPATH=root/usr/lib/python3/dist-packages python3 vobject_again.py
expect "ical.js $icaljs" 'DURATION:PT24H TRIGGER:-PT168H' node icaljs_again.mjs
exit $wrong
