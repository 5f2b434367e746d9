"""The variants of a scenario, each an ordinary study, in the same futures.

The study of one variant is there first. The others are below it, in `variants/`, and are given its
futures: a parameter that is uncertain in several variants has the same value in the same future, so
that two variants differ in a future by what was switched and by nothing else.
"""

from __future__ import annotations

import re
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.explore.beginning import BeginningError, beginning_of, begun
from standoff.explore.futures import quantile, uncertain
from standoff.explore.run import Progress, Settings, Shard, prepare, run, solve_blocks
from standoff.explore.study import Study, StudyError, housed, open_study
from standoff.game import compile_game
from standoff.scenario import (
    Scenario,
    ScenarioError,
    blame,
    choices_text,
    load,
    variant,
    variants,
)

FOLDER = "variants"
"""Where in a study's folder the studies of the other variants are."""


@dataclass(frozen=True)
class Variants:
    """Studies of all variants of a scenario, in the order of `standoff.scenario.variants`."""

    path: Path
    choices: tuple[dict[str, str], ...]
    """For each variant: switch → option."""
    studies: tuple[Study, ...]
    """One for each variant; that of the variant at `path` is the study there."""

    @property
    def base(self) -> Study:
        """The study at `path`, from which the others have their futures."""
        return next(study for study in self.studies if study.path == self.path)

    @property
    def switches(self) -> dict[str, list[str]]:
        """For each switch its option in each variant, as `by_structure` wants it."""
        return {name: [choice[name] for choice in self.choices] for name in self.choices[0]}

    @cached_property
    def futures(self) -> dict[str, NDArray[np.float64]]:
        """The parameters that differ between futures in any variant, by name, [future].

        A variant in which such a parameter is fixed or missing does not use its values.
        """
        found: dict[str, NDArray[np.float64]] = dict(self.base.futures)
        for study in self.studies:
            unsure = {parameter.name for parameter in uncertain(study.scenario)}
            found |= {k: v for k, v in study.futures.items() if k in unsure and k not in found}
        return found


def run_variants(
    scenario: Scenario | str | Path,
    out: str | Path | None = None,
    *,
    workers: int = 1,
    executor: Executor | None = None,
    shard: Shard | None = None,
    limit: float | None = None,
    retry: bool = False,
    progress: Progress | None = None,
    **settings: Any,
) -> Variants:
    """Solves every variant of a scenario: the scenario as it is into `out`, as `run` would, and the
    others below it.

    `settings` are those of `run`: futures, seed, sampling, precision, doctrines, max_states,
    points, equilibrium_only. Blocks that are already there are kept, also those of an ordinary
    study in `out`. `progress` counts the blocks of all variants.

    Raises:
        ValueError: the scenario has no structures, or a setting is out of range.
        ScenarioError: a variant is impossible at its nominal values; the message names it.
        StudyError: as `run` does.
    """
    if not isinstance(scenario, Scenario):
        scenario = load(scenario)
    known = _refuse_single(scenario)
    study = run(
        scenario,
        out,
        workers=workers,
        executor=executor,
        shard=shard,
        limit=limit,
        retry=retry,
        progress=_part_of(progress, 0, len(known)),
        **settings,
    )
    return solve_variants(
        study,
        workers=workers,
        executor=executor,
        shard=shard,
        limit=limit,
        retry=retry,
        progress=progress,
    )


def solve_variants(
    study: Study,
    *,
    workers: int = 1,
    executor: Executor | None = None,
    shard: Shard | None = None,
    limit: float | None = None,
    retry: bool = False,
    progress: Progress | None = None,
) -> Variants:
    """Solves the other variants of a study's scenario in the study's futures, with its settings.

    A parameter that is uncertain in other variants only is drawn by itself, at random and
    independently of all others, from the study's seed.

    Raises: as `run_variants`.
    """
    scenario = study.scenario
    known = _refuse_single(scenario)
    studies: list[Study] = []
    solved = 1
    for k, choices in enumerate(known):
        if tuple(choices.items()) == scenario.choices:
            studies.append(study)
            continue
        beginning = beginning_of(study.manifest)
        try:
            one = begun(housed(variant(scenario, choices), study.path), beginning)
            game = compile_game(one, max_states=int(study.manifest["max_states"]))
            made = prepare(
                game, _settings(study), _folder(study.path, k, choices), _given(study, one),
                beginning,
            )  # fmt: skip
        except ScenarioError as error:
            raise blame(error, choices) from None
        except BeginningError as error:
            raise BeginningError(f"variant {choices_text(choices)}: {error}") from None
        try:
            solve_blocks(
                made,
                game,
                workers=workers,
                executor=executor,
                shard=shard,
                limit=limit,
                retry=retry,
                progress=_part_of(progress, solved, len(known)),
            )
        except StudyError as error:
            raise StudyError(f"variant {choices_text(choices)}: {error}") from None
        studies.append(made)
        solved += 1
    return Variants(study.path, known, tuple(studies))


