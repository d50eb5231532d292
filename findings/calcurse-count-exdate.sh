#!/bin/sh
# calcurse 4.7.1: of an imported rule with COUNT and EXDATE it makes up for each date that was taken out at the end. By RFC
# 5545 (3.3.10 and 3.8.5.1) COUNT bounds the rule and EXDATE takes out of what that gives; its manual lists EXDATE among what
# it reads. And an override (RECURRENCE-ID, which the manual names neither here nor among what is not read) is added beside
# the occurrence that it replaces. Both are reported as imported, none skipped: one is shown on call on days that are not
# one's own, and twice on one that was moved. python3-recurring-ical-events 2.0.1, ical.js 2.2.1 and node-ical 0.26.1 do
# neither.
#
# Seen: three days from the 17th, the 18th and 19th taken out: the 17th, 20th and 21st, right is the 17th; three days, the
# 18th moved from 20:00 to 21:00: the 18th at 20:00 and at 21:00.
# Exits 0 while that is so, 1 when it does otherwise, 2 when the package cannot be had. Needs apt and what calcurse is linked
# with (ncurses); works in a temporary folder.
set -eu
version=4.7.1-1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "calcurse=$version" >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
dpkg -x calcurse_*.deb root
calcurse() { TZ=UTC LC_ALL=C root/usr/bin/calcurse -D "$folder/data" -C "$folder/data" "$@"; }
event() {
	printf '%s\n' BEGIN:VEVENT UID:a DTSTAMP:20260101T000000Z SUMMARY:oncall DURATION:PT1H "$@" END:VEVENT
}
expect() {
	rm -rf data
	mkdir data
	{
		printf '%s\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//example//rota//EN
		cat events
		echo END:VCALENDAR
	} | sed 's/$/\r/' >rota.ics
	report=$(calcurse -i rota.ics 2>&1 | grep -o '[0-9]* skipped')
	got=$(calcurse -Q --input-datefmt 4 --from 2026-04-01 --days 30 --output-datefmt %d \
		--format-apt '%S ' --format-recur-apt '%S ' | tr '\n' ' ' | tr -s ' ')
	echo "calcurse $version: $(grep -E '^(RRULE|EXDATE|RECURRENCE-ID|DTSTART)' events | tr '\n' ' ')-> $report, $got"
	[ "$report, $got" = "0 skipped, $1 " ] || wrong=1
}
wrong=0
start=DTSTART:20260417T200000Z
rule='RRULE:FREQ=DAILY;COUNT=3'
event "$start" "$rule" >events
expect '17: 20:00 18: 20:00 19: 20:00'
event "$start" "$rule" EXDATE:20260418T200000Z,20260419T200000Z >events
expect '17: 20:00 20: 20:00 21: 20:00'
event "$start" "$rule" >events
event RECURRENCE-ID:20260418T200000Z DTSTART:20260418T210000Z >>events
expect '17: 20:00 18: 20:00 21:00 19: 20:00'
exit $wrong
