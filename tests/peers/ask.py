"""How each peer is asked. Nothing here is ours but the files and adapters that are under test."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

from peers.cases import Case, rationality
from standoff.export import write_efg, write_umb

Answers = dict[str, Any]


def storm(case: Case, folder: Path) -> Answers:
    """Storm reads UMB, and answers every question to which we have an answer."""
    import stormpy

    path = folder / "case.umb"
    questions = write_umb(case.solution, path, free=case.free)
    model = stormpy.build_model_from_umb(str(path))
    precise = stormpy.environments.Environment()
    solver = precise.solver()
    # The default is accurate to a millionth only.
    solver.set_linear_equation_solver_type(stormpy.environments.EquationSolverType.TOPOLOGICAL)
    solver.min_max().method = stormpy.environments.MinMaxMethod.TOPOLOGICAL
    answers = {}
    for question in questions:
        if question.expected is not None:
            asked = stormpy.parse_property(question.ask)
            result = stormpy.model_checking(model, asked, environment=precise)[0]
            answers[question.quantity] = float(result.value) - question.subtract
    return answers


def gambit(case: Case, folder: Path) -> Answers:
    """Gambit reads the tree, and follows the branch of its agent equilibrium to our λ."""
    import pygambit  # 16.7; the next version names things otherwise

    path = folder / "case.efg"
    write_efg(case.game, case.numbers, path, doctrine=case.doctrine)
    tree = pygambit.read_efg(str(path))
    precision = rationality(case)
    found = pygambit.qre.logit_solve_lambda(tree, [precision])[0]
    # At a bifurcation Gambit stops short of the λ asked for, and says nothing.
    assert abs(found.lam - precision) <= 1e-6 * max(1.0, precision), found.lam
    # `found.profile` raises in 16.7; the probabilities can be had one by one.
    shares = iter([found[k] for k in range(len(found))])
    answers: Answers = {}
    for player in tree.players:
        for information in player.infosets:
            where = information.label
            if case.game.hidden is None:
                where = f"{player.label}, {where.partition(': ')[2]}"
            answers[where] = _merge(
                answers.get(where),
                {action.label: float(next(shares)) for action in information.actions},
            )
    return answers


def _merge(before: dict[str, float] | None, share: dict[str, float]) -> dict[str, float]:
    """Several information sets stand at one place of the game; all must agree."""
    if before is not None:
        assert before.keys() == share.keys()
        assert all(abs(before[name] - share[name]) < 1e-6 for name in share)
    return share


def openspiel(case: Case, folder: Path) -> Answers:
    """OpenSpiel goes through the tree under our policies, and looks for each actor's best response;
    this it does only where they take turns.
    """
    from open_spiel.python.algorithms.best_response import BestResponsePolicy
    from open_spiel.python.algorithms.expected_game_score import policy_value

    from standoff.export.openspiel import Solved, game_of

    play = game_of(case.game, case.solution.numbers, doctrine=case.doctrine)
    policy = Solved(play, case.solution)
    actors = case.game.actors
    start = play.new_initial_state()
    together = any(move.is_group for move in case.game.moves)
    values = policy_value(start, policy if together else [policy] * len(actors))
    answers = {f"payoff of {a}": float(v) for a, v in zip(actors, values, strict=True)}
    if not together:
        for k, actor in enumerate(actors):
            best = BestResponsePolicy(play, k, policy, root_state=start)
            answers[f"best response of {actor}"] = float(best.value(start))
    return answers


PACKAGES = {"storm": "stormpy", "gambit": "pygambit", "openspiel": "open_spiel"}


def release(peer: str) -> str:
    """Name and version of a peer's package.

    Raises:
        PackageNotFoundError: it is not installed.
    """
    return f"{PACKAGES[peer]} {version(PACKAGES[peer])}"
