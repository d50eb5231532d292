#!/bin/sh
# systemd-cron 1.15.19, with which Debian 12 runs crontabs by systemd's timers, does otherwise than the crontab(5) that it
# brings. Its names of the months have no October: nov is the 10th and dec the 11th, so a job of 1 December runs on 1
# November, and one of oct never. Where the day of the month and the weekday are both given, the page has the job run when
# either matches, the timer when both do: "the 1st and each Monday" is a Monday that is the 1st. 5-7, Friday to Sunday, is
# every day, and @weekly is Monday's (systemd's word) instead of Sunday's. Only of oct and 5-7 does the log speak ("garbled").
# So a heartbeat job or an archive that another machine runs by cron comes on other days here; numbers, lists and 0-6 are
# right.
#
# Seen: "0 9 1 dec *" becomes *-11-1, "0 9 1 12 *" *-12-1, "0 9 1 oct *" no timer, "0 9 1 * mon" Mon *-*-1, "0 9 * * 5-7"
# *-*-*.
# Exits 0 while that is so, 1 when it does otherwise, 2 when the package cannot be had. Needs apt and python3; works in a
# temporary folder: the generator is read as a module, so that it does not look at this machine's crontabs.
set -eu
version=1.15.19-5
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "systemd-cron=$version" >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
dpkg -x systemd-cron_*.deb root
zcat root/usr/share/man/man5/crontab.5.gz >page
if ! grep -q 'day of week.*0-7 (0 or 7 is Sun, or use names)' page || ! grep -q '@weekly.*"0 0 \* \* 0"' page; then
	echo 'crontab(5) has changed'
	exit 1
fi
cat >timers.py <<'PY'
import glob
import importlib.machinery
import importlib.util
import os
loader = importlib.machinery.SourceFileLoader('generator', glob.glob('root/**/systemd-crontab-generator', recursive=True)[0])
generator = importlib.util.module_from_spec(importlib.util.spec_from_loader('generator', loader))
loader.exec_module(generator)
generator.TARGET_DIR = 'timers'
generator.TIMERS_DIR = 'timers/wants'
os.makedirs('timers/wants')
generator.log = lambda *_: None
for job in generator.parse_crontab('crontab', withuser=True):
    if 'c' in job:
        generator.generate_timer_unit(job, seq=generator.count())
for path in glob.glob('timers/*.timer'):
    with open(path, encoding='utf-8') as file:
        print(*(line.strip() for line in file if line.startswith('OnCalendar=')))
PY
wrong=0
expect() {
	rm -rf timers
	echo "$1 root /bin/true" >crontab
	got=$(python3 -W ignore timers.py)
	echo "systemd-cron $version: $1 -> ${got:-no timer}"
	[ "${got:-no timer}" = "$2" ] || wrong=1
}
expect '0 9 1 12 *' 'OnCalendar=*-12-1 9:0:00'
expect '0 9 1 dec *' 'OnCalendar=*-11-1 9:0:00'
expect '0 9 1 nov *' 'OnCalendar=*-10-1 9:0:00'
expect '0 9 1 sep *' 'OnCalendar=*-9-1 9:0:00'
expect '0 9 1 oct *' 'no timer'
expect '0 9 1 * mon' 'OnCalendar=Mon *-*-1 9:0:00'
expect '0 9 * * 5-7' 'OnCalendar= *-*-* 9:0:00'
expect '0 9 * * 0,5,6' 'OnCalendar=Sun,Fri,Sat *-*-* 9:0:00'
expect '@weekly' 'OnCalendar=weekly'
exit $wrong
