"""
Short versions of `make chaos`: every kind of fault a few times, and the two scenarios. And that the harness notices when
alerts are lost. Runs mostly wait, so several go on side by side; each test is about one of them.
"""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest

from chaos.escalation import Escalation
from chaos.faults import KINDS, RedisKilled
from chaos.run_kind import Run
from chaos.scenarios import RedisAway, SentinelPair
from chaos.story import told_in_full

SEED, FAULTS, RATE, SIDE_BY_SIDE = 5, 2, 30, 4
STORIES = 3  # in full, where a test fails


class SentinelPairInHaste(SentinelPair):
    quiet = (1, 1)


class RedisForgets(RedisKilled):
    """A Redis that keeps nothing on disk: what was answered 200 is gone with it, and nobody will send it again."""

    name, rest, quiet = "redis-forgets", 1.5, (2.5, 3.0)
    setup = dataclasses.replace(RedisKilled.setup, durable=False, on_redis_failure="reject")


# The longest first.
RUNS = {
    SentinelPair.name: (SentinelPairInHaste, {}),
    RedisAway.name: (RedisAway, {"faults": 1, "hold": (5, 5)}),
    Escalation.name: (Escalation, {"faults": 2, "rate": 15}),
    RedisForgets.name: (RedisForgets, {"faults": 1, "rate": 50}),
    **{name: (kind, {}) for name, kind in KINDS.items()},
}


def run(name, folder):
    kind, options = RUNS[name]
    return Run(kind, str(folder), **{"faults": FAULTS, "seed": SEED, "rate": RATE, **options})()


@pytest.fixture(scope="module")
def results(request, tmp_path_factory):
    """{name: future Result} of the runs that the chosen tests are about."""
    chosen = [i.callspec.params["name"] for i in request.session.items if i.fspath == request.path]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        yield {name: pool.submit(run, name, tmp_path_factory.mktemp(name)) for name in RUNS
               if name in chosen and not RUNS[name][0].missing()}


@pytest.fixture
def result(results, name):
    if why := RUNS[name][0].missing():
        pytest.skip(why)
    return results[name].result()


@pytest.mark.parametrize("name", [n for n in RUNS if n != RedisForgets.name])
def test_nothing_answered_200_is_lost(result):
    assert result.faults and result.verdict.acked
    assert result.clean, "\n".join(told_in_full(result.verdict, result.history, STORIES))


@pytest.mark.parametrize("name", [RedisForgets.name])
def test_a_store_that_forgets_is_noticed(result):
    assert result.verdict.zombie or result.verdict.lost
    assert any("and should be" in line for line in result.verdict.others), "the store differs from what is true"
