"""Counting tests, and saying what failed."""

import sys
import threading
import time

OUTPUT_MAX = 20000


class Tally:
    """Counts of passed, failed and skipped tests. Any thread may report."""

    def __init__(self):
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}
        self.failures = []
        self.lock = threading.Lock()
        self.started = time.monotonic()

    def section(self, name):
        with self.lock:
            print(f"== {name} ({time.monotonic() - self.started:.0f} s)", flush=True)

    def note(self, text):
        with self.lock:
            print(text, flush=True)

    def test(self, name, result, output=""):
        """One test; the output is shown when it failed, the first line (why) when it was skipped."""
        with self.lock:
            self.counts[result] += 1
            if result == "failed":
                self.failures.append(name)
                print(f"FAILED {name}")
                self.show(output)
            elif result == "skipped":
                print(f"skipped {name}" + (f": {output.splitlines()[0]}" if output else ""))
            sys.stdout.flush()

    @staticmethod
    def show(output):
        if len(output) > OUTPUT_MAX:
            half = OUTPUT_MAX // 2
            output = output[:half] + f"\n[... {len(output) - OUTPUT_MAX} characters ...]\n" + output[-half:]
        for line in output.rstrip().splitlines():
            print("    " + line)

    def finish(self):
        """The last lines; returns the exit status."""
        if self.failures:
            print("Failed:")
            for name in self.failures:
                print("    " + name)
        print(", ".join(f"{n} {what}" for what, n in self.counts.items()), flush=True)
        return 1 if self.counts["failed"] or not self.counts["passed"] else 0
