#!/usr/bin/python3
"""The house rules about layers: who may include whom, who may use which library, who may read a clock."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from csource import code_only, includes, line_of, print_checks, read, sources

# A library belongs to few layers, so that replacing it touches only those.
LIBRARIES = {
    "event2/": ("io",),
    "event.h": ("io",),
    "hiredis": ("io", "store"),
    "curl/": ("io",),
    "sqlite3.h": ("store",),
    "pcre2.h": ("rules",),
    "yaml.h": ("base",),
    "cmark-gfm": ("catalog",),
    "utf8proc.h": ("words",),
    "git2": ("config",),
    "libical/": ("catalog",),
    "openssl/": ("base", "io"),
    "crypt.h": ("io",),
    "zlib.h": ("base",),
}
# What one layer may know of another left of it, where that is not all: stores keep records, and do not know what they mean.
NARROW = {("store", "incident"): ("incident/member.h",)}
PURE = ("alert", "words", "catalog", "rules", "incident", "lint", "receivers")
CLOCK = re.compile(r"(?<![\w.>])(time|clock|clock_gettime|gettimeofday|timespec_get|ftime)[ \t]*\(")
PROTOTYPE = re.compile(r"^(?!static|typedef|#)\w[^\n;{}]*\([^;{}]*\)[^;{}]*;", re.M)
# Two programs' rooms: the daemon's pages and the commands share what is left of both, and nothing else.
STRANGERS = {("ctl", "web")}
# Made by the Makefile, not a file of the tree.
GENERATED = {"version.h": ("web", "ctl", "app")}


def layers():
    for line in read("Makefile").splitlines():
        if line.startswith("LAYERS :="):
            return line.split(":=")[1].split()
    raise SystemExit("Makefile: no LAYERS line")


LAYERS = layers()


def layer_files():
    for top in ("include", "src"):
        for path in sources((top,)):
            yield path, path.split(os.sep)[1]


def include_problem(path, layer, name, quoted):
    first = name.split("/")[0]
    if not quoted:
        return None if first not in LAYERS or "/" not in name else f"<{name}> of the project: use quotes"
    if name in GENERATED:
        return None if layer in GENERATED[name] else f'"{name}" belongs to {", ".join(GENERATED[name])} only'
    if "/" not in name:
        beside = os.path.join(os.path.dirname(path), name)
        return None if os.path.exists(beside) else f'"{name}" does not name its layer'
    if first not in LAYERS:
        return f'"{name}" is in no layer'
    if LAYERS.index(first) > LAYERS.index(layer):
        return f'{layer} includes "{name}", which is right of it'
    if (layer, first) in STRANGERS:
        return f'{layer} includes "{name}": {layer} and {first} do not know each other'
    if name not in NARROW.get((layer, first), (name,)):
        return f'{layer} knows of {first} only {", ".join(NARROW[layer, first])}'
    return None


def check_direction():
    problems = []
    for path, layer in layer_files():
        if layer not in LAYERS:
            problems.append(f"{path}: {layer} is no layer (Makefile, LAYERS)")
            continue
        for line, name, quoted in includes(read(path)):
            problem = include_problem(path, layer, name, quoted)
            if problem:
                problems.append(f"{path}:{line}: {problem}")
    return problems


def check_libraries():
    problems = []
    for path, layer in layer_files():
        for line, name, _ in includes(read(path)):
            for library, allowed in LIBRARIES.items():
                if name.startswith(library) and layer not in allowed:
                    problems.append(f"{path}:{line}: {name} is for {', '.join(allowed)} only")
    return problems


def check_clock():
    problems = []
    for path, _ in layer_files():
        if path.startswith("src/io/loop"):
            continue
        code = code_only(read(path))
        problems += [f"{path}:{line_of(code, m.start())}: {m[1]}() outside io/loop" for m in CLOCK.finditer(code)]
    return problems


def check_pure():
    problems = []
    for path, layer in layer_files():
        if layer in PURE:
            problems += [f"{path}:{line}: {layer} is pure and never logs"
                         for line, name, _ in includes(read(path)) if name == "base/log.h"]
    return problems


def check_mirror():
    """A header with prototypes has its source of the same name (or NAME_*.c) in the same layer."""
    problems = []
    for path in sources(("include",)):
        stem = os.path.splitext(os.path.relpath(path, "include"))[0]
        folder, name = os.path.split(os.path.join("src", stem))
        beside = os.listdir(folder) if os.path.isdir(folder) else []
        if not PROTOTYPE.search(code_only(read(path))):
            continue
        if not any(b == name + ".c" or (b.startswith(name + "_") and b.endswith(".c")) for b in beside):
            problems.append(f"{path}: no {folder}/{name}.c")
    return problems


def compile_command():
    out = subprocess.run([os.environ.get("MAKE", "make"), "-s", "--no-print-directory", "print-compile", "WERROR=1"],
                         stdout=subprocess.PIPE, check=True, text=True)
    return out.stdout.split()


def check_headers_alone():
    command = compile_command() + ["-fsyntax-only", "-x", "c", "-"]

    def compiles(path):
        name = os.path.relpath(path, "include" if path.startswith("include") else "src")
        done = subprocess.run(command, input=f'#include "{name}"\ntypedef int not_empty;\n', text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return f"{path} does not compile alone:\n{done.stdout}" if done.returncode else None

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [p for p in pool.map(compiles, sources(("include", "src"), (".h",))) if p]


CHECKS = [
    ("layers: includes point left", check_direction),
    ("layers: libraries stay in their layers", check_libraries),
    ("layers: only io/loop reads a clock", check_clock),
    ("layers: pure layers do not log", check_pure),
    ("layers: src mirrors include", check_mirror),
    ("layers: every header compiles alone", check_headers_alone),
]

if __name__ == "__main__":
    sys.exit(print_checks(CHECKS))
