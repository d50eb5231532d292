"""Reading C sources for the checks: comments and string contents blanked out, line numbers kept."""

import os
import re

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)
FOLDERS = ("src", "include", "tests")


def sources(folders=FOLDERS, endings=(".c", ".h")):
    """Every file below the folders with one of the endings, sorted."""
    found = []
    for folder in folders:
        for root, dirs, names in os.walk(folder):
            dirs[:] = sorted(d for d in dirs if not d.startswith((".", "__")))
            found += [os.path.join(root, n) for n in sorted(names) if n.endswith(endings)]
    return found


def read(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    return TOKEN.sub(lambda m: blank(m[0]) if m[0].startswith("/") else m[0], text)


def code_only(text):
    """Neither comments nor what is inside strings."""
    return TOKEN.sub(lambda m: blank(m[0]) if m[0].startswith("/") else m[0][0] + blank(m[0][1:-1]) + m[0][-1], text)


def comments_only(text):
    """Comments at their place, everything else blank."""
    out, at = [], 0
    for m in TOKEN.finditer(text):
        out.append(blank(text[at:m.start()]))
        out.append(m[0] if m[0].startswith("/") else blank(m[0]))
        at = m.end()
    return "".join(out) + blank(text[at:])


def functions(text):
    """(line, name) of every function that is defined: what stands before a brace in the first column."""
    code = re.sub(r"__attribute__\(\(.*?\)\)\s", lambda m: blank(m[0]), code_only(text))
    for brace in re.finditer(r"^\{", code, re.M):
        head = re.split(r"[;}]|\n\n|^#.*$", code[max(0, brace.start() - 2000):brace.start()], flags=re.M)[-1]
        name = re.search(r"\b(\w+)\(", head)
        if name and "=" not in head[:name.start()]:
            yield line_of(code, brace.start() - len(head) + name.start(1)), name[1]


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def includes(text):
    """(line, name, quoted) of every #include."""
    code = without_comments(text)
    return [(line_of(code, m.start(2)), m[2], m[1] == '"') for m in INCLUDE.finditer(code)]


def print_checks(checks):
    """Run (name, function) pairs for a person; the exit status tells whether all held."""
    bad = 0
    for name, check in checks:
        problems = check()
        bad += bool(problems)
        print(("not ok" if problems else "ok"), "-", name)
        for problem in problems:
            print("   ", problem)
    return 1 if bad else 0
