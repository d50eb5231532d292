#!/bin/sh
# Prometheus::Tiny 0.010 (libprometheus-tiny-perl, Debian 12; 0.011 likewise): its documentation has a type "enum" for the
# state of a thing, and says that the page is in Prometheus' exposition format. It writes "# TYPE … enum", and that format has
# counter, gauge, histogram, summary and untyped; so from the first enum on Prometheus takes nothing at all from the page. A
# line break in a help text, which the format wants written as \n, is written as it is, with the same end (label values are
# right). Declared as a gauge with the same two keys an enum comes out as it should. Net::Prometheus and the other libraries
# of this kind have no such type or call it a gauge, as OpenMetrics' "stateset" is called in the older format by the Python
# client.
#
# Seen: what promtool 2.42 says of a page with an enum, with a help text of two lines, and with a gauge that has the enum's
# keys. The server says invalid metric type "enum" (2.42 and 3.5.3).
# Exits 0 while that is so, 1 when it does otherwise, 2 when the packages cannot be had. Needs apt and perl; works in a
# temporary folder.
set -eu
tiny=0.010-1
prometheus=2.42.0+ds-5+deb12u1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "libprometheus-tiny-perl=$tiny" "prometheus=$prometheus" >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
for package in ./*.deb; do dpkg -x "$package" root; done

cat >page.pl <<'P'
use strict;
use warnings;
use lib 'root/usr/share/perl5';
use Prometheus::Tiny;
my ($type, $help) = @ARGV;
my $metrics = Prometheus::Tiny->new;
$metrics->declare('backup_state', help => $help, type => $type, enum => 'state', enum_values => ['waiting', 'running']);
$metrics->enum_set('backup_state', 'running', {host => 'db1'});
print $metrics->format;
P
# says TYPE HELP: what promtool answers to the page
says() {
	perl page.pl "$1" "$2" >page || exit 1
	said=$(root/usr/bin/promtool check metrics <page 2>&1 | sed 's/.*parsing error in line [0-9]*: //')
	echo "${said:-in order}"
}
{
	echo "enum: $(says enum 'State of the backup.')"
	echo "help of two lines: $(says gauge "State of the backup,
as seen here.")"
	echo "gauge: $(says gauge 'State of the backup.')"
	cat page
} >seen
echo "Prometheus::Tiny $tiny, promtool $prometheus:"
cat seen
cat >expected <<'X'
enum: unknown metric type "enum"
help of two lines: expected float as value, got "seen"
gauge: in order
# HELP backup_state State of the backup.
# TYPE backup_state gauge
backup_state{host="db1",state="running"} 1
backup_state{host="db1",state="waiting"} 0
X
cmp seen expected
