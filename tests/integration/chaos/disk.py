"""A disk that can be full or read-only, for the files of one router."""

import os
import shutil
import subprocess

SIZE_MB = 24
SHIM_SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "disk_fault.c")
NO_COMPILER = None if shutil.which("cc") else "no C compiler for the failing disk"


def mountable():
    return os.geteuid() == 0 and shutil.which("mount") is not None


class Disk:
    """
    Full is a real file system without room where one can be mounted (as root). Read-only, and full elsewhere, is what a
    preloaded library makes of it: see disk_fault.c.
    """

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.mounted = False
        self.filler = os.path.join(folder, "filler")
        self.says, self.shim = folder + ".fault", folder + ".so"

    def start(self):
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", self.shim, SHIM_SOURCE, "-ldl"], check=True)
        self.say("0")
        if mountable():
            done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "runbookd-test", self.folder],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.mounted = done.returncode == 0  # containers forbid it to their root
        return self

    @property
    def env(self):
        return {"LD_PRELOAD": self.shim, "DISK_FAULT_FILE": self.says}

    def say(self, what):
        """In place: runbookd has this very file mapped."""
        with open(self.says, "r+" if os.path.exists(self.says) else "w", encoding="ascii") as f:
            f.write(what)

    def fill(self):
        if self.mounted:
            self.fill_file_system()
        else:
            self.say("f")

    def fill_file_system(self):
        """To the last byte: smaller and smaller pieces."""
        with open(self.filler, "wb", buffering=0) as f:
            for size in (1 << 20, 4096, 1):
                try:
                    while f.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue

    def read_only(self):
        self.say("r")

    def heal(self):
        self.say("0")
        if os.path.exists(self.filler):
            os.unlink(self.filler)

    def stop(self):
        if self.mounted:
            subprocess.run(["umount", "-l", self.folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.mounted = False
