"""The checker of the fault harness, fed with made-up histories: it must find each kind of violation, and only those."""

from chaos.checker import judge, spans_of, undisturbed
from chaos.escalation import Escalation
from chaos.history import History, Post, Rest, State, Step, Telling, Window, steps_of, tellings_of
from harness.recorder import Request


def post(at, firing, status=200, incident="a", episode=1, took=0.01):
    return Post(at, at + took, status, (State(incident, incident, episode, firing),))


def told(at, action, generation=1, incident="a", started=""):
    key = f"K{incident}" + (f"-{generation}" if generation > 1 else "")
    return Telling(at, action, key, incident, generation, started)


def fires(at, **more):
    return told(at, "trigger", **more)


def ends(at, **more):
    return told(at, "resolve", **more)


def rest(at, *firing):
    return Rest(at, frozenset(firing))


GOOD_POSTS = [post(0, True), post(10, False), post(20, True, episode=2), post(30, False, episode=2)]
GOOD_TELLINGS = [fires(0.1), ends(10.1), fires(20.1, generation=2), ends(30.1, generation=2)]


def check(posts, tellings, rests, windows=(), margin=0.0):
    return judge(History(list(posts), list(tellings), list(windows), list(rests)), margin)


def test_a_history_without_faults_is_clean():
    v = check(GOOD_POSTS, GOOD_TELLINGS, [rest(5, "a"), rest(15), rest(40)])
    assert v.clean and v.acked == 4 and v.duplicated == 0


def test_lost_acked_resolved_and_never_told():
    v = check(GOOD_POSTS, GOOD_TELLINGS[:2], [rest(40)])
    assert list(v.lost) == ["a, span 2"] and not v.zombie and not v.out_of_order


def test_lost_a_page_from_before_it_fired_is_no_page():
    v = check(GOOD_POSTS[2:], [fires(19.9), ends(19.95)], [rest(40)])
    assert v.lost


def test_lost_the_page_of_the_next_firing_is_no_page_of_this_one():
    v = check(GOOD_POSTS, GOOD_TELLINGS[2:], [rest(40)])
    assert list(v.lost) == ["a, span 1"]


def test_lost_fires_at_the_end_and_is_not_open():
    v = check([post(0, True)], [fires(0.1), ends(1)], [rest(5, "a")])
    assert list(v.lost) == ["a"]
    assert check([post(0, True)], [], [rest(5, "a")]).lost


def test_a_span_that_nobody_could_tell_in_time_is_not_lost():
    short = [post(0, True), post(1.5, False)]
    assert check(short, [], [rest(5)]).clean
    long = [post(0, True), post(10, False)]
    assert check(long, [], [rest(12)]).lost
    assert check(long, [], [rest(12)], [Window(0, 6)], margin=4).clean
    assert check(long, [], [rest(12)], [Window(0, 6)], margin=1).lost


def test_not_acked_is_not_lost():
    assert check([post(0, True, 503), post(5, True, None), post(9, False, None)], [], [rest(12)]).clean


def test_zombie_the_resolve_never_came():
    v = check(GOOD_POSTS[:2], GOOD_TELLINGS[:1], [rest(15), rest(40)])
    assert list(v.zombie) == ["Ka"] and not v.out_of_order and not v.lost


def test_zombie_an_older_generation_stays_open_beside_the_new_one():
    v = check(GOOD_POSTS[:3], [GOOD_TELLINGS[0], GOOD_TELLINGS[2]], [rest(25, "a")])
    assert list(v.zombie) == ["Ka"]


def test_a_zombie_that_was_still_closed_before_the_rest_is_none():
    assert check(GOOD_POSTS[:2], [fires(0.1), fires(12), ends(14)], [rest(15)]).clean


def test_out_of_order_the_trigger_came_after_its_resolve():
    v = check(GOOD_POSTS[:2], [fires(0.1), ends(10.1), fires(10.2)], [rest(15)])
    assert list(v.out_of_order) == ["Ka"] and not v.zombie


