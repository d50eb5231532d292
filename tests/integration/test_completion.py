"""Completion, tried in the shells themselves; one that is not installed is skipped."""

import os
import re
import select
import shutil
import subprocess

import pytest

from harness import BIN, Ctl, wait_until


def needs(shell):
    return pytest.mark.skipif(not shutil.which(shell), reason=f"{shell} is not installed")


@pytest.fixture
def script(tmp_path):
    def write(shell):
        path = os.path.join(tmp_path, f"completion.{shell}")
        with open(path, "w", encoding="utf-8") as f:
            f.write(Ctl(folder=tmp_path).run("completion", shell))
        return path
    return write


def run(shell, text, folder):
    env = dict(os.environ, PATH=BIN + ":" + os.environ["PATH"], HOME=str(folder), TERM="dumb")
    done = subprocess.run([shutil.which(shell), *(["--noprofile", "--norc"] if shell == "bash" else ["-f"] if shell == "zsh" else
                                                 ["--no-config"]), "-c", text],
                          env=env, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=60, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout.split("\n")


def bash(path, folder, *words):
    """What bash offers behind these words, which are split as it splits them: '=' is a word."""
    line = " ".join(f"'{w}'" for w in words)
    return set(run("bash", f"source '{path}'\nCOMP_WORDS=({line})\nCOMP_CWORD={len(words) - 1}\n"
                           "compopt() { :; }\n_runbookctl\nprintf '%s\\n' \"${COMPREPLY[@]}\"", folder)) - {""}


@needs("bash")
def test_bash(script, tmp_path):
    path = script("bash")
    (tmp_path / "here.yml").write_text("")
    assert bash(path, tmp_path, "runbookctl", "che") == {"check"}
    assert {"catalog", "check", "why", "completion"} <= bash(path, tmp_path, "runbookctl", "")
    assert bash(path, tmp_path, "runbookctl", "incidents", "re") == {"resolve", "retry"}
    assert bash(path, tmp_path, "runbookctl", "check", "--alertm") == {"--alertmanager.config="}
    assert bash(path, tmp_path, "runbookctl", "--url", "http", ":", "//x", "store", "d") != set()
    assert bash(path, tmp_path, "runbookctl", "--config.file", "=", "he") == {"here.yml"}
    assert bash(path, tmp_path, "runbookctl", "--config.file", "here.yml", "lint", "--fail") == {"--fail-on="}
    assert bash(path, tmp_path, "runbookctl", "status", "-o", "") == {"table", "json"}
    (tmp_path / "folder").mkdir()
    assert bash(path, tmp_path, "runbookctl", "import", "--output", "=", "") == {"folder"}
    assert bash(path, tmp_path, "runbookctl", "lint", "-o", "") == {"table", "json", "sarif"}
    assert bash(path, tmp_path, "runbookctl", "noise", "--by", "=", "o") == {"owner"}
    assert bash(path, tmp_path, "runbookctl", "incidents", "--by", "=", "o") == set()  # a name of somebody
    assert bash(path, tmp_path, "runbookctl", "incidents", "--state", "=", "") == {"firing", "acknowledged", "resolved", "dead"}
    assert {"settings", "dedup", "check"} <= bash(path, tmp_path, "runbookctl", "help", "")


class Zsh:
    """An interactive zsh, for completion works in no other. runbookctl is a function there that says its arguments."""

    def __init__(self, path, folder):
        try:
            self.screen, end = os.openpty()
        except OSError:
            pytest.skip("there are no pseudo terminals here")
        env = {"PATH": BIN + ":" + os.environ["PATH"], "HOME": str(folder), "TERM": "dumb"}
        self.shell = subprocess.Popen(["zsh", "-f", "-i"], stdin=end, stdout=end, stderr=end, env=env, cwd=folder,
                                      start_new_session=True)
        os.close(end)
        self.text = ""
        self.type("autoload -U compinit; compinit -u -D; source '" + path + "'; unsetopt beep\n")
        self.type("runbookctl() { print -r -- \"<<$*>>\" }\n")
        self.type("print -r rea'dy'\n")
        self.wait_for("ready")

    def type(self, text):
        os.write(self.screen, text.encode())

    def wait_for(self, pattern):
        def seen():
            if select.select([self.screen], [], [], 0.1)[0]:
                self.text += os.read(self.screen, 65536).decode(errors="replace")
            return re.search(pattern, self.text)
        return wait_until(seen, 20, f"{pattern} on the screen")

    def end(self):
        self.shell.kill()
        self.shell.wait()
        os.close(self.screen)


@needs("zsh")
def test_zsh(script, tmp_path):
    zsh = Zsh(script("zsh"), tmp_path)
    for text, whole in (("comple", "completion"), ("store dr", "store drain"), ("check --no-sec", "check --no-secrets")):
        zsh.type(f"runbookctl {text}\t\n")
        zsh.wait_for(f"<<{whole}>>")
    zsh.end()


@needs("fish")
def test_fish(script, tmp_path):
    path = script("fish")

    def offered(line):
        out = run("fish", f"source '{path}'; complete -C '{line}'", tmp_path)
        return {entry.split("\t")[0] for entry in out if entry}

    assert offered("runbookctl che") == {"check"}
    assert offered("runbookctl incidents re") == {"resolve", "retry"}
    assert "--no-secrets" in offered("runbookctl check --no")
    assert {"bash", "zsh", "fish"} <= offered("runbookctl completion ")


def test_another_shell_is_named(tmp_path):
    ctl = Ctl(folder=tmp_path)
    ctl.run("completion", "tcsh", status=2)
    assert "bash | zsh | fish" in ctl.errors
