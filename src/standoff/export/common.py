"""What all players must hold alike, so that a tree with one prior can tell the game.

An extensive form has one chance for all who read it, and they read what is done by Bayes' rule. An
actor who starts from a prior of its own, actions taken at face value, and a doctrine that the
others doubt but its actor keeps for certain, have no place in it: they are refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping

from standoff.extensive import ExtensiveForm
from standoff.game import Game, find_doctrine
from standoff.play import HiddenError
from standoff.scenario import (
    FREE_CHOICE,
    Actor,
    Doctrine,
    Expression,
    Scenario,
    canonical,
    evaluate,
)

_SAME = 1e-9  # by which two priors may differ and be one


def sure_doctrine(game: Game, name: str, parameters: Mapping[str, float]) -> Doctrine | None:
    """The doctrine of this name, of which all are sure that it is followed; None for `free-choice`.

    Raises:
        HiddenError: it is doubted.
        ValueError: it is not announced, so that the others play another game.
        KeyError: no such doctrine; the message has the nearest name.
    """
    found = find_doctrine(game, name)
    if found is None:
        return None
    if found.believed is None:
        if not found.announced:
            instead = f"Export {FREE_CHOICE}"
            if game.hidden is None:
                instead += ", or the chain of the solution as umb"
            raise ValueError(
                f"'{name}' is not announced: the others play as in {FREE_CHOICE}, which is no game "
                f"of its own. {instead}"
            )
        return found
    trust = float(evaluate(found.believed, parameters))
    if trust != 1:
        raise HiddenError(
            f"'{name}' is believed with probability {trust:g}: the others doubt what "
            f"{found.actor} follows for certain, and a tree for Gambit has one chance for all. "
            f"Export {FREE_CHOICE}, or have it believed ({_to(found.believed, 'believed', 1)}); "
            "standoff.extensive unfolds it with the doubt, and logit_branch solves it"
        )
    return found


def refuse_own_priors(scenario: Scenario, parameters: Mapping[str, float]) -> None:
    """Refuses an actor who believes otherwise of another's types than they are drawn.

    Raises:
        HiddenError: there is one, in the future of these parameters.
    """
    by_name = {actor.name: actor for actor in scenario.actors}
    for seer in scenario.actors:
        for view in seer.believes:
            types = by_name[view.actor].types
            for kind, expression in zip(types, view.prior, strict=True):
                own = float(evaluate(expression, parameters))
                drawn = float(evaluate(kind.prior, parameters))
                if abs(own - drawn) > _SAME:
                    raise HiddenError(
                        f"{seer.name} starts from a prior of its own: it `believes` "
                        f"{view.actor} to be {kind.name} with probability {own:g}, and it is drawn "
                        f"with {drawn:g}, while a tree for Gambit has one prior for all. Set "
                        f"parameters so that `{expression.text}` is `{kind.prior.text}`, or leave "
                        "`believes` out; standoff.extensive unfolds it with a prior for each, and "
                        "logit_branch solves it"
                    )


def refuse_face_value(scenario: Scenario, form: ExtensiveForm) -> None:
    """Refuses actions that are taken at face value.

    Raises:
        HiddenError: there are some that somebody reads so.
    """
    for known in form.sets:
        if known.face and known.cursedness:
            actor: Actor = scenario.actors[known.player]
            assert actor.cursedness is not None
            raise HiddenError(
                f"what {actor.name} does is taken at face value, with a cursedness of "
                f"{known.cursedness:g}, and Gambit's players read by Bayes' rule. Have none "
                f"({_to(actor.cursedness, 'cursedness', 0)}); standoff.extensive unfolds it as it "
                "is, and logit_branch solves it"
            )


def _to(expression: Expression, field: str, value: int) -> str:
    """What to do so that an expression of parameters has a value."""
    if canonical(expression.text) in map(canonical, expression.parameters):
        return f"--set {expression.text}={value}"
    return f"`{field}: {value}` in the file"
