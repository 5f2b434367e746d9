"""The rows of a stream as numbers: when, who, what; and the rows that could not be read, aside.

Each column is cut into its distinct texts by Arrow; the readings of the format then see each text
once, so that a million rows cost a few thousand calls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from standoff.watch.aside import Kept, keep
from standoff.watch.format import Format, Parties, UnreadableError
from standoff.watch.stream import blocks, fingerprint

if TYPE_CHECKING:
    import pyarrow as pa

_JOINT = "\x1f"

Value = TypeVar("Value")


@dataclass(frozen=True)
class Rows:
    """What the files of one stream say, row by row.

    `day` [row], days since 1970-01-01; `published` [row], likewise, or the day itself; `code` and
    `parties` [row] number `codes` and `sides`; `file` and `number` [row] say where a row stands.
    `read` counts all rows of the files; those that are not here are in `aside`.
    """

    form: Format
    files: tuple[Path, ...]
    sha256: tuple[str, ...]
    read: int
    aside: tuple[Kept, ...]
    day: NDArray[np.int32]
    published: NDArray[np.int32]
    code: NDArray[np.int32]
    parties: NDArray[np.int32]
    file: NDArray[np.int32]
    number: NDArray[np.int64]
    codes: tuple[str, ...]
    sides: tuple[Parties, ...]

    def __len__(self) -> int:
        return len(self.day)


class _Vocabulary(Generic[Value]):
    """Distinct texts of some columns, what each says, and which say nothing."""

    def __init__(self, read: Callable[..., Value]) -> None:
        self.read = read
        self.values: list[Value | None] = []
        self.reasons: list[str] = []
        self.texts: list[str] = []
        self._known: dict[bytes, int] = {}

    def number(self, columns: Sequence[pa.Array]) -> NDArray[np.int32]:
        """The number of each row's texts in the vocabulary, which grows by those that are new."""
        import pyarrow.compute as pc

        joined = columns[0]
        if len(columns) > 1:
            joined = pc.binary_join_element_wise(*columns, _JOINT.encode())
        encoded = joined.dictionary_encode()
        found = [self._one(text) for text in encoded.dictionary.to_pylist()]
        numbers: NDArray[np.int32] = np.array(found, np.int32)[encoded.indices.to_numpy()]
        return numbers

    def _one(self, text: bytes) -> int:
        if text not in self._known:
            self._known[text] = len(self.values)
            words = text.decode("utf-8", "replace").split(_JOINT)
            try:
                self.values.append(self.read(*words))
                self.reasons.append("")
            except UnreadableError as error:
                self.values.append(None)
                self.reasons.append(str(error))
            self.texts.append(" | ".join(words))
        return self._known[text]

    def bad(self) -> NDArray[np.bool_]:
        """Which say nothing."""
        return np.array([bool(reason) for reason in self.reasons], bool)


def gather(form: Format, files: Sequence[Path], finest: int) -> Rows:
    """Reads the files of one stream; `finest` is the length of a period in days.

    What cannot be read, is dated less well than two periods, or repeats an event or a whole file,
    is kept aside.
    """
    reader = _Reader(form, finest)
    digests = [fingerprint(path) for path in files]
    for place, path in enumerate(files):
        reader.file(place, path, digests[place] in digests[:place])
    return reader.rows(files, digests)


