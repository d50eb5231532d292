#!/bin/sh
# ical-generator 10.2.0: with a time zone of the whole calendar it writes local times without any mark where RFC 5545 wants
# UTC: DTSTAMP (3.8.7.2), and UNTIL of an event that has a TZID (3.3.10), so also where calendar and event have the same zone,
# as its README shows it. python-dateutil 2.8.2 then refuses the rule. Where the calendar alone has the zone, DTSTART gets
# none and EXDATE does: node-ical 0.26.1, which takes a time without a zone for the process' own, on a server in UTC reads the
# shift two hours late and leaves in the night that was taken out. The fixed time of an alarm has no Z wherever there is a
# zone, and 3.8.6.3 wants one. With the zone at the event alone all but the alarm is right: better not to do what the README
# recommends.
#
# Seen: three nights from 17 April 2026, 20:00 in Berlin (18:00 UTC), the second taken out. Zone at the calendar: DTSTAMP and
# UNTIL without Z, node-ical starts 17T20 18T20 19T20 (UTC). At both: the same marks, node-ical starts 17T18 19T18 as at the
# event alone, dateutil ValueError.
# Exits 0 while that is so, 1 when one does otherwise, 2 when the packages cannot be had. Needs apt, python3, node and npm;
# works in a temporary folder.
set -eu
generator=10.2.0 nodeical=0.26.1 luxon=3.7.2 dateutil=2.8.2-2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "python3-dateutil=$dateutil" python3-six >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
for package in ./*.deb; do dpkg -x "$package" root; done
npm init -y >/dev/null
npm install --no-audit --no-fund "ical-generator@$generator" "node-ical@$nodeical" "luxon@$luxon" >npm.log 2>&1 ||
	{ tail -5 npm.log >&2; exit 2; }
cat >write.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import ical, { ICalAlarmType, ICalEventRepeatingFreq } from 'ical-generator';
import { DateTime } from 'luxon';
const zone = { timezone: 'Europe/Berlin' };
const at = (text) => DateTime.fromISO(text, { zone: zone.timezone });
const where = process.argv[2];
const calendar = ical(where === 'event' ? {} : zone);
calendar.createEvent({
	id: 'a', stamp: at('2026-01-01T12:00'), summary: 'on call', ...(where === 'calendar' ? {} : zone),
	start: at('2026-04-17T20:00'), end: at('2026-04-18T08:00'),
	repeating: { freq: ICalEventRepeatingFreq.DAILY, until: at('2026-04-19T20:00'), exclude: [at('2026-04-18T20:00')] },
	alarms: [{ type: ICalAlarmType.display, trigger: at('2026-04-17T19:00') }],
});
writeFileSync('rota.ics', calendar.toString());
JS
cat >read.mjs <<'JS'
import ical from 'node-ical';
const event = Object.values(ical.sync.parseFile('rota.ics')).find((e) => e.type === 'VEVENT');
const year = { from: new Date('2026-01-01'), to: new Date('2027-01-01') };
console.log(ical.expandRecurringEvent(event, year).map((occurrence) => occurrence.start.toISOString().slice(8, 13)).join(' '));
JS
cat >read.py <<'PY'
import sys
from dateutil import tz
from dateutil.rrule import rrulestr
lines = [line for line in open('rota.ics').read().splitlines() if line.startswith(('DTSTART', 'RRULE'))]
try:
    print(len(list(rrulestr('\n'.join(lines), tzids=lambda name: tz.gettz(name)))))
except ValueError as error:
    print(type(error).__name__)
PY
wrong=0
expect() {
	TZ=UTC node write.mjs "$1"
	lines=$(tr -d '\r' <rota.ics | grep -E '^(DTSTAMP|DTSTART|RRULE|TRIGGER)' | sed 's/^RRULE.*UNTIL/UNTIL/' | tr '\n' ' ')
	got="$lines-> $(TZ=UTC node read.mjs), $(PYTHONPATH=root/usr/lib/python3/dist-packages python3 read.py)"
	echo "zone at $1: $got"
	[ "$got" = "$2" ] || wrong=1
}
alarm='TRIGGER;VALUE=DATE-TIME:20260417T190000'
zoned='DTSTART;TZID=Europe/Berlin:20260417T200000'
expect calendar "DTSTAMP:20260101T120000 DTSTART:20260417T200000 UNTIL=20260419T200000 $alarm -> 17T20 18T20 19T20, 3"
expect both "DTSTAMP:20260101T120000 $zoned UNTIL=20260419T200000 $alarm -> 17T18 19T18, ValueError"
expect event "DTSTAMP:20260101T110000Z $zoned UNTIL=20260419T180000Z $alarm -> 17T18 19T18, 3"
exit $wrong