def test_out_of_order_then_resolved_once_more_is_clean():
    assert check(GOOD_POSTS[:2], [fires(0.1), ends(10.1), fires(10.2), ends(10.3)], [rest(15)]).clean


def test_out_of_order_an_older_generations_trigger_stays_open():
    """Beside the newer one, and in its place."""
    late = [fires(20.1, generation=2), fires(20.5)]
    v = check(GOOD_POSTS[:3], late, [rest(25, "a")])
    assert list(v.out_of_order) == ["Ka"] and not v.zombie
    v = check(GOOD_POSTS[:3], [*late, ends(21, generation=2)], [rest(25, "a")])
    assert list(v.out_of_order) == ["Ka"] and not v.zombie


def test_duplicates_under_the_same_key_are_counted_and_no_violation():
    v = check(GOOD_POSTS[:2], [fires(0.1), fires(0.2), fires(0.3), ends(10.1)], [rest(15)])
    assert v.clean and v.duplicated == 2


def test_doubled_more_keys_than_firings():
    v = check(GOOD_POSTS[:2], [fires(0.1), ends(3), fires(4, generation=2), ends(10.1, generation=2)], [rest(15)])
    assert list(v.doubled) == ["Ka-2"]


def test_doubled_two_keys_with_one_start_inside_one_firing():
    tellings = [fires(20.1, generation=2, started="s"), ends(21, generation=2), fires(22, generation=3, started="s"),
                ends(30.1, generation=3)]
    v = check(GOOD_POSTS, tellings, [rest(40)])
    assert "Ka-3" in v.doubled


def crowd(at, *members, router="", status=200):
    """A webhook that has these firing: each is a name and which of its firings."""
    return Post(at, at + 0.1, status, tuple(State("a", name, episode, True) for name, episode in members), router)


def test_whoever_begins_alone_may_be_a_page_of_its_own():
    told_twice = [fires(0.2, started="s"), ends(2, ), fires(2.1, generation=2, started="s"), ends(10.1, generation=2)]
    over = Post(10, 10.1, 200, tuple(State("a", name, 1, False) for name in "xyz"))
    assert check([crowd(0, ("x", 1)), crowd(1, ("y", 1)), over], told_twice, [rest(15)]).clean
    # …but not beside one that its router must know of
    assert check([crowd(0, ("x", 1)), crowd(1, ("x", 1), ("y", 1)), over], told_twice, [rest(15)]).doubled
    elsewhere = [crowd(0, ("x", 1), router="b"), crowd(1, ("x", 1), ("y", 1)), over]
    assert check(elsewhere, told_twice, [rest(15)]).doubled
    assert check(elsewhere, told_twice, [rest(15)], windows=[Window(0.3, 0.9)]).clean
    unheard = [crowd(0, ("x", 1), status=None), crowd(1, ("x", 1), ("y", 1)), over]
    assert check(unheard, told_twice, [rest(15)]).clean


def test_two_senders_that_contradict_each_other_at_once_may_have_made_two_firings():
    lagging = Post(9.9, 10.5, 200, GOOD_POSTS[0].states)  # perhaps heard after the resolve
    told_twice = [fires(0.1), ends(10.1), fires(12, generation=2), ends(20, generation=2)]
    assert check([*GOOD_POSTS[:2], lagging], told_twice, [rest(25)]).clean
    assert check([*GOOD_POSTS[:2], post(9, True)], told_twice, [rest(25)]).doubled


