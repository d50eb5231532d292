#!/bin/sh
# BYSETPOS of a weekly rule, "the second of Monday, Wednesday and Friday". RFC 5545 (3.3.10, BYSETPOS) counts within one
# interval of the rule, names the week of a weekly rule as its example, and begins at the interval's beginning; so this means
# every Wednesday. libical 3.0.16 and ical.js 2.2.1 do not look at BYSETPOS here and come on all three days. python-dateutil
# 2.8.2 and rrule 2.8.1 count the first week's days from DTSTART on: an event that begins on such a Wednesday does not occur
# on that day, but on the Friday after it, and from then on on Wednesdays. rrule-temporal 2.2.8 and DateTime::Event::ICal 0.13
# give the Wednesdays. So a rota that says this is read in three ways, and the oldest libraries are wrong in two.
#
# Seen: from Wednesday the 7th on: libical and ical.js the 7th, 9th, 12th, 14th; dateutil and rrule the 9th, 14th, 21st, 28th;
# rrule-temporal the 7th, 14th, 21st, 28th.
# Exits 0 while that is so, 1 when one does otherwise, 2 when the packages cannot be had. Needs apt, gcc, python3, node and
# npm; works in a temporary folder.
set -eu
libical=3.0.16-1+b1 dateutil=2.8.2-2 icaljs=2.2.1 rrule=2.8.1 temporal=2.2.8
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "libical3=$libical" "libical-dev=$libical" libicu72 "python3-dateutil=$dateutil" python3-six >apt.log 2>&1 ||
	{ tail -3 apt.log >&2; exit 2; }
for package in ./*.deb; do dpkg -x "$package" root; done
npm init -y >/dev/null
npm install --no-audit --no-fund "ical.js@$icaljs" "rrule@$rrule" "rrule-temporal@$temporal" >npm.log 2>&1 ||
	{ tail -5 npm.log >&2; exit 2; }
library=$(dirname "$(find root -name 'libical.so.3')")
cat >libical.c <<'C'
#include <libical/ical.h>
#include <stdio.h>
int main(int argc, char **argv)
{
	icalrecur_iterator *i =
		icalrecur_iterator_new(icalrecurrencetype_from_string(argv[2]), icaltime_from_string(argv[1]));
	for (int n = 0; argc == 3 && n < 4; n++)
		printf("%.8s ", icaltime_as_ical_string(icalrecur_iterator_next(i)));
	icalrecur_iterator_free(i);
	return 0;
}
C
gcc -Iroot/usr/include libical.c -o libical -L"$library" -lical -Wl,-rpath-link,"$library"
cat >by_dateutil.py <<'PY'
import itertools, sys
from dateutil.parser import parse
from dateutil.rrule import rrulestr
for day in itertools.islice(rrulestr(sys.argv[2], dtstart=parse(sys.argv[1])), 4):
    print(day.strftime('%Y%m%d'), end=' ')
PY
cat >icaljs.mjs <<'JS'
import ICAL from 'ical.js';
const [start, rule] = process.argv.slice(2);
const begin = ICAL.parse(`BEGIN:VEVENT\r\nDTSTART:${start}\r\nRRULE:${rule}\r\nEND:VEVENT`);
const i = new ICAL.Event(new ICAL.Component(begin)).iterator();
for (let n = 0; n < 4; n++) process.stdout.write(i.next().toICALString().slice(0, 8) + ' ');
JS
cat >rrule.mjs <<'JS'
import rrule from 'rrule';
const [start, rule] = process.argv.slice(2);
for (const day of rrule.rrulestr(`DTSTART:${start}Z\nRRULE:${rule}`).all((_, n) => n < 4))
	process.stdout.write(day.toISOString().slice(0, 10).replaceAll('-', '') + ' ');
JS
cat >temporal.mjs <<'JS'
import { RRuleTemporal } from 'rrule-temporal';
const [start, rule] = process.argv.slice(2);
for (const day of new RRuleTemporal({ rruleString: `DTSTART:${start}Z\nRRULE:${rule}` }).all((_, n) => n < 4))
	process.stdout.write(day.toPlainDate().toString().replaceAll('-', '') + ' ');
JS
wrong=0
expect() {
	name=$1 want=$2
	shift 2
	got=$("$@" 20260107T090000 'FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2')
	echo "$name: $got"
	[ "$got" = "$want " ] || wrong=1
}
echo 'DTSTART:20260107T090000 (a Wednesday) RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2'
expect "libical $libical" '20260107 20260109 20260112 20260114' env LD_LIBRARY_PATH="$library" ./libical
expect "ical.js $icaljs" '20260107 20260109 20260112 20260114' node icaljs.mjs
expect "dateutil $dateutil" '20260109 20260114 20260121 20260128' \
	env PYTHONPATH=root/usr/lib/python3/dist-packages python3 by_dateutil.py
expect "rrule $rrule" '20260109 20260114 20260121 20260128' node rrule.mjs
expect "rrule-temporal $temporal" '20260107 20260114 20260121 20260128' node temporal.mjs
exit $wrong
