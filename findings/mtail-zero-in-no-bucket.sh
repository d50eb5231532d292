#!/bin/sh
# mtail 3.0.0~rc50 (Debian 12): a value of 0, and a negative one, is in no bucket of a histogram, not even in le="+Inf"; count
# and sum have it. Its programming guide says of "buckets 1, 2, 4, 8" that the first range begins with 0 ([0-1), and the last
# with 8; really a range has its upper bound and not its lower, as le means, so of 0 to 1 the 1 is there and the 0 is not. In
# Prometheus' format +Inf and count are the same number. Logs that count in whole milliseconds or seconds are full of noughts,
# and an objective as one writes it, the requests below the bound by count of all, takes each of them for slow: it pages where
# all is fast. histogram_quantile leaves them out and is too high. promtool check metrics says nothing. Known as google/mtail
# issues 226 and 675, and mended in 3.2.24 (Debian testing), whose guide still has the same ranges.
#
# Seen: ten requests, eight of 0 ms, one of 1 and one of 3: le="1" 1, le="+Inf" 2, count 10; the share within 1 ms is 10 %,
# right is 90 %.
# Exits 0 while that is so, 1 when mtail does otherwise, 2 when the packages cannot be had. Needs apt; works in a temporary
# folder.
set -eu
mtail=3.0.0~rc50-1+b6
prometheus=2.42.0+ds-5+deb12u1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "mtail=$mtail" "prometheus=$prometheus" >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
for package in ./*.deb; do dpkg -x "$package" root; done

cat >took.mtail <<'M'
histogram served_after buckets 1, 2, 4, 8
/took=(?P<ms>\d+)/ {
  served_after = $ms
}
M
for ms in 0 0 0 0 1 0 0 3 0 0; do echo "served took=$ms"; done >served.log
root/usr/bin/mtail --one_shot --one_shot_format=prometheus --progs took.mtail --logs "$folder/served.log" \
	>page 2>mtail.log || { tail -3 mtail.log >&2; exit 1; }
lint=$(root/usr/bin/promtool check metrics <page 2>&1) || true
echo "mtail $mtail:"
sed -n 's/prog="took.mtail",*//; /^served/p' page | tee seen
echo "promtool check metrics: ${lint:-nothing}"
zcat root/usr/share/doc/mtail/Programming-Guide.md.gz | grep -F '[0-1)'
cat >expected <<'X'
served_after_bucket{le="1"} 1
served_after_bucket{le="2"} 1
served_after_bucket{le="4"} 2
served_after_bucket{le="8"} 2
served_after_bucket{le="+Inf"} 2
served_after_sum{} 4
served_after_count{} 10
X
cmp seen expected && [ -z "$lint" ]