def test_what_a_lagging_peer_says_after_the_end_may_have_been_another_firing():
    told_twice = [fires(0.1, started="s"), ends(10.1), fires(18, generation=2, started="s"), ends(25, generation=2)]
    peer, same = (Post(11, 11.1, 200, GOOD_POSTS[0].states, router) for router in ("b", ""))
    assert check([*GOOD_POSTS[:2], peer], told_twice, [rest(30)]).clean
    assert check([*GOOD_POSTS[:2], same], told_twice, [rest(30)]).doubled
    assert check([*GOOD_POSTS[:2], Post(14, 14.1, 200, GOOD_POSTS[0].states, "b")], told_twice, [rest(30)]).doubled


def test_what_is_doubtful_at_a_rest_is_not_judged_there():
    doubtful = Rest(15, frozenset(), frozenset("a"))
    assert check(GOOD_POSTS[:2], GOOD_TELLINGS[:1], [doubtful]).clean


def test_an_echo_after_the_end_is_nothing():
    assert check(GOOD_POSTS, [*GOOD_TELLINGS, ends(92, generation=2)], [rest(40), rest(95)]).clean


def test_what_else_went_wrong_is_a_violation():
    assert not judge(History(others=["a webhook was answered 400"])).clean


def test_spans_of_an_incident_with_two_members():
    both = (State("g", "1", 1, True), State("g", "2", 1, True))
    one = (State("g", "1", 1, False), State("g", "2", 1, True))
    none = (State("g", "2", 1, False),)
    spans = spans_of([Post(0, 1, None, both), Post(2, 3, 200, both), Post(4, 5, 200, one), Post(6, 7, 503, none),
                      Post(8, 9, 200, none)])["g"]
    assert [(s.begun, s.acked, s.closing) for s in spans] == [(0, 3, 6)]


def member(at, name, firing, episode=1):
    return Post(at, at + 0.01, 200, (State("a", name, episode, firing),))


def test_what_fires_while_a_lagging_peer_keeps_it_open_need_not_be_told_anew():
    posts = [member(0, "x", True), member(1, "y", True), member(10, "x", False), member(10.5, "y", False),
             member(10.6, "y", True), member(11, "x", True, episode=2), member(12, "y", False),
             member(20, "x", False, episode=2)]
    assert check(posts, [fires(0.1), ends(20.1)], [rest(15, "a"), rest(30)]).clean
    for closed in ([fires(0.1), ends(10.6)], [fires(0.1), ends(14)], []):
        assert "a, span 2" in check(posts, closed, [rest(30)]).lost
    taken_back = [*posts[:5], member(10.7, "y", False), *posts[5:]]
    assert list(check(taken_back, [fires(0.1), ends(20.1)], [rest(15, "a"), rest(30)]).lost) == ["a, span 2"]


def test_a_sender_that_lags_begins_and_ends_no_span():
    firing, again = State("g", "1", 1, True), State("g", "1", 2, True)
    resolved, other = State("g", "1", 1, False), State("g", "2", 1, False)
    spans = spans_of([Post(0, 1, 200, (firing,)), Post(2, 3, 200, (resolved,)), Post(4, 5, 200, (firing,)),
                      Post(6, 7, 200, (again,)), Post(8, 9, 200, (resolved, other))])["g"]
    assert [(s.begun, s.acked, s.closing) for s in spans] == [(0, 1, 2), (6, 7, None)]


def test_a_firing_after_a_resolve_that_nobody_answered_may_be_the_same_incident():
    posts = [post(0, True), post(10, False, 503), post(20, True, episode=2)]
    assert [s.continued for s in spans_of(posts)["a"]] == [False, True]
    assert check(posts, [fires(0.1)], [rest(25, "a")]).clean


def test_undisturbed_time():
    windows = [Window(2, 3), Window(3.5, 4), Window(20, 30)]
    assert undisturbed(0, 10, windows, 0) == 10 - 1.5
    assert undisturbed(0, 10, windows, 1) == 10 - 3
    assert undisturbed(25, 40, windows, 1) == 9


