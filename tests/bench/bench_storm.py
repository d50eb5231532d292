#!/usr/bin/python3
"""
5,000 incidents within 10 s for a receiver that may be sent two messages a second: when the gravest were told, how many messages
told of the rest, how long it took beside what the rate allows, and what it was held with.

    bench_storm.py [--pages=5000] [--gravest=50] [--seconds=10] [--rate=2] [--burst=20]
"""

import argparse
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "integration"))
sys.dont_write_bytecode = True

from harness import House, Recorder, Runbookd, settings  # noqa: E402
from harness.storm import RULES, Storm, resident, told_of  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("pages", 5000), ("gravest", 50), ("seconds", 10), ("rate", 2), ("burst", 20)):
        parser.add_argument(f"--{name}", type=int, default=value)
    o = parser.parse_args()
    recorder = Recorder()
    storm = Storm(recorder, o.pages, o.gravest, o.seconds, o.rate, o.burst)
    with tempfile.TemporaryDirectory() as folder:
        config = settings(recorder, {"sqlite": {"path": "runbookd.db"}}, receivers=[storm.receiver()])
        daemon = Runbookd(House(folder, config, RULES)).start()
        try:
            storm.rage(daemon)
            now = resident(daemon)
        finally:
            daemon.finish()
            recorder.stop()
    first = recorder.triggers()[0].at
    print(f"sent in {storm.sent_in:.1f} s; {len(storm.singles)} pages of one incident, {len(storm.digests)} digests "
          f"({', '.join(str(n) for n in sorted(map(told_of, storm.digests)))} incidents)")
    print(f"the last of the {len(storm.gravest_told)} gravest {storm.gravest_told[-1].at - first:.1f} s after the first page, "
          f"the first digest {storm.digests[0].at - first:.1f} s, all told {storm.spent:.1f} s "
          f"(the rate allows {storm.allowed_seconds():.1f} s at best)")
    print(f"memory: {storm.before:.1f} MB before, {storm.after_intake:.1f} MB at most when all had come, {storm.peak:.1f} MB "
          f"at most when all were told, {now:.1f} MB then")


if __name__ == "__main__":
    main()
