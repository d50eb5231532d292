"""A proof that fails costs the same wherever it fails: its time tells nobody how near it came. Instructions are counted, so
that a busy machine changes nothing."""

import hashlib
import hmac
import os
import re
import shutil
import subprocess

import pytest

from harness.daemon import BIN

PROOF_COST = os.path.join(BIN, "..", "tests", "tools", "proof_cost")
SECRET = b"an invented secret, long enough"
BODY = (b'{"event":{"event_type":"incident.acknowledged","occurred_at":"2025-11-21T08:00:00Z","data":{"id":"Q1"}}}')
TIMES = 200
FEWER = {"password": 5}  # bcrypt is slow on purpose
MOST = 1.02


def sign(text):
    return hmac.new(SECRET, text, hashlib.sha256).hexdigest()


def flipped(text, at):
    return text[:at] + ("0" if text[at] != "0" else "1") + text[at:][1:]


def near_misses(good, prefix=""):
    """Wrong at once, at the end, and altogether."""
    return [prefix + wrong for wrong in (flipped(good, 0), flipped(good, 63), "0" * 64)]


# Wrong at once, at the end, altogether, and of another length.
TOKENS = ["x" + SECRET.decode()[1:], SECRET.decode()[:-1] + "x", "x" * len(SECRET), SECRET.decode()[:-1], "x", SECRET.decode() + "x"]
LINK = "0123456789abcdef" * 2 + ".3.1763715600."
CASES = {
    "link": near_misses(sign(b"runbookd acknowledge 1\n" + LINK.encode()), LINK + ".")
    + [LINK.replace(".3.", ".4.") + "." + sign(b"runbookd acknowledge 1\n" + LINK.encode())],
    "pagerduty": near_misses(sign(BODY), "v1="),
    "slack": near_misses(sign(b"v0:1763712000:" + BODY), "v0="),
    "signature": near_misses(sign(b"1763712000:" + BODY), "v1="),
    "bearer": ["Bearer " + wrong for wrong in TOKENS],
    "password": ["known", "unknown"],
    "opsgenie": TOKENS,
}


def instructions(kind, proof, times):
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", PROOF_COST, kind, proof, str(times)],
                          stderr=subprocess.PIPE, text=True, timeout=300)
    assert done.returncode == 0, "it holds, or valgrind does not\n" + done.stderr
    return int(re.search(r"Collected\s*:\s*(\d+)", done.stderr)[1])


@pytest.mark.skipif(not shutil.which("valgrind"), reason="no valgrind")
@pytest.mark.parametrize("kind", CASES)
def test_a_wrong_proof_costs_the_same_wherever_it_is_wrong(kind):
    if not os.path.exists(PROOF_COST):
        pytest.fail("tests/tools/proof_cost is not built: make tests")
    if "asan" in os.path.realpath(PROOF_COST).split(os.sep):
        pytest.skip("valgrind and the sanitizers do not go together")
    start = instructions(kind, CASES[kind][0], 0)
    times = FEWER.get(kind, TIMES)
    costs = [instructions(kind, proof, times) - start for proof in CASES[kind]]
    assert min(costs) > times * 1000, "nothing was looked at"
    assert max(costs) <= MOST * min(costs), dict(zip(CASES[kind], costs))
