"""Games of the literature, as they are drawn there."""

from __future__ import annotations

from collections.abc import Sequence

from standoff.extensive import Chance, Choice, End, ExtensiveForm, extensive_form

DOLLARS = ((0.4, 0.1), (0.2, 0.8), (1.6, 0.4), (0.8, 3.2), (6.4, 1.6), (3.2, 12.8), (25.6, 6.4))
HAZARDS = (0.1, 0.2, 0.3, 0.4)


def two_moves() -> ExtensiveForm:
    """Deterrence in two moves (Signorino 1999, APSR 93(2)); payoffs as in R's `games`."""
    answer = Choice("defender", {"yield": End((1, -0.5)), "fight": End((-1, -0.8))}, "answer")
    return extensive_form(
        ("challenger", "defender"),
        Choice("challenger", {"wait": End((0, 0)), "challenge": answer}, "challenge"),
    )


def centipede(moves: int) -> ExtensiveForm:
    """Take or pass (McKelvey & Palfrey 1992, Econometrica 60(4)), in dollars."""
    tree: End | Choice = End(DOLLARS[moves])
    for move in reversed(range(moves)):
        player = ("red", "blue")[move % 2]
        tree = Choice(player, {"take": End(DOLLARS[move]), "pass": tree}, f"move {move}")
    return extensive_form(("red", "blue"), tree)


def bimatrix(row: Sequence[Sequence[float]], column: Sequence[Sequence[float]]) -> ExtensiveForm:
    """Two who choose at once: the second is asked without being told."""

    def answer(i: int) -> Choice:
        ends = {str(j): End((row[i][j], column[i][j])) for j in range(len(row[i]))}
        return Choice("column", ends, "column")

    return extensive_form(
        ("row", "column"), Choice("row", {str(i): answer(i) for i in range(len(row))}, "row")
    )


def asymmetric_deterrence(hard: float) -> ExtensiveForm:
    """Rudimentary asymmetric deterrence (Zagare & Kilgour 2000); B is hard with a probability."""

    def play(b_fights: float, kind: str) -> Choice:
        answer = Choice("B", {"D": End((0, b_fights)), "C": End((1, 0.2))}, f"B{kind}")
        return Choice("A", {"C": End((0.5, 1)), "D": answer}, "A")

    types = {"hard": (hard, play(0.4, "H")), "soft": (1 - hard, play(-0.3, "S"))}
    return extensive_form(("A", "B"), Chance(types))


def unilateral_deterrence(defender: float, challenger: float) -> ExtensiveForm:
    """Unilateral deterrence with types on both sides (Zagare & Kilgour 2000, *Perfect Deterrence*).

    Each side is hard with the probability given.
    """

    def play(c: str, d: str) -> Choice:
        conflict = End((0.3 if c == "H" else -0.3, 0.4 if d == "H" else -0.2))
        last = Choice("challenger", {"D": conflict, "C": End((0, 0.8))}, f"Ch2{c}")
        answer = Choice("defender", {"D": last, "C": End((1, 0.2))}, f"Def{d}")
        return Choice("challenger", {"D": answer, "C": End((0.6, 1))}, f"Ch1{c}")

    pairs = {
        f"{c} against {d}": (p * q, play(c, d))
        for c, p in (("H", challenger), ("S", 1 - challenger))
        for d, q in (("H", defender), ("S", 1 - defender))
    }
    return extensive_form(("challenger", "defender"), Chance(pairs))


def chain_store(
    entrants: int, *, prior: float = 0.1, gain: float = 0.5, alone: float = 2.0
) -> ExtensiveForm:
    """The chain store with a reputation to win (Kreps & Wilson 1982, J. Econ. Theory 27(2)).

    With the prior the incumbent is an automaton that always fights, at no cost. Information sets
    are named by what has been seen: o out, F fought, A accommodated.
    """

    def play(seen: str, tough: bool) -> End | Choice:
        at = len(seen)
        if at == entrants:
            entrants_get = {"o": 0.0, "F": gain - 1, "A": gain}
            incumbent_gets = {"o": alone, "F": 0.0 if tough else -1.0, "A": 0.0}
            own = sum(incumbent_gets[what] for what in seen)
            return End((own, *(entrants_get[what] for what in seen)))
        fought = play(seen + "F", tough)
        weak = Choice("incumbent", {"F": fought, "A": play(seen + "A", tough)}, f"M{seen}e")
        entered = fought if tough else weak
        return Choice(f"entrant {at}", {"in": entered, "out": play(seen + "o", tough)}, f"E{seen}")

    players = ("incumbent", *(f"entrant {k}" for k in range(entrants)))
    types = {"tough": (prior, play("", True)), "weak": (1 - prior, play("", False))}
    return extensive_form(players, Chance(types))


def beer_quiche(strong: float) -> ExtensiveForm:
    """Beer or quiche (Cho & Kreps 1987, Q. J. Econ. 102(2))."""

    def play(kind: str, beer: float, quiche: float, duel: float) -> Choice:
        return Choice(
            "sender",
            {
                meal: Choice(
                    "receiver",
                    {"duel": End((likes, duel)), "not": End((likes + 2, 1 - duel))},
                    f"R{meal}",
                )
                for meal, likes in (("b", beer), ("q", quiche))
            },
            f"S{kind}",
        )

    types = {"strong": (strong, play("s", 1, 0, 0)), "weak": (1 - strong, play("w", 0, 1, 1))}
    return extensive_form(("sender", "receiver"), Chance(types))


def ladder(tough: float) -> ExtensiveForm:
    """A brinkmanship ladder between two who may be tough (after Powell 1988, APSR 82(1)).

    They take turns to quit or to escalate, at a growing risk of disaster; who has not quit wins 1,
    and after the last rung whoever was the last to escalate.
    """

    def play(step: int, dread: tuple[float, float], kinds: str) -> End | Choice | Chance:
        if step == len(HAZARDS):
            return End((0, 1) if step % 2 == 0 else (1, 0))
        mover = step % 2
        goes_on = play(step + 1, dread, kinds)
        risk: dict[str, tuple[float, End | Choice | Chance]] = {
            "disaster": (HAZARDS[step], End((-dread[0], -dread[1]))),
            "none": (1 - HAZARDS[step], goes_on),
        }
        quits = End((0, 1) if mover == 0 else (1, 0))
        actions: dict[str, End | Choice | Chance] = {"esc": Chance(risk), "quit": quits}
        return Choice("AB"[mover], actions, f"{step}{kinds[mover]}")

    kinds = (("T", tough, 0.5), ("S", 1 - tough, 3.0))
    pairs = {a + b: (p * q, play(0, (x, y), a + b)) for a, p, x in kinds for b, q, y in kinds}
    return extensive_form(("A", "B"), Chance(pairs))
