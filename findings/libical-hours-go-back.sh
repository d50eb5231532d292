#!/bin/sh
# libical 3.0.16: the occurrences of a day come in the order in which BYHOUR lists the hours, so with 20,8 (a handover in the
# evening and one in the morning) the iterator goes back in time. Whoever stops at the first occurrence after an instant, as
# one does with an iterator without end, misses that morning's. The first day shows it least: it has the evening alone.
# rrule 2.8.1 and ical.js 2.2.1 do the same; python-dateutil 2.8.2 sorts.
#
# Seen: evening of the 6th, evening of the 7th, then the morning of the 7th.
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
expect 20260106T200000 'FREQ=DAILY;BYHOUR=20,8' \
	'20260106T200000 20260107T200000 20260107T080000 20260108T200000'
expect 20260106T200000 'FREQ=DAILY;BYHOUR=8,20' \
	'20260106T200000 20260107T080000 20260107T200000 20260108T080000'
exit $wrong
