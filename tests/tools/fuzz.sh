#!/bin/sh
# fuzz.sh SECONDS FOLDER FUZZER...: let each libFuzzer program look for new inputs for so long. What it learns goes to
# FOLDER/corpus, a finding to FOLDER/findings; tests/fuzz/corpus is only read. A finding fails.
set -eu

seconds=$1
folder=$2
shift 2
if [ $# -eq 0 ]; then
  echo "no fuzz targets (tests/fuzz/fuzz_*.c)"
  exit 0
fi

status=0
for fuzzer in "$@"; do
  name=${fuzzer##*/fuzz_}
  seeds=tests/fuzz/corpus/$name
  mkdir -p "$folder/corpus/$name" "$folder/findings"
  echo "== $name, $seconds s"
  [ -d "$seeds" ] || seeds=
  # shellcheck disable=SC2086 # no seeds is no argument
  "$fuzzer" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
    -verbosity=0 -artifact_prefix="$folder/findings/$name-" "$folder/corpus/$name" $seeds || status=1
done
[ "$status" -eq 0 ] || echo "findings are in $folder/findings"
exit $status
