"""One kind of fault under load: inject, heal, again; now and then a rest; then what the checker says of it."""

import random
import time
from dataclasses import dataclass, field

from harness import wait_until

from .checker import Verdict, judge
from .faults import Fault
from .history import History, Rest, Window, is_step, steps_of, tellings_of
from .world import World

RATE = 50  # alerts a second
REST_EVERY = 20  # faults
IMPATIENT = 5  # seconds
SAVED = 5  # incidents that a router is wrong about
NOTICED = 2.0  # seconds within which an unexcused fault is got over


@dataclass
class Result:
    kind: str
    what: str
    faults: int = 0
    skipped: str = None
    verdict: Verdict = field(default_factory=Verdict)
    notes: list = field(default_factory=list)
    seconds: float = 0.0
    history: History = None

    @property
    def clean(self):
        return self.verdict.clean


def some(names):
    return f"{len(names)} {sorted(names)[:5]}"


class Run:
    """A world in a folder of its own, `faults` faults of one kind, a Result. `setup` and `hold` in the place of the kind's."""

    def __init__(self, kind, folder, faults, seed, rate=RATE, setup=None, hold=None):
        self.kind, self.faults, self.rate, self.hold = kind, faults, rate, hold or kind.hold
        self.seed = f"{seed}/{kind.name}"
        self.dice = random.Random(self.seed)
        self.history = History()
        self.world, self.load = World(folder, setup or kind.setup), None
        self.injected, self.patience = 0, kind.rest
        self.read, self.names = 0, {}  # requests of the provider that were looked at, and the incident of each key

    def __call__(self):
        began = time.monotonic()
        try:
            self.world.start()
            self.load = self.kind.load(self.world, self.rate, self.seed).start()
            self.course()
        finally:
            if self.load:
                self.load.stop()
            self.world.save_logs()
            self.world.stop()
        return self.result(time.monotonic() - began)

    def result(self, seconds):
        self.history.posts = list(self.load.posts)
        accepted = self.world.recorder.all(accepted=True)
        self.history.tellings, self.history.steps = tellings_of(accepted), steps_of(accepted)
        wrong, notes = self.kind.examine(self.history)
        self.history.others += self.load.refused + wrong
        verdict = judge(self.history, self.kind.margin, self.kind.least)
        return Result(self.kind.name, self.kind.what, self.injected, None, verdict,
                      [*notes, *self.load.notes], seconds, self.history)

    def course(self):
        self.pause(*self.kind.quiet)
        for number in range(1, self.faults + 1):
            self.one_fault(self.kind(self.world, self.dice))
            if number == self.faults or number % REST_EVERY == 0:
                self.rest()
                self.load.thaw(making=number < self.faults)
            else:
                self.pause(*self.kind.quiet)
        self.end()

    def pause(self, least, most):
        seconds = least + self.dice.random() * (most - least)
        time.sleep(seconds)  # sleep: faults last and lie apart for random times, that is what they are

    def one_fault(self, fault: Fault):
        began = healing = time.monotonic()
        try:
            fault.inject()
            self.pause(*self.hold)
        finally:
            healing = time.monotonic()
            fault.heal()
            self.note_window(fault.detail, began, healing, time.monotonic())
        self.injected += 1

    def note_window(self, what, began, healing, ended):
        if self.kind.excused:
            self.history.windows.append(Window(began, ended, what))
        else:
            self.history.windows += [Window(began, began + NOTICED, what), Window(healing, ended, "healing")]

    # ---- rests ----

    def rest(self):
        """Load ends, what fires goes on firing, all is told; then the checker's picture is taken."""
        self.load.freeze()
        self.settle(self.world.all_ready, "every router is ready")
        self.settle(self.load.all_said, "every webhook is answered 200")
        firing, doubtful = self.load.firing(), self.load.doubtful()
        self.settle(lambda: self.provider_agrees(firing, doubtful), None)
        for router in self.world.routers:
            if not self.settle(lambda: self.store_differs(router, firing, doubtful) == "", None):
                self.history.others.append(
                    f"{router.house.folder}: {self.store_differs(router, firing, doubtful, save=True)}")
            self.settle(lambda: self.counters_agree(router), f"{router.house.folder}: received equals decided")
        # a key that is resolved next, and its successor that is triggered then, are open of one incident
        self.settle(lambda: self.nothing_is_due() and self.provider_agrees(firing, doubtful), None)
        self.history.rests.append(Rest(time.monotonic(), firing, doubtful))

    def settle(self, condition, otherwise):
        """False, and a line where `otherwise` is one, when it does not come true. The run has failed then: later ones are brief."""
        try:
            wait_until(condition, self.patience)
        except AssertionError:
            if otherwise:
                self.history.others.append(f"not within {self.patience} s: {otherwise}")
            self.patience = min(self.patience, IMPATIENT)
            return False
        return True

    def provider_agrees(self, firing, doubtful):
        pages, steps = self.open_at_provider()
        found = [i for i in pages if i not in doubtful]
        return sorted(found) == sorted(firing - doubtful) and steps <= firing | doubtful

    def open_at_provider(self):
        """The incident of each open key, and all that a step's key is open of; what was read once is not read again."""
        recorder = self.world.recorder
        with recorder.lock:
            new, open_keys = recorder.requests[self.read:], set(recorder.open)
        self.read += len(new)
        self.names.update((r.key, r.labels["incident"]) for r in new if r.action == "trigger")
        return [self.names[k] for k in open_keys if not is_step(k)], {self.names[k] for k in open_keys if is_step(k)}

    def store_differs(self, router, firing, doubtful, save=False):
        """What a router thinks open and what is; empty when that is the same."""
        try:
            found = router.open_incidents()
        except (OSError, AssertionError) as failure:
            return f"does not say what is open: {failure}"
        more, less = found - firing - doubtful, firing - found - doubtful
        if save:
            self.world.save_incidents(sorted(more)[:SAVED] + sorted(less)[:SAVED])
        return f"open and should not be: {some(more)}; not open and should be: {some(less)}" if more or less else ""

    def nothing_is_due(self):
        try:
            return not any(router.sum("delivery_queue") for router in self.world.routers)
        except OSError:
            return False

    def counters_agree(self, router):
        return router.sum("alerts_received_total") == router.sum("alerts_decided_total")

    def end(self):
        """Everything resolves; nothing may stay open anywhere."""
        self.settle(self.load.over, "every alert has ended")
        self.rest()
        self.history.others += self.world.finish()
        if self.world.setup.store != "sqlite":
            for router in self.world.routers:
                if left := router.owned_open():
                    self.history.others.append(f"{router.house.folder}: {left} open incidents left in the local file")
