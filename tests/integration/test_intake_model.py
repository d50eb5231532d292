"""The intake's model (shared/model/intake.py) and the router's own functions decide alike on random histories.

Every body that the model's Alertmanager sends, and every tick, goes to both; after each the page, when it is due and the
counts of every row must be equal. Skipped where the model is not beside the checkout.
"""
import importlib.util
import os
import random
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT.parent / "shared" / "model" / "intake.py"
TICK = 1_000_000  # ms; late_grace is one tick, as in the model
HISTORIES = 150
STEPS = 45


def load_model():
    spec = importlib.util.spec_from_file_location("intake_model", MODEL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Code:
    """The router's functions, fed line by line."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(30) == 0


class Both:
    """One history: what the model is told, the code is told as well."""

    def __init__(self, model, code, scenario):
        self.model, self.code, self.scenario, self.ticks = model, code, scenario, 0
        self.answer = code.say(f"policy {TICK} {scenario.page_after * TICK} {model.EXPIRE * TICK} {model.FRESH * TICK}")
        self.told = []

    def tell(self, line):
        self.told.append(line)
        self.answer = self.code.say(line)

    def body(self, group, listing, cut):
        words = []
        for i, v in listing:
            quiet = "!" if i in self.scenario.quiet else ""
            ends = f"-{-v * 10 + 5}" if v < 0 else ""
            words.append(f"{self.scenario.incident[i]}{self.scenario.alerts[i]}{quiet}@{abs(v) * 10}{ends}")
        fires = "some" if any(v > 0 for _, v in listing) else "none"
        self.tell(f"body {self.ticks * TICK + 100} g{group} {'cut' if cut else 'whole'} {fires} {' '.join(words)}")

    def tick(self):
        self.ticks += 1
        self.tell(f"tick {self.ticks * TICK + 99}")

    def expected(self, incidents):
        """As the code prints it, without the rows' order and the time until a page is due."""
        return [(bool(told), due is not None, sorted([n for n in (r[3:7] for r in rows if r) if any(n)]))
                for told, due, rows in incidents]

    def actual(self):
        out = []
        for part in self.answer.split(" | "):
            told, due, *rows = part.split(" ")
            counts = [list(map(int, r.split(","))) for r in "".join(rows).split(";") if r]
            out.append((told == "1", due != "-", sorted(c for c in counts if any(c))))
        return out


def watched(model, both):
    """The model's world, of which every body and tick is passed on."""

    class Watched(model.World):
        def accept(self, group, listing, cut):
            super().accept(group, listing, cut)
            both.body(group, listing, cut)
            self.compare()

        def tick(self):
            super().tick()
            both.tick()
            self.compare()

        def compare(self):
            expected, actual = both.expected(self.incidents), both.actual()
            assert expected == actual, "\n".join(["the model and the code part here:"] + both.told +
                                                 [f"model {expected}", f"code  {actual}"])

    return Watched


def walk(model, code, scenario, dice):
    both = Both(model, code, scenario)
    world = watched(model, both)
    state = model.start(scenario)
    for _ in range(STEPS):
        steps = list(model.steps(scenario, frozenset(), state))
        if not steps:
            return
        step = dice.choice(steps)
        one = world(scenario, frozenset(), state)
        if step[0] in ("happen", "edit"):
            one.events -= 1
        elif step[0] in ("lag", "restart") or len(step) > 2:
            one.faults -= 1
        getattr(one, step[0])(*step[1:])
        state = one.freeze()


def scenarios(model):
    for scenario in model.SCENARIOS:
        more = model.Scenario.__new__(model.Scenario)
        more.__dict__.update(scenario.__dict__)
        more.events, more.most = 14, 3 if scenario.faults else 0
        yield more


@pytest.mark.skipif(not MODEL.exists(), reason="the model is not beside this checkout")
def test_the_code_decides_as_the_model_does():
    model = load_model()
    build = Path(os.environ["RUNBOOKD_BIN_DIR"]).parent
    code = Code(build / "tests" / "tools" / "intake_replay")
    for scenario in scenarios(model):
        for seed in range(HISTORIES):
            try:
                walk(model, code, scenario, random.Random(f"{scenario.name} {seed}"))
            except model.Broken as why:
                # More faults than the model was explored with may break a property of it: that is no difference.
                assert str(why)
    code.close()
