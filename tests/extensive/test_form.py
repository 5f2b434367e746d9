"""Trees are what they were written as, and those that make no sense are refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from extensive import textbook
from standoff.extensive import CHANCE, END, Chance, Choice, End, ExtensiveForm, extensive_form
from standoff.extensive.build import Tree

BOTH = ("a", "b")


def ends(*names: str) -> dict[str, Tree]:
    return {name: End((0, 0)) for name in names}


def test_arrays_of_a_small_tree() -> None:
    """Parents come first; owners, actions, payoffs and paths are those that were written."""
    form = textbook.two_moves()
    assert form.owner.tolist() == [0, END, 1, END, END]
    assert form.parent.tolist() == [-1, 0, 0, 2, 2]
    assert form.action.tolist() == [-1, 0, 1, 2, 3]
    assert form.begin.tolist() == [0, 2, 4]
    assert form.payoff[4].tolist() == [-1, -0.8]
    assert form.path(4) == "challenge, fight"
    assert form.path(0) == "the start"


def test_an_information_set_may_list_its_actions_in_any_order() -> None:
    """The same action is the same action, wherever it is written."""
    left = Choice("b", {"x": End((1, 1)), "y": End((2, 2))}, "b")
    right = Choice("b", {"y": End((3, 3)), "x": End((4, 4))}, "b")
    form = extensive_form(BOTH, Choice("a", {"l": left, "r": right}))
    last = {form.path(node): int(form.action[node]) for node in range(3, 7)}
    assert last["l, x"] == last["r, x"] != last["l, y"] == last["r, y"]


def test_what_cannot_happen_is_left_out() -> None:
    """A branch of probability 0 is no part of the tree."""
    form = extensive_form(BOTH, Chance({"never": (0, End((9, 9))), "always": (1, End((1, 2)))}))
    assert form.label == ("", "always")
    assert form.owner.tolist() == [CHANCE, END]


@pytest.mark.parametrize(
    ("tree", "says"),
    [
        (
            Chance({"x": (0.5, End((0, 0))), "y": (0.4, End((0, 0)))}),
            r"after the start sum to \[0.9, 0.9\], not 1",
        ),
        (
            Chance({"x": ((0.5, 1), End((0, 0))), "y": ((0.5, 0), End((0, 0)))}),
            r"the probability of y is \[0.5, 0.0\]",
        ),
        (
            Choice("a", {"l": Choice("b", ends("x", "y"), "b"), "r": Choice("b", ends("x"), "b")}),
            "in the information set 'b' one may x, y; after r one may x",
        ),
        (
            Choice("a", {"l": Choice("a", ends("x"), "s"), "r": Choice("b", ends("x"), "s")}),
            "the information set 's' belongs to a, and after r to b",
        ),
        (
            Choice("a", {"l": Choice("a", ends("x"), "s"), "r": Choice("a", ends("x"), "s")}),
            "imperfect recall: in the information set 's' a has forgotten .* both l and r",
        ),
        (
            Choice("a", {"on": Choice("a", ends("on", "off"), "s"), "off": End((0, 0))}, "s"),
            "imperfect recall",
        ),
        (Choice("a", {"l": End((1, 2, 3))}), "after l there are 3 payoffs for 2 players"),
        (Choice("a", {"l": End((float("nan"), 0))}), "the payoffs after l are"),
    ],
)
def test_refusals(tree: Tree, says: str) -> None:
    """What is wrong with a tree is said in words, with where."""
    with pytest.raises(ValueError, match=says):
        extensive_form(BOTH, tree)


def test_an_unknown_player_is_named_with_the_nearest() -> None:
    """Slips in names are answered with what may have been meant."""
    with pytest.raises(KeyError, match=r"'attaker' is not a player.*attacker"):
        extensive_form(("attacker", "defender"), Choice("attaker", ends("x")))


def remade(form: ExtensiveForm, **changes: object) -> ExtensiveForm:
    return replace(form, **changes)  # type: ignore[arg-type]


def test_arrays_that_do_not_fit_are_refused() -> None:
    """A form is checked however it is made."""
    form = textbook.two_moves()
    with pytest.raises(ValueError, match="every node must come after its parent"):
        remade(form, parent=np.array([-1, 0, 3, 2, 2]))
    with pytest.raises(ValueError, match="nothing follows after wait"):
        remade(form, owner=np.array([0, 1, 1, END, END]))
    with pytest.raises(ValueError, match="something follows the end after challenge"):
        remade(form, owner=np.array([0, END, END, END, END]))
    with pytest.raises(ValueError, match="one may wait, challenge; after the start one may"):
        remade(form, taken=np.array([0, 1, 1, 0, 1]))
    with pytest.raises(ValueError, match="two information sets 'answer'"):
        remade(form, sets=(replace(form.sets[0], name="answer"), form.sets[1]))
    with pytest.raises(ValueError, match="cursedness of 'answer' is 2"):
        remade(form, sets=(form.sets[0], replace(form.sets[1], cursedness=2.0)))
    with pytest.raises(ValueError, match="payoff has the shape"):
        remade(form, payoff=form.payoff[:, :1])
    with pytest.raises(KeyError, match=r"no information set 'anser'.*answer"):
        form.position("anser")
