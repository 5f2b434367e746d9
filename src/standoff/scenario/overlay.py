"""A part of a scenario file laid over the file: what an option of a structure says, put in place.

Mappings are merged key by key, deeply; lists and single values replace what was there; a key with
the value `~` is deleted. Whatever comes out still knows where in the file it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from standoff.reading import Document, Mark, Mistake, Path, listing, nearest

FIXED = ("standoff", "name", "structures", "variant")
"""Keys of the file that no option can change."""


def options(document: Document) -> dict[str, tuple[str, ...]]:
    """Switch → its options, of those that are written as they should be."""
    found = document.content.get("structures")
    return {
        switch: tuple(part["options"])
        for switch, part in (found.items() if isinstance(found, dict) else ())
        if isinstance(part, dict) and isinstance(part.get("options"), dict) and part["options"]
    }


def overlay_path(switch: str, option: str) -> Path:
    """Where in the file an option's part of a scenario stands."""
    return ("structures", switch, "options", option)


def overlaid(document: Document, choices: Mapping[str, str]) -> tuple[Document, list[Mistake]]:
    """The document with the chosen options laid over it, one after another; and what went wrong.

    A key that is new stands before the next key of the option that the file has too, or else last:
    so a term can come before those that use it.
    """
    layers = _Layers(document)
    content = layers.copy(document.content, (), ())
    for switch, option in choices.items():
        path = overlay_path(switch, option)
        overlay = layers.item(path)
        if isinstance(overlay, dict):
            wanted = {key: part for key, part in overlay.items() if key not in FIXED}
            content = layers.merge(content, (), wanted, path)
    made = Document(document.file, document.text, content, layers.keys, layers.values)
    return made, layers.mistakes


def changes(document: Document, switch: str, option: str) -> Iterator[tuple[Path, Path]]:
    """Each place of the file that an option replaces or deletes; and where the option says so."""
    start = overlay_path(switch, option)

    def walk(part: Any, path: Path) -> Iterator[tuple[Path, Path]]:
        if not isinstance(part, dict):
            yield path, (*start, *path)
            return
        for key, inner in part.items():
            yield from walk(inner, (*path, key))

    yield from walk(_item(document.content, start), ())


def _item(content: Any, path: Path) -> Any:
    for step in path:
        content = content[step]
    return content


class _Layers:
    """Marks of a merged document while it is being made, and the mistakes found in making it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.keys: dict[Path, Mark] = {}
        self.values: dict[Path, Mark] = {}
        self.mistakes: list[Mistake] = []

    def item(self, path: Path) -> Any:
        """What the file says at a path."""
        return _item(self.document.content, path)

    def copy(self, part: Any, path: Path, source: Path) -> Any:
        """A part of the file at its new path, with its marks."""
        self._mark(path, source)
        if isinstance(part, dict):
            return {key: self.copy(p, (*path, key), (*source, key)) for key, p in part.items()}
        if isinstance(part, list):
            return [self.copy(p, (*path, k), (*source, k)) for k, p in enumerate(part)]
        return part

    def merge(
        self, below: dict[str, Any], path: Path, above: dict[str, Any], source: Path
    ) -> dict[str, Any]:
        """`above`, which stands at `source`, laid over `below`, which stands at `path`."""
        made = dict(below)
        new: list[str] = []
        for key, part in above.items():
            at, origin = (*path, key), (*source, key)
            if part is None:
                self._delete(made, at, origin)
                continue
            there = made.get(key)
            if isinstance(part, dict):
                if not isinstance(there, dict):
                    self._forget(there, at)
                    there = {}
                self._mark(at, origin)
                item: Any = self.merge(there, at, part, origin)
            else:
                self._forget(there, at)
                item = self.copy(part, at, origin)
            if key in made:
                made[key] = item
                made = _before(made, key, {name: made[name] for name in new})
                new = []
            else:
                made[key] = item
                new.append(key)
        return made

    def _delete(self, made: dict[str, Any], path: Path, source: Path) -> None:
        key = str(path[-1])
        if key not in made:
            mark = self.document.key(source)
            near, hint = nearest(key, made), f"the file has: {listing(made)}"
            what = f"there is no '{key}' here to delete"
            self.mistakes.append(Mistake(mark.place, mark.length, what, hint if made else "", near))
            return
        self._forget(made.pop(key), path)
        if len(path) == 1:  # what is then missing from the file is missing because of this
            self.values[()] = self.document.key(source)

    def _forget(self, part: Any, path: Path) -> None:
        self.keys.pop(path, None)
        self.values.pop(path, None)
        if isinstance(part, (dict, list)):
            for step, inner in part.items() if isinstance(part, dict) else enumerate(part):
                self._forget(inner, (*path, step))

    def _mark(self, path: Path, source: Path) -> None:
        for made, given in (
            (self.keys, self.document.keys),
            (self.values, self.document.values),
        ):
            if source in given:
                made[path] = given[source]


def _before(made: dict[str, Any], key: str, moved: dict[str, Any]) -> dict[str, Any]:
    """The mapping with the entries `moved` standing right before `key`."""
    if not moved:
        return made
    ordered: dict[str, Any] = {}
    for name, item in made.items():
        if name == key:
            ordered |= moved
        if name not in moved:
            ordered[name] = item
    return ordered