def open_variants(path: str | Path) -> Variants:
    """The variants that were solved below the study in a directory.

    Raises:
        StudyError: there is no study, or a variant is missing or another one.
        ValueError: the study's scenario has no structures.
    """
    base = open_study(path)
    scenario = base.scenario
    known = _refuse_single(scenario)
    studies = []
    for k, choices in enumerate(known):
        if tuple(choices.items()) == scenario.choices:
            studies.append(base)
            continue
        folder = _folder(base.path, k, choices)
        if not (folder / "manifest.json").exists():
            raise StudyError(
                f"{base.path}: variant {choices_text(choices)} has not been solved; "
                "solve the variants first"
            )
        study = open_study(folder)
        if study.manifest["hash"] != variant(scenario, choices).hash:
            raise StudyError(f"{folder} holds another scenario than {base.path}; delete it")
        if study.manifest["futures"] != base.manifest["futures"]:
            raise StudyError(
                f"{folder} has {study.manifest['futures']} futures, "
                f"{base.path} {base.manifest['futures']}; delete it"
            )
        if study.equilibrium_only != base.equilibrium_only:
            bare, full = (folder, base.path) if study.equilibrium_only else (base.path, folder)
            raise StudyError(
                f"{bare} was run with --equilibrium-only, {full} was not; "
                f"delete {folder} and solve the variants again"
            )
        studies.append(study)
    return Variants(base.path, known, tuple(studies))


def _refuse_single(scenario: Scenario) -> tuple[dict[str, str], ...]:
    if not scenario.structures:
        raise ValueError(f"'{scenario.name}' has no structures, and so no other variant")
    return variants(scenario)


def _folder(path: Path, number: int, choices: dict[str, str]) -> Path:
    """Where a variant's study is: named for its options, and numbered, for long names are cut."""
    words = re.sub(r"[\W_]+", "-", " ".join(choices.values()))
    return path / FOLDER / f"{number:02d}-{words[:48].strip('-')}"


def _settings(study: Study) -> Settings:
    manifest = study.manifest
    return Settings(
        futures=int(manifest["futures"]),
        seed=int(manifest["seed"]),
        precision=manifest["precision"],
        doctrines=study.doctrines[1:],
        max_states=int(manifest["max_states"]),
        points=study.points,
        equilibrium_only=study.equilibrium_only,
    )


def _given(study: Study, one: Scenario) -> dict[str, NDArray[np.float64]]:
    """The futures of a study, as far as they are uncertain in a variant; and what it adds."""
    count, seed = int(study.manifest["futures"]), int(study.manifest["seed"])
    given: dict[str, NDArray[np.float64]] = {}
    for parameter in uncertain(one):
        assert parameter.distribution is not None
        if parameter.name in study.futures:
            given[parameter.name] = study.futures[parameter.name]
        else:
            # Drawn by its name: what else is uncertain, and how many futures there are, is nothing
            # to it.
            chance = np.random.default_rng([seed, *parameter.name.encode()]).random(count)
            given[parameter.name] = quantile(parameter.distribution, chance)
    if not given and one.parameters:
        first = one.parameters[0]
        given[first.name] = np.full(count, first.value)
    return given


def _part_of(progress: Progress | None, before: int, parts: int) -> Progress | None:
    """Progress of one of several studies with as many blocks each, as that of all."""
    if progress is None:
        return None
    tell = progress
    return lambda done, blocks: tell(before * blocks + done, parts * blocks)
