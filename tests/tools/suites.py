"""The suites of one flavour: unit and golden programs, fuzz corpora, integration tests."""

import glob
import os
import re
import shlex
import signal
import subprocess
import tempfile
import threading
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from functools import partial

# Long after what hangs would have ended, on a busy machine too.
PROGRAM_SECONDS = 600
INTEGRATION_SECONDS = 2400
JOBS = os.cpu_count() or 1
UNIT = ("tests/unit/*/test_*.c", "tests/golden/test_*.c")
FUZZ = ("tests/fuzz/fuzz_*.c",)
TOOLS = ("tests/tools/*.c",)  # programs that integration tests run

SANITIZER_OPTIONS = {
    # cmocka would catch the signal and swallow the report.
    "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1:handle_segv=2:handle_sigbus=2:"
                    "handle_sigfpe=2:handle_sigill=2:allow_user_segv_handler=0:detect_leaks={leaks}",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
}
LEAK = "#include <stdlib.h>\nvoid *volatile p;\nint main(void)\n{\n\tp = malloc(7);\n\tp = 0;\n\treturn 0;\n}\n"


class Flavour:
    """One build folder and the environment that its tests run in."""

    def __init__(self, sanitizer):
        self.sanitizer = sanitizer
        self.name = (sanitizer or "release") + os.environ.get("FLAVOUR_SUFFIX", "")
        self.folder = os.path.join(os.environ.get("BUILD", "build"), self.name)
        self.not_built = set()
        self.environment = dict(os.environ, RUNBOOKD_BIN_DIR=os.path.abspath(self.folder + "/bin"),
                                CMOCKA_MESSAGE_OUTPUT="TAP", PYTHONDONTWRITEBYTECODE="1")
        for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "CMOCKA_XML_FILE", "CMOCKA_TEST_ABORT"):
            self.environment.pop(name, None)
        self.set_leaks(True)

    def set_leaks(self, on):
        if self.sanitizer:
            for name, value in SANITIZER_OPTIONS.items():
                self.environment[name] = value.format(leaks=int(on))

    def programs(self, patterns):
        """(name, program) of every test source."""
        for path in (path for pattern in patterns for path in sorted(glob.glob(pattern))):
            name = os.path.splitext(path)[0]
            yield name, os.path.join(self.folder, name)


def run(command, environment, seconds):
    """(exit status, output); its whole process group is gone when it returns. A hang is status None."""
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True)
    try:
        output, _ = process.communicate(timeout=seconds)
        status = process.returncode
    except subprocess.TimeoutExpired:
        status = None
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
    return status, output.decode(errors="replace")


def ending(status, seconds):
    if status is None:
        return f"still running after {seconds} s"
    if status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"exit status {status}"


# ---- build ----

NOT_REMADE = re.compile(r"Target '(.*)' not remade because of errors")
QUIET = re.compile(r"  (CC|LINK)  |make.*: Target '.*' not remade")


def make_flags():
    """MAKEFLAGS of the make above without its job server, which this program does not pass on."""
    flags = os.environ.get("MAKEFLAGS", "").split()
    return " ".join(f for f in flags if not f.startswith(("-j", "--jobserver")))