def test_tellings_are_read_from_what_the_recorder_kept():
    def request(at, action, key, **payload):
        return Request(at, "/", {}, {"event_action": action, "dedup_key": key, **payload}, 202)

    trigger = {"payload": {"timestamp": "s", "custom_details": {"key": "k-k", "labels": {"incident": "a"}}}}
    found = tellings_of([request(1, "trigger", "k-k", **trigger), request(2, "resolve", "k-k"),
                         request(3, "trigger", "k-k-12", **trigger), request(4, "resolve", "stranger")])
    assert [(t.action, t.incident, t.generation) for t in found] == [
        ("trigger", "a", 1), ("resolve", "a", 1), ("trigger", "a", 12)]


# ---- steps of an escalation ----

PAGERS = ("ANA", "LEAD", "BEN")


def step(at, pager, action="trigger", generation=1, key=None):
    return Step(at, action, key or f"Ka-{generation}.{pager}", "a", generation, pager)


def walked(began=0, generation=1):
    return [step(began + i + 1, pager, generation=generation) for i, pager in enumerate(PAGERS)]


def ended(at, generation=1):
    return [step(at, pager, "resolve", generation) for pager in PAGERS]


def examine(steps, posts=(post(0, True), post(20, False)), rests=(), windows=()):
    return Escalation.examine(History(list(posts), [], list(windows), list(rests), steps=list(steps)))


def test_a_path_that_was_walked_is_clean():
    wrong, notes = examine(walked() + ended(20.1), rests=[rest(10, "a"), rest(30)])
    assert not wrong and notes[0] == "3 steps told"


def test_a_step_that_was_skipped_is_found():
    assert ["LEAD" in line for line in examine([s for s in walked() if s.pager != "LEAD"])[0]] == [True]


def test_steps_are_owed_of_what_fired_long_enough_beside_faults():
    short = (post(0, True), post(2, False))
    assert not examine([], short)[0]
    assert not examine([], windows=[Window(1, 18)])[0]
    assert len(examine([])[0]) == 3


def test_a_step_under_two_keys_is_found_and_one_of_the_next_page_is_another():
    wrong, _ = examine(walked() + [step(9, "BEN", key="Ka-1.other")])
    assert len(wrong) == 1 and wrong[0].startswith("twice")
    second = walked() + [step(9, "ANA", key="Ka-1.second")]  # two steps name her
    assert not examine(second)[0] and len(examine(second + [step(9, "ANA", key="Ka-1.third")])[0]) == 1
    posts = (post(0, True), post(20, False), post(30, True, episode=2), post(50, False, episode=2))
    assert not examine(walked() + ended(20.1) + walked(30, 2) + ended(50.1, 2), posts, [rest(60)])[0]


def test_a_step_told_again_under_its_key_is_counted():
    wrong, notes = examine(walked() + [step(9, "BEN")])
    assert not wrong and notes[1].startswith("1 of them")


def test_a_step_that_is_not_told_its_end_is_found():
    assert len(examine(walked() + ended(20.1)[:2], rests=[rest(30)])[0]) == 1
    assert not examine(walked(), rests=[rest(10, "a")])[0]


def test_steps_are_read_from_what_the_recorder_kept():
    def request(at, action, key):
        payload = {"payload": {"custom_details": {"key": "k-k", "labels": {"incident": "a"}}}} if action == "trigger" else {}
        return Request(at, "/", {}, {"event_action": action, "dedup_key": key, "routing_key": "ANA", **payload}, 202)

    kept = [request(1, "trigger", "k-k"), request(2, "trigger", "k-k.5f3a"), request(3, "trigger", "k-k-12.5f3a"),
            request(4, "resolve", "k-k.5f3a"), request(5, "resolve", "z.5f3a")]
    assert [(s.action, s.incident, s.generation, s.pager) for s in steps_of(kept)] == [
        ("trigger", "a", 1, "ANA"), ("trigger", "a", 12, "ANA"), ("resolve", "a", 1, "ANA")]
    assert len(tellings_of(kept)) == 1
