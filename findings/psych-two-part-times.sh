#!/bin/sh
# psych 4.0.3 (Ruby 3.1, which Puppet reads YAML with): an unquoted time of two parts is read as hours, minutes and no
# seconds, sixty times what YAML 1.1 says (int type: base 60, 190:20:30 is 685230, so 17:30 is 17*60+30); a minus counts for
# the first part alone, and 09:00, a string by that type for its leading zero, is a number as well. So Alertmanager's and
# runbook schedules' times, which people write without quotes, come in three kinds: amtool 0.25 takes the text as it stands,
# PyYAML 6.0 has a string before ten o'clock and minutes after it, Ruby seconds. Nobody complains, and whoever writes the file
# back has changed it. The sum itself is known as ruby/psych issue 814.
#
# Seen: start 09:00, end 17:30: amtool SUCCESS; PyYAML '09:00' and 1050; psych 32400 and 63000; -1:20:30 is -4830 and -2370.
# Exits 0 while that is so, 1 when they do otherwise, 2 when they cannot be had. Needs apt, python3 and ruby of Debian 12; works
# in a temporary folder.
set -eu
alertmanager=0.25.0-1+b4
yaml=6.0-3+b2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "prometheus-alertmanager=$alertmanager" "python3-yaml=$yaml" >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
for package in ./*.deb; do dpkg -x "$package" root; done
psych=$(ruby -rpsych -e 'puts Psych::VERSION') || exit 2
[ "$psych" = 4.0.3 ] || { echo "another version of psych: $psych" >&2; exit 2; }

cat >alertmanager.yml <<'Y'
route: {receiver: pager}
receivers: [{name: pager}]
time_intervals:
- name: office
  time_intervals: [{times: [{start_time: 09:00, end_time: 17:30}]}]
Y
printf 'hms: 190:20:30\nminus: -1:20:30\n' >numbers.yml

accepted=no
root/usr/bin/amtool check-config alertmanager.yml >/dev/null 2>&1 && accepted=yes
cat >read.py <<'P'
import sys
sys.path.insert(0, "root/usr/lib/python3/dist-packages")
import yaml
times = yaml.safe_load(open("alertmanager.yml"))["time_intervals"][0]["time_intervals"][0]["times"][0]
numbers = yaml.safe_load(open("numbers.yml"))
print(*map(repr, [*times.values(), *numbers.values()]))
P
cat >read.rb <<'R'
require 'yaml'
times = YAML.load_file('alertmanager.yml')['time_intervals'][0]['time_intervals'][0]['times'][0]
puts((times.values + YAML.load_file('numbers.yml').values).map(&:inspect).join(' '))
R
python=$(python3 -I read.py)
ruby=$(ruby read.rb)
echo "09:00, 17:30, 190:20:30 and -1:20:30: amtool $alertmanager accepts the times: $accepted; PyYAML $yaml: $python;" \
	"psych $psych: $ruby"
[ "$accepted" = yes ] && [ "$python" = "'09:00' 1050 685230 -4830" ] && [ "$ruby" = "32400 63000 685230 -2370" ]
