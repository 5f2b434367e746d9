"""Expression text to a checked `Expression`: an allow-list over Python's syntax tree, with kinds.

Nothing is evaluated. A number, a yes/no answer and a rung of a ladder are different things; what
may be put together is decided here, before anything runs, and every refusal points at the piece to
blame.
"""

from __future__ import annotations

from standoff.reading import Mistake, Place
from standoff.scenario import syntax
from standoff.scenario.expression import Belief, Expression, Quantity, Trait
from standoff.scenario.kinds import Checker
from standoff.scenario.resolve import FaultyTermError
from standoff.scenario.scenario import Variable
from standoff.scenario.scope import Scope, Typed, Uses, leaves
from standoff.scenario.syntax import RefusedError


class ExpressionError(Exception):
    """Raised when an expression is mistaken.

    `mistake` is None where the fault lies in a term it uses.
    """

    def __init__(self, mistake: Mistake | None) -> None:
        super().__init__(mistake)
        self.mistake = mistake


def parse(
    text: str,
    scope: Scope,
    *,
    place: Place,
    uses: Uses = "both",
    wanted: str | Variable | None = None,
    exact: bool = True,
    own: str | None = None,
) -> Expression:
    """Reads and checks one expression.

    `wanted` is "number" (yes/no counts as 1 and 0), "yes/no", a variable to which the value is
    assigned, or None for any kind. `exact` says that columns in the file follow from columns in the
    text; `own` is the actor whose types bare names are. Raises `ExpressionError`.
    """
    part = typed(text, scope, place=place, uses=uses, wanted=wanted, exact=exact, own=own)
    used = tuple(dict.fromkeys(leaves(part.node)))
    return Expression(
        text=text,
        place=place,
        kind=part.kind,
        tree=part.node,
        variables=tuple(scope.variables_in(part.node)),
        parameters=tuple(scope.parameters_in(part.node)),
        quantities=tuple(leaf for leaf in used if isinstance(leaf, Quantity)),
        traits=tuple(leaf for leaf in used if isinstance(leaf, Trait)),
        beliefs=tuple(leaf for leaf in used if isinstance(leaf, Belief)),
    )


def typed(
    text: str,
    scope: Scope,
    *,
    place: Place,
    uses: Uses = "both",
    wanted: str | Variable | None = None,
    exact: bool = True,
    own: str | None = None,
) -> Typed:
    """As `parse`, but what comes out can be put into other expressions: the body of a term."""
    declared = [item.name for item in scope.names.values()]
    for item in scope.names.values():
        declared += item.labels if isinstance(item, Variable) else ()
    for actor, types in scope.types.items():
        declared += [actor, *types.values()]
    ladder = wanted if isinstance(wanted, Variable) and wanted.kind == "ladder" else None
    try:
        source = syntax.read(text, [*declared, *scope.outcomes.values()])
        checker = Checker(source, scope, uses, own)
        part = checker.part(source.tree, ladder)
        checker.fit(part, source.tree, wanted)
    except FaultyTermError:
        raise ExpressionError(None) from None
    except RefusedError as refused:
        start = refused.start if exact else 0
        length = refused.length if exact else max(len(text.split("\n")[0]), 1)
        where = Place(place.file, place.line, place.column + start)
        found = Mistake(where, length, refused.message, refused.hint, refused.nearest)
        raise ExpressionError(found) from None
    return part