def make(flavour, targets, behind):
    """`behind` others: with what they leave of the processors."""
    command = [*(["nice", "-n", "19"] if behind else []), os.environ.get("MAKE", "make"), "--no-print-directory", "-k", f"-j{JOBS}", "WERROR=1",
               f"SAN={flavour.sanitizer}", *targets]
    done = subprocess.run(command, env=dict(os.environ, MAKEFLAGS=make_flags(), LC_ALL="C"),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode(errors="replace")


def build(tally, flavour, behind=False):
    """Builds programs and tests; counted as one test. What does build is tested even when something else does not."""
    started = time.monotonic()
    status, output = make(flavour, ["build"] + [path for _, path in flavour.programs(UNIT + FUZZ + TOOLS)], behind)
    flavour.not_built = set(NOT_REMADE.findall(output))
    said = "\n".join(line for line in output.splitlines() if not QUIET.match(line))
    tally.test(f"{flavour.name}: build", "failed" if status else "passed", said)
    tally.note(f"{flavour.name}: built in {time.monotonic() - started:.0f} s")
    if flavour.sanitizer:
        check_leak_detection(tally, flavour)


def check_leak_detection(tally, flavour):
    """LeakSanitizer needs ptrace, which some containers forbid. Then say so, and run without it."""
    with tempfile.TemporaryDirectory() as folder:
        source, program = folder + "/leak.c", folder + "/leak"
        with open(source, "w", encoding="ascii") as f:
            f.write(LEAK)
        subprocess.run([*shlex.split(os.environ.get("CC", "gcc")), "-fsanitize=address", source, "-o", program],
                       check=True)
        status, output = run([program], flavour.environment, 30)
    name = f"{flavour.name}: leaks are detected"
    if status and "detected memory leaks" in output:
        tally.test(name, "passed")
    else:
        flavour.set_leaks(False)
        tally.test(name, "skipped", f"LeakSanitizer does not work here ({ending(status, 30)}), leaks go unseen")


# ---- unit, golden, fuzz ----

PLAN = re.compile(r"^1\.\.(\d+)$")
# "ok 1 - name", "not ok 2 - name" (what follows says why), "not ok 3 # SKIP name"
LINE = re.compile(r"^(not ok|ok) \d+ (- |# SKIP )(.*)$")


def parse_tap(output):
    """(number of planned tests, [(result, name, lines that followed)]) of cmocka's TAP; each group has a plan."""
    planned, tests = 0, []
    for line in output.splitlines():
        plan, test = PLAN.match(line), LINE.match(line)
        if plan:
            planned += int(plan[1])
        elif test:
            result = "skipped" if "SKIP" in test[2] else "passed" if test[1] == "ok" else "failed"
            tests.append((result, test[3], []))
        elif tests:
            tests[-1][2].append(line)
    return planned, tests


def count_tap(tally, program, status, output):
    """A program fails as a whole when it ends badly without a failed test, or before its plan is done."""
    planned, tests = parse_tap(output)
    for result, name, lines in tests:
        tally.test(f"{program}: {name}", result, "\n".join(lines) if result == "failed" else "")
    failed = any(result == "failed" for result, _, _ in tests)
    if len(tests) < planned or not planned or (status != 0 and not failed):
        why = f"{ending(status, PROGRAM_SECONDS)}, {len(tests)} of {planned} tests reported"
        tally.test(f"{program}: {why}", "failed", output)


def run_program(tally, flavour, name, path):
    status, output = run([path], flavour.environment, PROGRAM_SECONDS)
    count_tap(tally, f"{flavour.name}: {name}", status, output)


def replay_corpus(tally, flavour, name, path):
    corpus = "tests/fuzz/corpus/" + os.path.basename(name)[len("fuzz_"):]
    label = f"{flavour.name}: {name}"
    if not os.path.isdir(corpus):
        tally.test(label, "failed", f"no corpus: {corpus}")
        return
    status, output = run([path, corpus], flavour.environment, PROGRAM_SECONDS)
    if status != 0:
        output += f"\n{ending(status, PROGRAM_SECONDS)}"
    tally.test(label, "passed" if status == 0 else "failed", output)


def programs(tally, flavour):
    """[(seconds, function)]: unit and golden tests and corpora; what does not build is counted now."""
    jobs = []
    for patterns, job in ((UNIT, run_program), (FUZZ, replay_corpus)):
        for name, path in flavour.programs(patterns):
            if path in flavour.not_built or not os.path.exists(path):
                tally.test(f"{flavour.name}: {name}: does not build", "failed")
            else:
                jobs.append((SECONDS.get(name, 0), partial(job, tally, flavour, name, path)))
    return jobs


# ---- integration ----


def count_junit(tally, flavour, path):
    """The number of failed tests, or None where pytest left no report."""
    try:
        cases = list(ElementTree.parse(path).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return None
    failed = 0
    for case in cases:
        name = f"{flavour.name}: {case.get('classname')}.{case.get('name')}"
        bad = [e for e in case if e.tag in ("failure", "error")]
        skip = case.find("skipped")
        if bad:
            failed += 1
            tally.test(name, "failed", "\n".join(e.text or e.get("message", "") for e in bad))
        elif skip is not None:
            tally.test(name, "skipped", skip.get("message", ""))
        else:
            tally.test(name, "passed")
    return failed


def run_pytest(tally, flavour, path):
    with tempfile.TemporaryDirectory() as folder:
        report = folder + "/report.xml"
        status, output = run([os.environ.get("PYTHON", "/usr/bin/python3"), "-m", "pytest", "-q", "-p",
                              "no:cacheprovider", f"--basetemp={folder}/t", f"--junitxml={report}", path],
                             flavour.environment, INTEGRATION_SECONDS)
        failed = count_junit(tally, flavour, report)
    # 5: no test in this file. Anything but 0 and 1 is not a test that failed but pytest that did.
    if failed is None or status not in (0, 1) or bool(status) != bool(failed):
        tally.test(f"{flavour.name}: {path}: {ending(status, INTEGRATION_SECONDS)}", "failed", output)


# These say the same of every build: the programs that they start are not ours, or are asked nothing that the unit tests and
# corpora of that layer do not ask under the sanitizer, too.
RELEASE_ONLY = {
    "test_chaos_checker": "Python alone: the fault harness' own checker, fed with made-up histories",
    "test_chaos_load": "Python alone: the fault harness' own load",
    "test_cost": "counts the instructions of the release build",
    "test_sites": "hugo, mkdocs and others build sites, and every link is opened: the links are made by what tests/unit/catalog and "
                  "lint drive under the sanitizer",
    "test_harness": "Python alone: the harness itself",
    "test_intake_model": "feeds the functions of incident/ with text that it makes itself; tests/unit/incident/test_levels and "
                         "test_invariants and tests/unit/service/test_simulation drive the same under the sanitizer",
}


def integration(tally, flavour):
    """[(seconds, function)]: one pytest per file; each test has its own ports and folders."""
    jobs = []
    for path in sorted(glob.glob("tests/integration/**/test_*.py", recursive=True)):
        name = os.path.splitext(os.path.basename(path))[0]
        if not (flavour.sanitizer and name in RELEASE_ONLY):
            jobs.append((SECONDS.get(os.path.splitext(path)[0], 0), partial(run_pytest, tally, flavour, path)))
    return jobs


# ---- one queue for all of them ----

# What takes longest begins first, so that none of it is left alone at the end: seconds on a quiet machine, where they are
# many. An entry that is wrong or missing costs time and nothing else.
SECONDS = {
    "tests/integration/test_silences": 158, "tests/integration/test_organisations": 93, "tests/integration/test_fallback": 71,
    "tests/integration/test_escalation": 69, "tests/integration/test_heartbeat": 59, "tests/integration/test_muted": 58,
    "tests/integration/test_cost": 50, "tests/integration/test_redis": 50, "tests/unit/receivers/test_hostile": 40,
    "tests/integration/test_mail": 40, "tests/integration/test_chaos": 39, "tests/integration/test_digest": 38,
    "tests/integration/test_backtest": 34, "tests/integration/test_receivers": 32, "tests/integration/test_replicas_clocks": 32,
    "tests/integration/test_large": 31, "tests/integration/test_crash": 28, "tests/integration/test_store_files": 27,
    "tests/integration/test_delivery": 26, "tests/unit/replica/test_failover_store": 26, "tests/integration/test_sites": 23,
    "tests/unit/io/test_redis_connection": 23, "tests/integration/test_import": 21, "tests/unit/service/test_timers": 21,
    "tests/integration/test_replicas_ends": 21, "tests/unit/store/test_sqlite_lost": 20,
}
# A test waits most of its time, for timers and for other programs: so many side by side keep the cores busy.
SIDE_BY_SIDE = 2 * JOBS + 1


class Queue:
    """Runs jobs side by side, the longest of those that wait first, while others are still added."""

    def __init__(self):
        self.pool, self.lock = ThreadPoolExecutor(SIDE_BY_SIDE), threading.Lock()
        self.waiting, self.running = [], set()

    def add(self, jobs):
        with self.lock:
            self.waiting = sorted(self.waiting + jobs, key=lambda job: job[0])
            self.running |= {self.pool.submit(self.run_longest) for _ in jobs}

    def run_longest(self):
        with self.lock:
            _, job = self.waiting.pop()
        job()

    def finish(self):
        """Returns when all are done; raises what one of them did."""
        while self.running:
            done, self.running = wait(self.running, return_when=FIRST_COMPLETED)
            for job in done:
                job.result()
        self.pool.shutdown()
