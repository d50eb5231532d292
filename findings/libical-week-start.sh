#!/bin/sh
# libical 3.0.16: of a rule for every second week the first week is skipped where weeks begin on Saturday (WKST=SA, as
# calendars made in Cairo or Dubai say) and the event begins in their middle. Every later week is the other one, too: a rota
# of two people is turned round. python-dateutil 2.8.2, rrule 2.8.1 and ical.js 2.2.1 begin with DTSTART; so does libical where
# the same days are written with WKST=MO, which means the same weeks here.
#
# Seen: a Wednesday of a rule for Mondays and Wednesdays: the 7th itself is left out, and then come the 12th, 14th, 26th
# instead of the 19th and 21st. By RFC 5545 (3.3.10, WKST) the week of the 7th, from Saturday the 3rd, is the first.
# Exits 0 while that is so, 1 when libical does otherwise, 2 when the packages cannot be had. Needs apt, gcc; works in a
# temporary folder.
set -eu
version=3.0.16-1+b1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "libical3=$version" "libical-dev=$version" libicu72 >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
for package in ./*.deb; do dpkg -x "$package" root; done
library=$(dirname "$(find root -name 'libical.so.3')")
cat >occurrences.c <<'C'
#include <libical/ical.h>
#include <stdio.h>
int main(int argc, char **argv)
{
	icalrecur_iterator *i =
		icalrecur_iterator_new(icalrecurrencetype_from_string(argv[2]), icaltime_from_string(argv[1]));
	for (int n = 0; argc == 3 && n < 4; n++)
		printf("%s ", icaltime_as_ical_string(icalrecur_iterator_next(i)));
	icalrecur_iterator_free(i);
	return 0;
}
C
gcc -Iroot/usr/include occurrences.c -o occurrences -L"$library" -lical -Wl,-rpath-link,"$library"
wrong=0
expect() {
	got=$(LD_LIBRARY_PATH="$library" ./occurrences "$1" "$2")
	echo "libical $version: DTSTART:$1 RRULE:$2 -> $got"
	[ "$got" = "$3 " ] || wrong=1
}
expect 20260107T090000 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=SA' \
	'20260112T090000 20260114T090000 20260126T090000 20260128T090000'
expect 20260107T090000 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=MO' \
	'20260107T090000 20260119T090000 20260121T090000 20260202T090000'
exit $wrong
