"""A plain reader of Gambit's extensive form files, and their agent equilibrium by recursion.

Written from the description of the format; shares nothing with the writer.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction

_TOKEN = re.compile(r'"[^"]*"|[{}]|[^\s{},"]+')


@dataclass(frozen=True)
class Leaf:
    """An end, and what each player gets."""

    payoffs: tuple[float, ...]


@dataclass(frozen=True)
class Choice:
    """A player's choice; `player` is from 1, 0 is chance, whose `chances` are exact."""

    player: int
    information: int
    label: str
    actions: tuple[str, ...]
    chances: tuple[Fraction, ...]
    below: tuple[Leaf | Choice, ...]


@dataclass(frozen=True)
class File:
    """A file: its title, its players, its comment, its tree."""

    title: str
    players: tuple[str, ...]
    comment: str
    root: Leaf | Choice
    nodes: int


def read(text: str) -> File:
    """A file from its text."""
    tokens = iter(_TOKEN.findall(text))
    nodes = 0

    def name() -> str:
        token = next(tokens)
        assert token[0] == token[-1] == '"', token
        return str(token[1:-1])

    def listed() -> list[str]:
        assert next(tokens) == "{"
        found = []
        while (token := next(tokens)) != "}":
            found.append(token)
        return found

    def node() -> Leaf | Choice:
        nonlocal nodes
        nodes += 1
        kind = next(tokens)
        assert name() == ""
        if kind == "t":
            assert int(next(tokens)) > 0
            name()
            return Leaf(tuple(float(x) for x in listed()))
        player = int(next(tokens)) if kind == "p" else 0
        assert kind == "c" or player > 0
        information, label = int(next(tokens)), name()
        words = listed()
        actions = tuple(word.strip('"') for word in (words[::2] if kind == "c" else words))
        chances = tuple(Fraction(word) for word in words[1::2]) if kind == "c" else ()
        assert next(tokens) == "0"
        below = tuple(node() for _ in actions)
        return Choice(player, information, label, actions, chances, below)

    assert [next(tokens) for _ in range(3)] == ["EFG", "2", "R"]
    title, players = name(), tuple(word.strip('"') for word in listed())
    comment, root = name(), node()
    assert next(tokens, None) is None
    return File(title, players, comment, root, nodes)


def agent_equilibrium(node: Leaf | Choice, precision: float) -> tuple[float, ...]:
    """What each player expects in logit agent equilibrium, where nothing is hidden.

    McKelvey & Palfrey (1998); every information set must be of one node.
    """
    if isinstance(node, Leaf):
        return node.payoffs
    below = [agent_equilibrium(each, precision) for each in node.below]
    if node.player:
        worth = [precision * each[node.player - 1] for each in below]
        terms = [math.exp(w - max(worth)) for w in worth]
        shares = [term / sum(terms) for term in terms]
    else:
        shares = [float(chance) for chance in node.chances]
    players = range(len(below[0]))
    return tuple(sum(s * b[j] for s, b in zip(shares, below, strict=True)) for j in players)


def choices(node: Leaf | Choice) -> list[Choice]:
    """All nodes that are no leaves, each before those below it."""
    if isinstance(node, Leaf):
        return []
    return [node, *(found for each in node.below for found in choices(each))]
