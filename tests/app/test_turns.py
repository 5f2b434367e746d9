"""Whose turn it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from standoff.app.turns import Turns


def test_clients_take_turns() -> None:
    """One that asks for much delays another by one request at most."""
    turns: Turns[str] = Turns()
    for k in range(5):
        turns.add("much", f"much {k}")
    turns.add("little", "little 0")
    assert [turns.take(lambda _: True) for _ in range(4)] == [
        "much 0", "little 0", "much 1", "much 2",
    ]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=40))
def test_none_is_lost_and_none_waits_for_two_of_another(asked: list[tuple[str, int]]) -> None:
    """Everything is served once, in its client's order; while all wait, none is served twice before
    each was served once (round robin)."""
    turns: Turns[tuple[str, int]] = Turns()
    for client, number in asked:
        turns.add(client, (client, number))
    served = []
    while (request := turns.take(lambda _: True)) is not None:
        served.append(request)
    assert sorted(served) == sorted(asked)
    for name in "abc":
        assert [one for one in served if one[0] == name] == [one for one in asked if one[0] == name]
    counts = {name: sum(one[0] == name for one in asked) for name in "abc"}
    seen = dict.fromkeys("abc", 0)
    for name, _ in served:
        seen[name] += 1
        for other in "abc":
            assert seen[name] <= seen[other] + 1 or seen[other] == counts[other]


def test_what_suits_is_taken_past_what_does_not() -> None:
    """A worker that is kept for small tasks is not held up by large ones, and turns are kept."""
    turns: Turns[int] = Turns()
    turns.add("a", 100)
    turns.add("a", 1)
    turns.add("b", 200)
    assert turns.take(lambda size: size < 10) == 1
    assert turns.take(lambda size: size < 10) is None
    assert turns.take(lambda _: True) == 200


def test_what_is_dropped_is_not_served() -> None:
    """A request that nobody waits for leaves the queue, and leaves nothing of its client."""
    turns: Turns[int] = Turns()
    turns.add("a", 1)
    turns.drop("a", 1)
    turns.drop("a", 1)
    assert turns.take(lambda _: True) is None
    assert turns.lines == {}
