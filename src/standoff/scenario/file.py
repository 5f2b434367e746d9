"""The file as it is written: its keys, their kinds, and what each of them means.

The descriptions are what an editor shows beside a key. Nothing is resolved here: expressions are
still text and names are still words.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from standoff.reading import Names, Part, Year
from standoff.scenario.part import EXPRESSION_SCHEMA, Costs, Effects, Formula, Move
from standoff.scenario.treaty_part import AmendmentOrNames, TreatyPart

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _type(value: object) -> object:
    if isinstance(value, dict):
        return value
    if isinstance(value, (str, bool, int, float)):
        return {"prior": value}
    raise PydanticCustomError("type", "expected a prior, or keys with values")


def _measures(value: object) -> object:
    if isinstance(value, dict):
        return value
    if isinstance(value, str):
        return {"brings": value}
    raise PydanticCustomError("measures", "expected the name of measures, or keys with values")


class TimePart(Part):
    """The clock of the crisis."""

    period: str = Field(description="What one period is: fortnight, month, move.", min_length=1)
    periods: int = Field(description="How many periods there are, 1 to 520.", ge=1, le=520)
    start: str | None = Field(None, description="Date of the first period, as 2022-03-15.")


class ReferencePart(Part):
    """An entry of the bibliography."""

    title: str = Field(description="Title of the work.", min_length=1)
    author: str = Field("", description="Author or authors.")
    year: Year = Field("", description="Year of publication.")
    container: str = Field("", alias="in", description="Journal, book or newspaper it is part of.")
    url: str = Field("", description="Where it can be read; a DOI as https://doi.org/….")
    note: str = Field("", description="What is taken from it, with page or table.")


class UniformPart(Part):
    """Every value between low and high is equally likely."""

    kind: Literal["uniform"] = Field(description="Every value from low to high is equally likely.")
    low: float = Field(description="Lowest value.")
    high: float = Field(description="Highest value.")


class LogUniformPart(Part):
    """Uniform in the logarithm: each doubling is equally likely."""

    kind: Literal["log-uniform"] = Field(description="Every doubling is equally likely.")
    low: float = Field(description="Lowest value, above 0.")
    high: float = Field(description="Highest value.")


class TriangularPart(Part):
    """Rises from low to mode and falls from there to high."""

    kind: Literal["triangular"] = Field(description="Rises from low to mode, falls to high.")
    low: float = Field(description="Lowest value.")
    mode: float = Field(description="Most likely value.")
    high: float = Field(description="Highest value.")


class BetaPart(Part):
    """A beta distribution, stretched from low to high."""

    kind: Literal["beta"] = Field(description="Beta distribution, stretched from low to high.")
    a: float = Field(description="First shape, above 0: larger moves it towards high.")
    b: float = Field(description="Second shape, above 0: larger moves it towards low.")
    low: float = Field(0.0, description="Lowest value; 0 unless told.")
    high: float = Field(1.0, description="Highest value; 1 unless told.")


class NormalPart(Part):
    """A normal distribution, cut at low and high where they are given."""

    kind: Literal["normal"] = Field(description="Normal distribution, cut at low and high.")
    mean: float = Field(description="Mean, before it is cut.")
    sd: float = Field(description="Standard deviation, above 0, before it is cut.")
    low: float | None = Field(None, description="No value below this.")
    high: float | None = Field(None, description="No value above this.")


class DiscretePart(Part):
    """One of several values; rival readings of a mechanism are written so."""

    kind: Literal["discrete"] = Field(description="One of several values, as 0 or 1.")
    values: list[float] = Field(description="The values it may have.", min_length=2)
    weights: list[float] | None = Field(
        None, description="How likely each value is; equally likely unless told."
    )


DistributionPart = Annotated[
    UniformPart | LogUniformPart | TriangularPart | BetaPart | NormalPart | DiscretePart,
    Field(discriminator="kind"),
]


class ParameterPart(Part):
    """A number, fixed or uncertain."""

    value: float = Field(description="Nominal value; the parameter is fixed at it unless told.")
    range: list[float] | None = Field(
        None,
        description="[low, high]: uncertain, uniform between them.",
        min_length=2,
        max_length=2,
    )
    distribution: DistributionPart | None = Field(None, description="What is believed of it.")
    unit: str = Field("", description="Its unit: per period, million people, share.")
    why: str = Field("", description="What it stands for and why it has this value.")
    source: Names = Field([], description="Key of references it is taken from, or a list of keys.")
    basis: Literal["measured", "elicited", "assumed"] | None = Field(
        None, description="How the value is known: measured, elicited from experts, or assumed."
    )


class CorrelationPart(Part):
    """How two uncertain parameters go together."""

    between: list[str] = Field(
        description="The two parameters; each has a range or distribution.",
        min_length=2,
        max_length=2,
    )
    rank: float = Field(description="Rank correlation (Spearman's), above -1 and below 1.")
    why: str = Field("", description="Why they go together.")
    source: Names = Field([], description="Key of references it is taken from, or a list of keys.")


class ConstraintPart(Part):
    """A condition on parameters: futures that break it are not sampled."""

    holds: Formula = Field(description="Yes/no expression of parameters, as low < high.")
    why: str = Field("", description="Why nothing else can be.")
    source: Names = Field([], description="Key of references it is taken from, or a list of keys.")


class VariablePart(Part):
    """A part of the public state: a ladder of rungs, levels from 0, or a flag."""

    ladder: list[str] | None = Field(
        None, description="Names of its rungs, from the lowest to the highest.", min_length=2
    )
    levels: int | None = Field(
        None, description="Its highest level; it counts 0, 1, …", ge=1, le=1000
    )
    flag: bool | None = Field(None, description="A yes/no; true or false at the start.")
    start: str | int | None = Field(
        None, description="Rung or level at the start; the lowest unless told."
    )
    about: str = Field("", description="What it stands for.")


class BranchPart(Part):
    """Something that may happen by chance."""

    p: Formula = Field(description="Its probability where 'when' holds; 0 elsewhere.")
    when: Formula | None = Field(None, description="Condition, over variables.")
    set: Effects = Field(description="Effects: variable → new value.", min_length=1)


class TypePart(Part):
    """A private trait of an actor."""

    prior: Formula = Field(
        description="Its probability, of parameters; those of an actor's types sum to 1."
    )
    about: str = Field("", description="Who is of this type.")


class _OrPrior:
    """In the schema, a type may be its prior alone."""

    @classmethod
    def __get_pydantic_json_schema__(cls, inner: Any, handler: Any) -> Any:
        return {"anyOf": [handler(inner), EXPRESSION_SCHEMA]}


TypeOrPrior = Annotated[TypePart, BeforeValidator(_type), _OrPrior]
View = dict[str, Formula]


class ActionPart(Part):
    """Something an actor may do; {} does nothing and is waiting."""

    when: Formula | None = Field(None, description="Guard: it may be chosen where this holds.")
    cost: Costs | None = Field(
        None, description="Cost to the mover, or one for each actor; negative is a gain."
    )
    set: Effects = Field({}, description="Effects: variable → new value, from the state before.")
    chance: list[BranchPart] = Field(
        [], description="At most one of these happens, on top of the effects of 'set'."
    )
    reveals: str | None = Field(
        None, description="Type of its actor that it shows at face value; see 'cursedness'."
    )
    about: str = Field("", description="What the action is.")


class ActorPart(Part):
    """Who chooses, and what it wants."""

    about: str = Field("", description="Who this is.")
    rationality: Formula = Field(
        description="How sharply it chooses the better action, in 1/payoff; of parameters."
    )
    discount: Formula | None = Field(
        None, description="What the next period counts beside this one; 1 unless told."
    )
    payoff: Formula | None = Field(None, description="Received at the end of each period.")
    final: Formula | None = Field(None, description="Received once, when the crisis ends.")
    types: dict[str, TypeOrPrior] = Field(
        {},
        description="Private traits, two or more: type → its prior. One is drawn at the start, and "
        "known to the actor only.",
        min_length=2,
    )
    believes: dict[str, View] = Field(
        {},
        description="What it believes of others at the start where that differs from their "
        "priors: actor → type → probability. All know of it.",
    )
    cursedness: Formula | None = Field(
        None,
        description="How far the others take what its actions reveal at face value: 0 (Bayes) to "
        "1, of parameters.",
    )
    actions: dict[str, ActionPart] = Field(description="What it may do.", min_length=1)


class RulePart(Part):
    """What a doctrine forbids or demands, where and when."""

    must: Names = Field([], description="Only these actions, where one of them is available.")
    never: Names = Field([], description="Not these actions.")
    when: Formula | None = Field(None, description="Where the rule holds; everywhere unless told.")
    from_: int | None = Field(None, alias="from", description="First period it holds, from 1.")
    until: int | None = Field(None, description="Last period it holds.")


class DoctrinePart(RulePart):
    """A commitment of one actor: one rule written here, or several under 'rules'."""

    announced: bool = Field(True, description="Whether the others know and believe it.")
    believed: Formula | None = Field(
        None,
        description="Prior that the others give to its being followed, of parameters; unless "
        "told, 1 if it is announced and 0 if not.",
    )
    binds: Names = Field(
        [], description="Type of its actor that it binds, or a list; all of them unless told."
    )
    amends: dict[str, AmendmentOrNames] = Field(
        {}, description="Treaty of this file → what is changed of it while the doctrine holds."
    )
    says: str = Field("", description="The commitment in a sentence.")
    rules: list[RulePart] | None = Field(None, description="Its rules.", min_length=1)


class AdaptivePart(Part):
    """Adaptive doctrines to choose among: one doctrine until something is seen, then another."""

    start: Names = Field(description="Doctrine in force at first, or a list to choose from.")
    then: Names = Field(description="Doctrine once it is seen, or a list to choose from.")
    when: list[Formula] | None = Field(
        None, description="Conditions on variables, to choose one of.", min_length=1
    )
    from_: list[int] | None = Field(
        None, alias="from", description="First periods it counts, to choose one of.", min_length=1
    )
    says: str = Field("", description="The idea, in a sentence.")


class OutcomePart(Part):
    """A quantity that is reported, read in one of four ways."""

    each_period: Formula | None = Field(
        None, alias="each period", description="Number added up over the periods."
    )
    final: Formula | None = Field(None, description="Number read at the end.")
    ever: Formula | None = Field(None, description="Share of courses in which this ever holds.")
    first_time: Formula | None = Field(
        None, alias="first time", description="Periods that pass before this first holds."
    )
    unit: str = Field("", description="Its unit.")
    better: Literal["lower", "higher"] | None = Field(
        None, description="Which way is better; needed for regret."
    )
    says: str = Field("", description="What it means, in a sentence.")


class CountPart(Part):
    """How many of those who fled are somewhere: of use wherever an outcome is."""

    in_: Names = Field(
        alias="in",
        description="Where they are counted: abroad, at home, waiting, returned, a country or a "
        "place of the instance, or a list.",
    )
    after: int | None = Field(
        None, description="Period at whose end they are counted; the last unless told."
    )
    better: Literal["lower", "higher"] | None = Field(
        None, description="Which way is better; needed for regret."
    )
    says: str = Field("", description="What it means, in a sentence.")


class MeasuresPart(Part):
    """What a doctrine brings to those who flee."""

    brings: str = Field(description="A doctrine of the instance: its closures and corridors.")
    from_: int = Field(1, alias="from", description="First period they hold; 1 unless told.")


class _OrName:
    """In the schema, measures may be their name alone."""

    @classmethod
    def __get_pydantic_json_schema__(cls, inner: Any, handler: Any) -> Any:
        return {"anyOf": [handler(inner), {"type": "string"}]}


MeasuresOrName = Annotated[MeasuresPart, BeforeValidator(_measures), _OrName]


class DisplacementPart(Part):
    """Who flees where: how the course of the crisis drives an instance of displacement."""

    instance: str = Field(
        description="A packaged instance, or its folder beside this file.", min_length=1
    )
    people: str = Field(description="Outcome 'each period' that counts the newly uprooted.")
    per: float = Field(1.0, description="People for each unit of it; 1000000 if in millions.")
    days: int = Field(description="Days of a period.", ge=1, le=366)
    rule: Literal["destination choice", "local walk"] = Field(
        "destination choice", description="How they choose where to go."
    )
    settings: dict[str, Formula] = Field(
        {}, description="Setting of the rule → its value, of parameters."
    )
    places: dict[str, Formula] = Field(
        {},
        description="Place → intensity of conflict there, of parameters and one variable; else as "
        "in the instance.",
    )
    doctrines: dict[str, MeasuresOrName] = Field(
        {}, description="Doctrine of the scenario → what it brings; otherwise as given."
    )
    counts: dict[str, CountPart] = Field(
        description="What is reported, of use wherever an outcome is.", min_length=1
    )


class ClaimPart(Part):
    """A sentence somebody maintains, and an expression that is true where the sentence is."""

    says: str = Field(description="The sentence as it is maintained.", min_length=1)
    holds: Formula = Field(
        description="Yes/no expression of outcomes, values, traps, beliefs and parameters."
    )
    why: str = Field("", description="How the words were turned into the expression.")
    source: Names = Field([], description="Key of references where it is said, or a list of keys.")


class StructurePart(Part):
    """A switch between rival ways to write the crisis down."""

    says: str = Field("", description="What the options differ in, in a sentence.")
    options: dict[str, dict[str, Any]] = Field(
        description="Option → a part of a scenario file that is laid over the file: mappings are "
        "merged, lists and single values replaced, and a key with the value ~ is deleted. The "
        "first option is what holds unless told; {} is the file as it stands.",
        min_length=2,
    )
    source: Names = Field([], description="Key of references that argue it, or a list of keys.")


class MetricPart(Part):
    """How far a change of each parameter is, when the nearest reversal of a claim is sought."""

    fixed: Names = Field([], description="A parameter not to be changed, or a list of them.")
    scales: dict[str, float] = Field(
        {},
        description="Parameter → the change that counts 1: a difference; a factor if it is "
        "log-uniform; steps if it is discrete. Unless told, the width of its range.",
    )
    weights: dict[str, float] = Field(
        {}, description="Parameter → what such a change counts instead of 1."
    )


class ScenarioPart(Part):
    """A crisis, its uncertainties, the rival doctrines, and the claims people make about it."""

    model_config = ConfigDict(title="standoff scenario")

    standoff: Literal[1] = Field(description="Version of the language: 1.")
    name: str = Field(description="Short name, lower case with hyphens.")
    title: str = Field(description="One line.", min_length=1)
    summary: str = Field("", description="A paragraph for a reader.")
    time: TimePart = Field(description="The clock: length and number of periods.")
    references: dict[str, ReferencePart] = Field({}, description="Bibliography: key → work.")
    parameters: dict[str, ParameterPart] = Field({}, description="Numbers, fixed or uncertain.")
    correlations: list[CorrelationPart] = Field(
        [], description="Uncertain parameters that go together."
    )
    constraints: list[ConstraintPart] = Field(
        [], description="Conditions on parameters; futures that break one are not sampled."
    )
    terms: dict[str, Formula] = Field({}, description="Named expressions, to say a thing once.")
    variables: dict[str, VariablePart] = Field(description="The public state.", min_length=1)
    order: list[Move] = Field(
        description="The moves of one period: names of actors and events, or lists of actors who "
        "choose at once.",
        min_length=1,
    )
    events: dict[str, list[BranchPart]] = Field(
        {}, description="Moves of chance: each is one throw with at most one result."
    )
    actors: dict[str, ActorPart] = Field(description="Who chooses.", min_length=1)
    ends: Formula | None = Field(None, description="The crisis is over where this holds.")
    treaties: dict[str, TreatyPart] = Field(
        {}, description="What was promised: what triggers it, who decides, what is then owed."
    )
    doctrines: dict[str, dict[str, DoctrinePart]] = Field(
        {}, description="Commitments: actor → doctrine → rules."
    )
    adaptive: dict[str, dict[str, AdaptivePart]] = Field(
        {}, description="Adaptive doctrines to search among: actor → family → its candidates."
    )
    outcomes: dict[str, OutcomePart] = Field({}, description="What is reported.")
    displacement: DisplacementPart | None = Field(
        None, description="Who flees where, as the course of the crisis drives it."
    )
    claims: dict[str, ClaimPart] = Field({}, description="What people maintain.")
    metric: MetricPart | None = Field(None, description="How far a change of each parameter is.")
    structures: dict[str, StructurePart] = Field(
        {}, description="Switches between rival ways to write the crisis down."
    )
    variant: dict[str, str] = Field(
        {}, description="Which options hold: switch → option; the first of each unless told."
    )


def schema() -> dict[str, Any]:
    """The language as a JSON Schema (2020-12), for completion and hover text in editors."""
    made = ScenarioPart.model_json_schema(by_alias=True)
    return {"$schema": DIALECT, **made}
