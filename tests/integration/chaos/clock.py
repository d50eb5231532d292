"""A wall clock of one router that jumps. Its monotonic clock goes on, as the kernel's does when somebody sets the date."""

import glob
import os

FOUND = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
MISSING = None if FOUND else "libfaketime is not installed"


class Clock:
    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.file = os.path.join(folder, "clock")
        self.jump(0)

    @property
    def env(self):
        return {"LD_PRELOAD": FOUND[0], "FAKETIME_TIMESTAMP_FILE": self.file, "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}

    def jump(self, seconds):
        """`seconds` away from the right time, from now on."""
        with open(self.file + ".new", "w", encoding="ascii") as f:
            f.write(f"{seconds:+d}\n")
        os.replace(self.file + ".new", self.file)
