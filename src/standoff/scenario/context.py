"""What the second pass carries about: the document, the names, and the mistakes found so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from standoff.reading import Document, Mark, Mistake, Path, Place, listing, nearest
from standoff.scenario.expression import Expression
from standoff.scenario.names import canonical, fault
from standoff.scenario.parse import ExpressionError, parse, typed
from standoff.scenario.scenario import Variable
from standoff.scenario.scope import Scope, Term, Uses


@dataclass
class Context:
    """Collects mistakes, so that an author sees all of them at once."""

    document: Document
    scope: Scope = field(default_factory=Scope)
    mistakes: list[Mistake] = field(default_factory=list)

    def place(self, path: Path) -> Place:
        """Where the key of a path stands."""
        return self.document.key(path).place

    def wrong(
        self,
        path: Path,
        message: str,
        hint: str = "",
        near: str | None = None,
        *,
        key: bool = False,
    ) -> None:
        """Notes a mistake at the value of a path, or at its key."""
        mark = self.document.key(path) if key else self.document.value(path)
        self.mistakes.append(Mistake(mark.place, mark.length, message, hint, near))

    def named(
        self,
        paths: Iterable[Path],
        sort: str,
        *,
        in_expressions: bool = True,
        words: Sequence[str] | None = None,
    ) -> None:
        """Checks that what stands at these paths can be names, and that no two are the same name.

        The names are the keys there, or `words` where they are items of a list.
        """
        seen: dict[str, tuple[Path, str]] = {}
        for i, path in enumerate(paths):
            name = str(path[-1]) if words is None else words[i]
            if complaint := fault(name, in_expressions=in_expressions):
                self.wrong(path, f"'{name}' cannot be the name of {sort}", complaint, key=True)
            first, spelling = seen.setdefault(canonical(name), (path, name))
            if first != path:
                line = self.place(first).line
                what = f"'{name}' is the same name as '{spelling}' in line {line}"
                self.wrong(path, what, "choose another name", key=True)

    def lookup(
        self, path: Path, name: str, known: dict[str, str], sort: str, *, key: bool = False
    ) -> str | None:
        """The declared spelling of a name, or None and a mistake. `known` is by canonical name."""
        declared = known.get(canonical(name))
        if declared is None:
            close = nearest(canonical(name), known)
            hint = f"known: {listing(known.values())}" if known else "there are none"
            near = known[close] if close else None
            self.wrong(path, f"unknown {sort} '{name}'", hint, near, key=key)
        return declared

    def expression(
        self,
        path: Path,
        value: object,
        uses: Uses = "both",
        wanted: str | Variable | None = None,
        own: str | None = None,
    ) -> Expression | None:
        """Reads the expression at a path; None where it is mistaken or there is none.

        `own` is the actor whose types bare names are.
        """
        if value is None:
            return None
        mark = self.document.value(path)
        text, exact = _text(value, mark)
        try:
            found = parse(
                text,
                self.scope,
                place=mark.place,
                uses=uses,
                wanted=wanted,
                exact=exact,
                own=own,
            )
        except ExpressionError as misread:
            self.misread(misread)
            return None
        return replace(found, text=mark.raw)

    def term(self, path: Path, value: object) -> Term:
        """Reads a term; where it is mistaken, its uses are not complained about again."""
        mark = self.document.value(path)
        text, exact = _text(value, mark)
        part = None
        try:
            part = typed(text, self.scope, place=mark.place, uses="terms", exact=exact)
        except ExpressionError as misread:
            self.misread(misread)
        return Term(str(path[-1]), part)

    def misread(self, misread: ExpressionError) -> None:
        """Notes what is wrong with an expression."""
        if misread.mistake is not None:
            self.mistakes.append(misread.mistake)


def _text(value: object, mark: Mark) -> tuple[str, bool]:
    """Expression text, and whether its columns are those of the file."""
    if isinstance(value, str):
        return value, mark.exact
    return str(value).lower(), False  # a number or true/false, read by the rules of YAML


def spellings(names: Iterable[str]) -> dict[str, str]:
    """Canonical name → name as declared."""
    return {canonical(name): name for name in names}
