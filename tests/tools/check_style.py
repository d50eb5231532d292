#!/usr/bin/python3
"""Style and layout: formatting, file lengths, banned functions, waiting in tests, what may stand at the top."""

import ast
import os
import re
import shutil
import subprocess
import sys

from csource import code_only, comments_only, functions, line_of, print_checks, read, sources

LINES_MAX = 500
TOP = {"Makefile", "src", "include", "rules", "config", "findings", "tests", "docker-compose.yml", "README.md",
       "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "Dockerfile"}

BANNED = "strcpy strcat sprintf vsprintf strtok gets alloca system popen atoi atol setjmp longjmp".split()
ALLOCATORS = "malloc calloc realloc strdup strndup asprintf vasprintf".split()
# Memory that a library will free must come from libc: /* malloc: hiredis frees the privdata */
ALLOCATOR_REASON = re.compile(r"\bmalloc:\s+\w+")
PLACEHOLDER = re.compile(r"(?:/\*+|//|^\s*\*)\s*(TODO|FIXME|XXX)\b|\b(TODO|FIXME|XXX)\s*[:(]", re.M)
MACHINE_PATH = re.compile(r"(?:^|[\s\"'`=(:,\[])(/(?:home|root|Users|work|tmp|var/tmp|mnt)/\w+)", re.M)
# A reason after the sleep: # sleep: the provider answers late on purpose
SLEEP_REASON = re.compile(r"(?:#|//|/\*)\s*sleep:\s+\w+")
TEXT = (".c", ".h", ".py", ".sh", ".yml", ".yaml", ".md", ".service", ".lua", ".sql", ".html", ".css", ".mk")


def calls(names):
    return re.compile(r"(?<![\w.>])(" + "|".join(names) + r")[ \t]*\(")


def check_format():
    tool = shutil.which("clang-format")
    if not tool:
        return ["clang-format is not installed"]
    files = sources()
    if not files:
        return []
    done = subprocess.run([tool, "--dry-run", "-Werror", "--ferror-limit=1", *files],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode == 0:
        return []
    lines = [line for line in done.stdout.splitlines() if "error:" in line]
    return [f"{line} (make format)" for line in lines] or [done.stdout]


def check_length():
    problems = []
    for path in sources(endings=(".c", ".h", ".py", ".sh", ".lua")):
        n = read(path).count("\n")
        if n >= LINES_MAX:
            problems.append(f"{path}: {n} lines, the most is {LINES_MAX - 1}")
    return problems


def check_banned():
    pattern, problems = calls(BANNED), []
    for path in sources():
        code = code_only(read(path))
        problems += [f"{path}:{line_of(code, m.start())}: {m[1]}() is banned" for m in pattern.finditer(code)]
    return problems


def check_allocators():
    pattern, problems = calls(ALLOCATORS), []
    for path in sources(("src", "include")):
        if path == "src/base/mem.c":
            continue
        text = read(path)
        lines, code = text.splitlines(), code_only(text)
        for m in pattern.finditer(code):
            n = line_of(code, m.start())
            if not ALLOCATOR_REASON.search("\n".join(lines[max(0, n - 2):n])):
                problems.append(f"{path}:{n}: {m[1]}() outside base/mem.c (or say why: /* malloc: … */)")
    return problems


def check_placeholders():
    problems = []
    for path in sources(("src", "include")):
        comments = comments_only(read(path))
        problems += [f"{path}:{line_of(comments, m.start())}: {m[1] or m[2]}" for m in PLACEHOLDER.finditer(comments)]
    return problems


def bounded(function):
    """A poll: loops, and gives up at a deadline."""
    names = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)} | {a.arg for a in function.args.args}
    loops = any(isinstance(n, (ast.While, ast.For)) for n in ast.walk(function))
    return loops and any("deadline" in name or "timeout" in name for name in names)


