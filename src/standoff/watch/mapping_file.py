"""What a mapping file may say: the models, from which also comes what is expected where."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from standoff.reading import Names, Part


class Reporting(Part):
    """How a stream reports."""

    usual: float | None = Field(
        None, description="reports in 30 days that there would be of anything going on"
    )
    seen: list[float] | None = Field(
        None,
        description="reports of a rung that is reached, from and to, for each usual one",
        min_length=2,
        max_length=2,
    )
    mistaken: list[float] | None = Field(
        None,
        description="reports of a rung that is not reached, from and to, for each usual one",
        min_length=2,
        max_length=2,
    )
    often: dict[str, float] = Field(
        {}, description="rungs of which reports are rarer or more frequent, and by what factor"
    )
    lag: int = Field(0, ge=0, description="days until a report is in the data")
    claim: bool = Field(False, description="whether these are claims of a belligerent")
    why: str = Field("", description="where these numbers come from")


class Group(Part):
    """Codes that mean the same rung, or that are left out for one reason."""

    rung: str | None = Field(None, description="the rung of the ladder")
    ignore: str | None = Field(None, description="why these codes are left out")
    codes: dict[str, str] = Field({}, description="leaf codes, each with what it stands for")
    under: dict[str, str] = Field(
        {}, description="branches of the codebook: all leaves below them that no group names"
    )
    why: str = Field("", description="why they are on this rung")


class Columns(Part):
    """Which columns of a file of one's own say what."""

    day: str = Field(description="the column of the date")
    source: str = Field(description="the column of who acts")
    target: str = Field(description="the column of whom it is done to")
    code: str = Field(description="the column of the code")
    identity: str | None = Field(None, description="the column that tells events apart")


class Stream(Part):
    """A codebook, and what its codes mean on the ladder."""

    version: Names = Field(description="the version of the codebook, or several, as text")
    groups: list[Group] = Field(description="what the codes mean", min_length=1)
    reporting: Reporting = Field(default_factory=lambda: Reporting.model_validate({}))
    columns: Columns | None = Field(None, description="for a CSV file of one's own: its columns")
    dates: str = Field("%Y-%m-%d", description="how it writes days, as strptime describes it")
    separator: str = Field(",", description="the sign that stands between columns")
    terms: str = Field("", description="under what terms the data may be used")


class Ladder(Part):
    """A ladder that belongs to no scenario."""

    variable: str = Field(description="its name")
    rungs: list[str] = Field(description="its rungs, the lowest first", min_length=2)


class Moves(Part):
    """How a rung follows another where nothing else is known."""

    every: float = Field(description="days from one event to the next, on average")
    counts: dict[str, dict[str, float]] = Field(
        {}, description="for each rung how often which other came next"
    )
    why: str = Field("", description="where the numbers come from")


class Asked(Part):
    """A treaty that is asked what an incident at a rung would come to."""

    name: str = Field(description="the treaty, packaged")
    clauses: list[str] = Field(description="the clauses to ask", min_length=1)
    incidents: dict[str, dict[str, str]] = Field(
        description="for each rung the facts of an incident that a report tells, and no others",
        min_length=1,
    )


class MappingFile(Part):
    """A mapping of codebooks onto one ladder."""

    mapping: Literal[1] = Field(description="the version of this language: mapping: 1")
    name: str = Field(description="the name of this mapping", min_length=1)
    title: str = Field("", description="what it is, in a line")
    about: str = Field("", description="what it rests on")
    scenario: str | None = Field(None, description="the scenario to whose ladder it leads")
    variable: str | None = Field(None, description="the ladder in that scenario")
    ladder: Ladder | None = Field(None, description="a ladder that belongs to no scenario")
    actors: dict[str, list[str]] = Field(
        {}, description="actors, each with the countries that stand for it"
    )
    names: dict[str, list[str]] = Field(
        {}, description="for an actor, who stands for it in the streams without being a country"
    )
    pairs: list[list[str]] = Field([], description="pairs of actors to watch")
    moves: Moves | None = Field(None, description="how rungs follow one another")
    treaty: Asked | None = Field(None, description="a treaty to ask what an incident comes to")
    codebooks: dict[str, Stream] = Field(description="what is mapped", min_length=1)
