#!/bin/sh
# @touch4it/ical-timezones 1.9.0, which ical-generator's README names for the VTIMEZONEs of a calendar: they are those of the
# tz database 2018g. Mexico, Brazil, Iran, Jordan, Syria, Paraguay, Kazakhstan, Volgograd, Yukon, Greenland, Egypt and others
# have changed their rules since; 33 of its 402 zones are wrong for some days or all of 2026. RFC 5545 (3.6.5) has readers go
# by the VTIMEZONE in the file: ical.js 2.2.1 does, and is an hour off; node-ical 0.26.1 goes by the name of the zone and is
# not. So one handover is at two times. What timezones-ical-library 2.3.2, which that README names as well, writes for these
# five zones is right.
#
# Seen, a shift at 09:00 of that place in 2026, UTC by ical.js and by node-ical: Mexico City, July, 14 and 15; São Paulo,
# January, 11 and 12; Cairo, July, 07 and 06; Amman, January, 07 and 06; Almaty 03 and 04.
# Exits 0 while that is so, 1 when one does otherwise, 2 when they cannot be installed. Needs node and npm; works in a
# temporary folder.
set -eu
zones=1.9.0 library=2.3.2 icaljs=2.2.1 nodeical=0.26.1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund "@touch4it/ical-timezones@$zones" "timezones-ical-library@$library" "ical.js@$icaljs" \
	"node-ical@$nodeical" >npm.log 2>&1 || { tail -5 npm.log >&2; exit 2; }
cat >read.mjs <<'JS'
import zones from '@touch4it/ical-timezones';
import * as library from 'timezones-ical-library';
import ICAL from 'ical.js';
import ical from 'node-ical';
const [zone, day] = process.argv.slice(2);
const calendar = (vtimezone) => `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//rota//EN
${vtimezone.trim()}
BEGIN:VEVENT
UID:a
DTSTAMP:20260101T000000Z
DTSTART;TZID=${zone}:${day}T090000
DURATION:PT8H
END:VEVENT
END:VCALENDAR
`.replace(/\r?\n/g, '\r\n');
function byIcalJs(text) {
	ICAL.TimezoneService.reset();
	const root = new ICAL.Component(ICAL.parse(text));
	ICAL.TimezoneService.register(root.getFirstSubcomponent('vtimezone'));
	return new ICAL.Event(root.getFirstSubcomponent('vevent')).startDate.toJSDate();
}
const byNodeIcal = (text) => Object.values(ical.sync.parseICS(text)).find((event) => event.type === 'VEVENT').start;
const hour = (date) => date.toISOString().slice(11, 13);
const old = calendar(zones.getVtimezoneComponent(zone));
const other = calendar(library.tzlib_get_ical_block(zone)[0]);
console.log(hour(byIcalJs(old)), hour(byNodeIcal(old)), hour(byIcalJs(other)));
JS
wrong=0
expect() {
	got=$(node read.mjs "$1" "$2")
	echo "$1 $2 09:00: UTC hour by ical.js, node-ical, and ical.js with timezones-ical-library: $got"
	[ "$got" = "$3" ] || wrong=1
}
expect America/Mexico_City 20260715 '14 15 15'
expect America/Sao_Paulo 20260115 '11 12 12'
expect Africa/Cairo 20260715 '07 06 06'
expect Asia/Amman 20260115 '07 06 06'
expect Asia/Almaty 20260115 '03 04 04'
expect Europe/Berlin 20260715 '07 07 07'
exit $wrong