class _Reader:
    """Takes block after block, and gives the rows at the end."""

    def __init__(self, form: Format, finest: int) -> None:
        self.form = form
        self.aside: list[Kept] = []
        self.read = 0
        self.days = _Vocabulary[int](form.day.read)
        self.published = _Vocabulary[int](_day_published)
        self.codes = _Vocabulary[str](form.what.read)
        self.sides = _Vocabulary[Parties](self._sides)
        self.fuzz = _Vocabulary[int](self._fuzz)
        self.coarsest = 2 * finest
        self.parts: list[tuple[NDArray[Any], ...]] = []
        self.names: list[pa.Array] = []

    def _sides(self, *words: str) -> Parties:
        found = self.form.who.read(*words)
        if self.form.who.required and not found[0]:
            raise UnreadableError("no actor")
        return found

    def _fuzz(self, text: str) -> int:
        assert self.form.fuzz is not None
        word = text.strip().removesuffix(".0")
        days = dict(self.form.fuzz[1]).get(word, 0 if word else 1)
        if not days:
            raise UnreadableError("a precision of the date that is none")
        if days > self.coarsest:
            raise UnreadableError(f"a date known to within {days} days only")
        return days

    def file(self, place: int, path: Path, again: bool) -> None:
        """Reads one file; one that was read already is kept aside, row by row."""
        form, name = self.form, path.name
        at = {column: k for k, column in enumerate(form.needed)}

        def misshapen(number: int, reason: str, found: str) -> None:
            self.read += 1
            self.aside.append(keep(name, number, reason, "", found))

        try:
            for columns, numbers in blocks(path, form, misshapen):
                self.read += len(numbers)
                if again:
                    self.aside += (keep(name, int(row), "repeats a file") for row in numbers)
                    continue
                self._block(place, name, columns, at, numbers)
        except EOFError as error:
            self.read += 1
            what = "the rest of the file cannot be read"
            self.aside.append(keep(name, 0, what, "", str(error)))

    def _block(
        self,
        place: int,
        name: str,
        columns: list[pa.Array],
        at: dict[str, int],
        numbers: NDArray[np.int64],
    ) -> None:
        form = self.form

        def those(names: Sequence[str]) -> list[pa.Array]:
            return [columns[at[column]] for column in names]

        heard: list[tuple[_Vocabulary[Any], NDArray[np.int32]]] = [
            (self.days, self.days.number(those(form.day.columns))),
            (self.codes, self.codes.number(those(form.what.columns))),
            (self.sides, self.sides.number(those(form.who.columns))),
        ]
        if form.fuzz is not None:
            heard.append((self.fuzz, self.fuzz.number(those((form.fuzz[0],)))))
        good = np.ones(len(numbers), bool)
        identity = columns[at[form.identity]] if form.identity else None
        for vocabulary, found in heard:
            bad = vocabulary.bad()[found] & good
            good &= ~bad
            for row in np.flatnonzero(bad).tolist():
                number = found[row]
                which = _text(identity, row)
                self.aside.append(
                    keep(
                        name,
                        int(numbers[row]),
                        vocabulary.reasons[number],
                        which,
                        vocabulary.texts[number],
                    )
                )
        days, codes, sides = (found[good] for _, found in heard[:3])
        added = days
        if form.published is not None:
            added = self.published.number(those((form.published,)))[good]
        self.parts.append((days, added, codes, sides, np.full(len(days), place), numbers[good]))
        if identity is not None:
            import pyarrow as pa

            self.names.append(identity.filter(pa.array(good)))

    def rows(self, files: Sequence[Path], digests: Sequence[str]) -> Rows:
        """What was read, repeated events left out."""
        empty = tuple(np.zeros(0, np.int64) for _ in range(6))
        days, added, codes, sides, file, number = (
            np.concatenate(column) for column in zip(*(self.parts or [empty]), strict=True)
        )
        day = np.array([value or 0 for value in self.days.values] or [0], np.int32)[days]
        published = day
        if self.form.published is not None:
            known = [-1 if value is None else value for value in self.published.values]
            published = np.array(known or [0], np.int32)[added]
            published = np.where(published < 0, day, published)
        kept = self._once(files, day, published, codes, sides, file, number)
        return Rows(
            self.form,
            tuple(files),
            tuple(digests),
            self.read,
            tuple(self.aside),
            day[kept],
            published[kept].astype(np.int32),
            codes[kept],
            sides[kept],
            file[kept],
            number[kept],
            tuple(code or "" for code in self.codes.values),
            tuple(parties or ((), ()) for parties in self.sides.values),
        )

    def _once(self, files: Sequence[Path], *columns: NDArray[Any]) -> NDArray[np.int64]:
        """The places of rows that count: of several with one identity the last published.

        Among rows published on the same day what they say decides, so that neither the order of
        rows nor that of files does.
        """
        day, published, codes, sides, file, number = columns
        if not self.names:
            return np.arange(len(day))
        import pyarrow as pa
        import pyarrow.compute as pc

        names = pa.chunked_array(self.names).combine_chunks()
        alike = _alike(names)
        # Rows without a name are no versions of one event.
        alike = alike[pc.binary_length(names).to_numpy()[alike] > 0]
        encoded = names.take(pa.array(alike)).dictionary_encode()
        event = encoded.indices.to_numpy()
        ranks = (
            _ranks(vocabulary.texts)[heard[alike]]
            for vocabulary, heard in ((self.sides, sides), (self.codes, codes))
        )
        order = np.lexsort((*ranks, day[alike], published[alike], event))
        last = np.append(np.diff(event[order]) != 0, True)[: len(order)]
        kept = np.ones(len(day), bool)
        for which, place in zip(event[order[~last]], alike[order[~last]].tolist(), strict=True):
            kept[place] = False
            text = encoded.dictionary[int(which)].as_py().decode("utf-8", "replace")
            name = files[int(file[place])].name
            self.aside.append(keep(name, int(number[place]), "repeats an event", text))
        return np.flatnonzero(kept)


def _alike(names: pa.Array) -> NDArray[np.int64]:
    """The places of texts of which another may be the same; of numbers only those that are."""
    import pyarrow as pa

    try:
        numbers = names.cast(pa.string()).cast(pa.int64()).to_numpy()
    except pa.ArrowInvalid:
        return np.arange(len(names))
    order = np.argsort(numbers, kind="stable")
    same = np.diff(numbers[order]) == 0
    twice = np.append(same, False) | np.append(False, same)
    return np.sort(order[twice[: len(order)]])


def _day_published(text: str) -> int:
    from standoff.watch.dates import compact

    return compact(text)


def _ranks(texts: Sequence[str]) -> NDArray[np.int64]:
    ranks = np.empty(len(texts), np.int64)
    ranks[sorted(range(len(texts)), key=lambda k: texts[k])] = np.arange(len(texts))
    return ranks


def _text(column: pa.Array | None, row: int) -> str:
    return "" if column is None else column[row].as_py().decode("utf-8", "replace")