def python_sleeps(path):
    text = read(path)
    lines, tree = text.splitlines(), ast.parse(text, path)
    inside_poll = {call for f in ast.walk(tree) if isinstance(f, (ast.FunctionDef, ast.AsyncFunctionDef)) and bounded(f)
                   for call in ast.walk(f)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or node in inside_poll:
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name == "sleep" and not SLEEP_REASON.search(lines[node.lineno - 1]):
            yield f"{path}:{node.lineno}: sleep outside a bounded poll (or say why: # sleep: …)"


def check_sleep():
    problems = []
    for path in sources(("tests",), (".py",)):
        problems += python_sleeps(path)
    pattern = calls(["sleep", "usleep", "nanosleep", "clock_nanosleep"])
    for path in sources(("tests",)):
        text = read(path)
        lines, code = text.splitlines(), code_only(text)
        problems += [f"{path}:{n}: {m[1]}() in a test" for m in pattern.finditer(code)
                     for n in [line_of(code, m.start())] if not SLEEP_REASON.search(lines[n - 1])]
    for path in sources(("tests",), (".sh",)):
        problems += [f"{path}:{n}: sleep (or say why: # sleep: …)" for n, line in enumerate(read(path).splitlines(), 1)
                     if re.search(r"(^|[;&|]\s*|\s)sleep\s+[\d.$\"]", line) and not SLEEP_REASON.search(line)]
    return problems


def check_paths():
    problems = []
    own = sources(("src", "include", "rules", "config", "tests", ".ci"), TEXT + ("run",))
    for path in own + [t for t in sorted(TOP) if os.path.isfile(t)]:
        if path == "tests/tools/check_style.py" or path.startswith("tests/fuzz/corpus"):
            continue
        text = read(path)
        problems += [f"{path}:{line_of(text, m.start(1))}: {m[1]} is a path of one machine"
                     for m in MACHINE_PATH.finditer(text)]
    return problems


def check_openings():
    """Whoever opens a file reads first what it is."""
    return [f"{path}:1: no comment says what this file is"
            for path in sources(("src", "include"), (".c", ".h", ".lua", ".js", ".css"))
            if not read(path).startswith(("/*", "--"))]


def check_names():
    """A name in a backtrace is one place: no function has the name of another file's."""
    seen, problems = {"main": None}, []
    for path in sources(("src", "include")):
        for line, name in functions(read(path)):
            first = seen.setdefault(name, path)
            if first not in (None, path):
                problems.append(f"{path}:{line}: {name}() has the name of a function in {first}")
    return problems


# Rows that a function puts together with others: their tables are made there.
MADE_TABLES = {("src/config/receivers.c", "base_rows"), ("src/catalog/runbooks.c", "rows")}


def check_settings():
    """What reads a file is what help and manual pages list: each array of rows is a table that another leads to."""
    problems = []
    for path in sources(("src/config", "src/catalog", "src/rules")):
        text = read(path)
        for m in re.finditer(r"^static const struct option (\w+)\[", text, re.M):
            if f"OPTION_TABLE({m[1]})" not in text and (path, m[1]) not in MADE_TABLES:
                problems.append(f"{path}:{line_of(text, m.start())}: {m[1]} is in no OPTION_TABLE, so help does not list it")
    return problems


def check_layout():
    """Dotfiles and what git ignores aside, the top is the house as it was laid out."""
    extra = [name for name in sorted(os.listdir(".")) if not name.startswith(".") and name not in TOP]
    if extra and os.path.exists(".git") and shutil.which("git"):
        done = subprocess.run(["git", "check-ignore", "--stdin"], input="".join(f"{e}/\n{e}\n" for e in extra),
                              stdout=subprocess.PIPE, text=True)
        ignored = {line.rstrip("/") for line in done.stdout.splitlines()}
        extra = [name for name in extra if name not in ignored]
    return [f"{name}: does not belong at the top" for name in extra if name != os.environ.get("BUILD", "build")]


CHECKS = [
    ("style: clang-format", check_format),
    ("style: files are short", check_length),
    ("style: no banned functions", check_banned),
    ("style: memory comes from base/mem", check_allocators),
    ("style: no placeholders", check_placeholders),
    ("style: tests wait for events, not for time", check_sleep),
    ("style: no paths of one machine", check_paths),
    ("style: every file opens with what it is", check_openings),
    ("style: no two files share a function's name", check_names),
    ("style: every setting is in help", check_settings),
    ("style: the top-level layout", check_layout),
]

if __name__ == "__main__":
    sys.exit(print_checks(CHECKS))
