#!/bin/sh
# libical 3.0.16: BYMONTHDAY of a yearly rule is looked for in the month of DTSTART alone, though RFC 5545 (3.3.10, the table
# of what expands and what limits) lets it expand over the year. With BYDAY beside it an event of every Friday the 13th comes
# in one month only, years apart. python-dateutil 2.8.2 and rrule 2.8.1 go through all twelve months; written with
# BYMONTH=1,…,12 libical does, too.
#
# Seen: the first of each month comes once a year; Friday the 13th from February 2026 on next in 2032, not in March.
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
expect 20260101T090000 'FREQ=YEARLY;BYMONTHDAY=1' \
	'20260101T090000 20270101T090000 20280101T090000 20290101T090000'
expect 20260213T090000 'FREQ=YEARLY;BYDAY=FR;BYMONTHDAY=13' \
	'20260213T090000 20320213T090000 20370213T090000 20430213T090000'
expect 20260213T090000 'FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYDAY=FR;BYMONTHDAY=13' \
	'20260213T090000 20260313T090000 20261113T090000 20270813T090000'
exit $wrong
