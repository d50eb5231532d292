#!/usr/bin/env python3
"""Takes each rule of delivery and of the intake out of a copy of the code, and demands that a test notices.

A test that passes proves something only if it fails where the code is wrong. Each row below takes one rule out; `make mutants`
builds the stories of the intake and the simulation with it, and fails where neither breaks.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
STORIES = "build/release/tests/unit/incident/test_levels"
SIMULATION = "build/release/tests/unit/service/test_simulation"
DECIDE, PAGE, ROW, EPISODE = (f"src/incident/{name}.c" for name in ("decide", "decide_page", "row", "episode"))
DELIVERY = "src/incident/delivery.c"

# rule, and in which file what stands there instead of what
DELIVERY_RULES = [
    ("lease: a leased pair that is made due at once may be claimed", ("src/store/memory_queue.c",
     "\tif (!leased(p, t->now))\n\t\tunlease", "\tif (at <= t->now || !leased(p, t->now))\n\t\tunlease")),
    ("outlive: a holder sends although its lease has run out", (DELIVERY,
     "return now_mono + timeout_ms < lease_end_mono;", "return now_mono >= 0 || lease_end_mono + timeout_ms > 0;")),
    ("maybe: an attempt is not on record before it is sent", (DELIVERY,
     "\t\tg->maybe = true;", "\t\tg->maybe = g->maybe || g->echo;")),
    ("generations: a reopening reuses the provider's key", (EPISODE,
     "\tinc->generation++;", "\tinc->generation += inc->generation == 0;")),
    ("echo: an attempt of unknown outcome is resolved only once", (DELIVERY,
     "\t\tg->echo = true;", "\t\tg->echo = false;")),
]

COUNTS = "on->now - since >= on->policy->late_grace)"
INTAKE_RULES = [
    ("absence: only a resolve ends a member", (DECIDE, COUNTS, "on->now < since)")),
    ("touched: a body is of those incidents only that it lists", (DECIDE,
     "if (on.n || row_find(inc, body->group))", "if (on.n)")),
    ("second: one body without it ends a member", (ROW,
     "\trow->former = row->mark;\n\trow->n1 = row->n0;\n\trow->w1 = row->w0;",
     "\trow->former = row_next_mark(inc, now);\n\trow->n1 = row->w1 = 0;")),
    ("apart: two bodies at once count as two", (DECIDE, COUNTS, "on->now >= since)")),
    ("empty: a body in which nothing fires is as good as none", (DECIDE,
     "on->body->whole && on->body->none_fires &&", "!on->body->whole && on->body->none_fires &&")),
    ("grace: …ends the others at once", (DECIDE,
     "row->left_at = on->now + on->policy->late_grace;", "row->left_at = on->now;")),
    ("expire: a row of which nothing is heard stays", (DECIDE,
     "row->left_at = on->now + incident_patience(", "row->left_at = on->now + 1000 * incident_patience(")),
    ("cut: a truncated body says who is absent, too", (DECIDE, "row && on->body->whole &&", "row &&"),
     (DECIDE, "row->truncated = on->body->truncated &&", "row->truncated = !on->body->truncated && on->body->truncated &&")),
    ("move: a member stays in the row of the group that listed it before", (DECIDE,
     "\t\tif (l->stood)\n\t\t\trow_take_out",
     "\t\tif (l->stood && !strcmp(l->a->member.group, on->body->group))\n\t\t\trow_take_out")),
    ("listed: anybody of the row folds, listed or not", (PAGE,
     "if (strcmp(inc->rows[i].group, on->body->group) != 0 && row_folds", "if (row_folds")),
    ("fresh: another group's row folds however long nothing was heard of it", ("src/incident/deciding.h",
     "on->now - row->heard_at <= on->policy->fresh", "on->now >= row->heard_at")),
    ("paged: who waits for a page folds", (PAGE, "on->of[i].kind == KIND_VETERAN && !row_waits(inc, &on->of[i].after)",
     "on->of[i].kind == KIND_VETERAN")),
    ("quiet: who does not page counts", (DECIDE, "m->counted = a->plan->page;", "m->counted = true;"),
     (DECIDE, "if (is_firing(&on->of[i]) && on->of[i].a->plan->page)\n\t\t\treturn true;",
      "if (is_firing(&on->of[i]))\n\t\t\treturn true;")),
    ("late: what is older than its known end pages at once", (DECIDE,
     "return !l->stood && m->found && starts &&", "return l->stood && !l->stood && m->found && starts &&")),
    ("order: an older resolve ends a member", (DECIDE,
     "l->old_end = l->a->alert->resolved && is_old_end(l->a);", "l->old_end = l->a->alert->resolved && is_old_end(l->a) && false;")),
    ("early: each newcomer sets the page anew", (PAGE,
     "inc->due_at = inc->due_at && inc->due_at < due ? inc->due_at : due;", "inc->due_at = due;")),
    ("keep: what was told is taken back while another page waits", (PAGE,
     "row_wait(inc, &l->after);", "row_wait(inc, &l->after);\n\t\tinc->ended_generation = inc->generation;")),
    ("waiting: a page is told though all who waited have ended", (EPISODE,
     "if (inc->due_at && !rows_waiting(inc))", "if (inc->due_at < 0 && !rows_waiting(inc))")),
]


def run(tree, test, seeds):
    subprocess.run(["make", "-s", "-j2", test], cwd=tree, check=True, stdout=subprocess.DEVNULL)
    return subprocess.run([tree / test], cwd=tree, env={**os.environ, "SEEDS": seeds}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)


def said(done):
    lines = [line for line in done.stdout.splitlines() if line.startswith(("seed ", "[  FAILED  ] "))]
    return lines[0].removeprefix("[  FAILED  ] ") if done.returncode and lines else ""


def swap(tree, edits):
    """The files as they were, by name."""
    before = {}
    for name, stands, instead in edits:
        text = (tree / name).read_text()
        if stands not in text:
            raise SystemExit(f"{name} no longer says {stands!r}: adapt this script to the code")
        before.setdefault(name, text)
        (tree / name).write_text(text.replace(stands, instead))
    return before


def is_noticed(tree, rule, edits, tests):
    before = swap(tree, edits)
    told = []
    for test, seeds in tests:
        done = run(tree, test, seeds)
        if done.returncode:
            told.append(f"{pathlib.Path(test).name}: {said(done) or 'crashed'}")
    for name, text in before.items():
        (tree / name).write_text(text)
    print(f"{'noticed' if told else 'NOT NOTICED'}: {rule}{''.join(f'{chr(10)}    {line}' for line in told)}", flush=True)
    return bool(told)


def main():
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder)
        for name in ("src", "include", "tests"):
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "Makefile", tree)
        for test in (STORIES, SIMULATION):
            whole = run(tree, test, "30000")
            if whole.returncode:
                print(whole.stdout + "a test fails with all rules in force")
                return 1
        noticed = [is_noticed(tree, rule, edits, [(SIMULATION, "30000")]) for rule, *edits in DELIVERY_RULES]
        noticed += [is_noticed(tree, rule, edits, [(STORIES, ""), (SIMULATION, "5000")]) for rule, *edits in INTAKE_RULES]
    return 0 if all(noticed) else 1


if __name__ == "__main__":
    sys.exit(main())
