"""The safety rules as the bench offers them: strict JSON in, the web application's own pure functions, JSON out."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, StringConstraints, WithJsonSchema, field_validator

from safety.rules import crs, dlt, icans, ice
from safety.rules.facts import TRIAL_TIME_ZONE, Anchor, Outcome, contradictions
from safety.rules.moments import Moment, parse_moment
from trial_edc.bench import registry
from trial_edc.bench.inputs import EXACT, WHOLE
from trial_edc.bench.registry import BenchModel, BenchRule, CaseError, NoConfig

_LEE = "ASTCT consensus grading, Lee DW et al., Biol Blood Marrow Transplant 2019;25:625-638"
_NO_DRUG = frozenset({"none", "no", "nil", "n/a", "na", "null", "-"})
Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class CrsInput(BenchModel):
    """One CRS assessment; absent = no or none."""

    max_temp_c: Annotated[Decimal, Field(ge=25, le=45), EXACT]
    fever_other_cause: bool = False
    hypotension: bool = False
    hypotension_other_cause: bool = False
    vasopressors: Annotated[list[Text], Field(max_length=50, default_factory=list)]
    o2_support: crs.OxygenSupport | None = None
    o2_flow_l_min: Annotated[Decimal, Field(ge=0, le=100), EXACT] | None = None
    hypoxia_other_cause: bool = False
    crs_already_diagnosed: bool = False
    antipyretic: bool = False
    anticytokine: bool = False
    death_due_to_crs: bool = False

    @field_validator("o2_support", mode="before")
    @classmethod
    def _support(cls, value: Any) -> Any:
        return member(crs.OxygenSupport, value)

    @field_validator("vasopressors")
    @classmethod
    def _drugs(cls, names: list[str]) -> list[str]:
        for name in names:
            if not name.strip() or name.strip().casefold() in _NO_DRUG:
                raise ValueError(f"must name drugs, and {name[:40]!r} is none; leave the list empty for no vasopressor")
        return names


def member(kind: Any, value: Any) -> Any:
    """The member of an enumeration for its JSON text; null stays null. Raises ValueError naming the choices."""
    if value is None:
        return None
    if isinstance(value, str) and value in kind._value2member_map_:
        return kind(value)
    raise ValueError(f"must be one of {', '.join(kind)}")


def evaluate_crs(given: CrsInput, config: NoConfig) -> registry.Outcome:
    """Answer one crs-grade case."""
    support = given.o2_support or crs.OxygenSupport.NONE
    if support is crs.OxygenSupport.NONE and given.o2_flow_l_min:
        raise CaseError("o2_flow_l_min", f"a flow of {given.o2_flow_l_min} L/min needs o2_support to name the device")
    values = {name: getattr(given, name) for name in CrsInput.model_fields}
    values |= {"o2_support": support, "vasopressors": tuple(given.vasopressors)}
    result = crs.grade_crs(crs.CrsObservation(**values))
    return registry.Outcome({"grade": result.grade, "flags": list(result.flags)}, result.because)


class IcansInput(BenchModel):
    """One ICANS assessment; absent or null = not assessed."""

    age_years: Annotated[Decimal, Field(ge=0, le=130), EXACT] | None = None
    ice: Annotated[int, Field(ge=0, le=10), WHOLE] | None = None
    capd: Annotated[int, Field(ge=0, le=32), WHOLE] | None = None
    unable_to_perform_capd: bool | None = None
    consciousness: icans.Consciousness | None = None
    consciousness_other_cause: bool = False
    seizure: icans.Seizure | None = None
    deep_focal_motor_weakness: bool | None = None
    cerebral_edema: icans.Edema | None = None
    edema_due_to_intracranial_hemorrhage: bool = False
    posturing: bool | None = None
    cn6_palsy: bool | None = None
    papilledema: bool | None = None
    cushings_triad: bool | None = None
    death_due_to_icans: bool = False

    @field_validator("consciousness", mode="before")
    @classmethod
    def _consciousness(cls, value: Any) -> Any:
        return member(icans.Consciousness, value)

    @field_validator("seizure", mode="before")
    @classmethod
    def _seizure(cls, value: Any) -> Any:
        return member(icans.Seizure, value)

    @field_validator("cerebral_edema", mode="before")
    @classmethod
    def _edema(cls, value: Any) -> Any:
        return member(icans.Edema, value)


def evaluate_icans(given: IcansInput, config: NoConfig) -> registry.Outcome:
    """Answer one icans-grade case."""
    if given.unable_to_perform_capd and given.capd is not None:
        raise CaseError("capd", "a CAPD score contradicts unable_to_perform_capd")
    values = {name: getattr(given, name) for name in IcansInput.model_fields}
    result = icans.grade_icans(icans.IcansObservation(**values))
    return registry.Outcome({"grade": result.grade, "flags": list(result.flags)}, result.because)


class IceInput(BenchModel):
    """The five tasks; null = not examined."""

    orientation: Annotated[int, Field(ge=0, le=4), WHOLE] | None
    naming: Annotated[int, Field(ge=0, le=3), WHOLE] | None
    commands: Annotated[int, Field(ge=0, le=1), WHOLE] | None
    writing: Annotated[int, Field(ge=0, le=1), WHOLE] | None
    attention: Annotated[int, Field(ge=0, le=1), WHOLE] | None


def evaluate_ice(given: IceInput, config: NoConfig) -> registry.Outcome:
    """Answer one ice-score case."""
    items = ice.IceItems(given.orientation, given.naming, given.commands, given.writing, given.attention)
    result = ice.ice_score(items)
    return registry.Outcome({"total": result.total}, result.because)


def to_moment(value: Any) -> Moment:
    """A moment from ISO 8601 text, possibly partial. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError("must be an ISO 8601 date or date and time")
    return parse_moment(value, TRIAL_TIME_ZONE)


def to_known_day(value: Any) -> Moment:
    """A moment of which at least the day is known. Raises ValueError."""
    moment = to_moment(value)
    if not moment.day_known:
        raise ValueError("must name at least the day")
    return moment


_MOMENT_SCHEMA = WithJsonSchema({"type": "string", "examples": ["2025-03-03T10:00", "2025-03-03", "2025-03", "2025"]})
_DAY_SCHEMA = WithJsonSchema({"type": "string", "examples": ["2025-03-03T10:00:00+08:00", "2025-03-03"]})
PartialMoment = Annotated[Moment, PlainValidator(to_moment), _MOMENT_SCHEMA]
KnownDay = Annotated[Moment, PlainValidator(to_known_day), _DAY_SCHEMA]
RelationshipText = Literal["definite", "probable", "possible", "unlikely", "unrelated"]
OutcomeText = Literal[
    "FATAL",
    "NOT RECOVERED/NOT RESOLVED",
    "RECOVERED/RESOLVED",
    "RECOVERED/RESOLVED WITH SEQUELAE",
    "RECOVERING/RESOLVING",
    "UNKNOWN",
]


class PeriodInput(BenchModel):
    """One step of the grade history."""

    grade: Annotated[int, Field(ge=0, le=5), WHOLE]
    start: PartialMoment
    end: PartialMoment | None = None


class AdverseEventInput(BenchModel):
    """One adverse event; absent or null = not recorded."""

    term: Text
    term_specify: Annotated[str, StringConstraints(max_length=2000)] | None = None
    soc: Annotated[str, StringConstraints(max_length=500)] | None = None
    grading: Literal["CTCAE v5.0", "ASTCT 2019"] | None = None
    relationship: RelationshipText | None = None
    relationship_lymphodepletion: RelationshipText | None = None
    onset: PartialMoment | None = None
    end: PartialMoment | None = None
    max_grade: Annotated[int, Field(ge=1, le=5), WHOLE] | None = None
    grade_history: Annotated[list[PeriodInput], Field(max_length=1000)] | None = None
    outcome: OutcomeText | None = None
    part_of_event: bool | Text | Annotated[int, Field(ge=1), WHOLE] | None = None

    @field_validator("term")
    @classmethod
    def _term(cls, term: str) -> str:
        if not term.strip():
            raise ValueError("must not be blank")
        return term


class DltInput(BenchModel):
    """One adverse event of one subject."""

    infusion_datetime: KnownDay | None
    data_cutoff: KnownDay | None = None
    ae: AdverseEventInput


class DltConfigInput(BenchModel):
    """Protocol parameters of the DLT rule."""

    window_days: Annotated[int, Field(ge=1, le=366), WHOLE] = 28
    infusion_day: Annotated[int, Field(ge=0, le=1), WHOLE] = 0
    crs_min_days: Annotated[int, Field(ge=0, le=366), WHOLE] = 14
    crs_g4_any_duration: bool = True
    onset_anchor: Literal["event", "qualifying_grade"] = "event"


def _facts(given: AdverseEventInput) -> dlt.AdverseEventFacts:
    relation, conditioning = given.relationship, given.relationship_lymphodepletion
    return dlt.AdverseEventFacts(
        term=given.term,
        relationship=dlt.Relationship(relation) if relation else None,
        onset=given.onset,
        end=given.end,
        max_grade=given.max_grade,
        grade_history=tuple(dlt.GradePeriod(item.grade, item.start, item.end) for item in given.grade_history or []),
        grading=dlt.Grading(given.grading) if given.grading else None,
        soc=given.soc,
        term_specify=given.term_specify,
        relationship_lymphodepletion=dlt.Relationship(conditioning) if conditioning else None,
        outcome=Outcome(given.outcome) if given.outcome else None,
        part_of_event=bool(given.part_of_event),
    )


def evaluate_dlt(given: DltInput, config: DltConfigInput) -> registry.Outcome:
    """Answer one dlt case."""
    event = _facts(given.ae)
    for wrong in contradictions(event, infusion_at=given.infusion_datetime, data_cutoff=given.data_cutoff):
        raise CaseError(wrong.key, wrong.sentence)
    parameters = config.model_dump() | {"onset_anchor": Anchor(config.onset_anchor)}
    verdict = dlt.adjudicate_dlt(
        event,
        infusion_at=given.infusion_datetime,
        data_cutoff=given.data_cutoff,
        config=dlt.DltConfig(**parameters),
    )
    change = verdict.next_change_at
    output = {
        "dlt": verdict.dlt.value,
        "criterion": verdict.criterion.value if verdict.criterion else None,
        "flags": list(verdict.flags),
        "onset_day": verdict.onset_day,
        "next_change_at": change.astimezone(TRIAL_TIME_ZONE).isoformat() if change else None,
    }
    return registry.Outcome(output, verdict.because)


RULES = (
    BenchRule(crs.RULE, crs.VERSION, "CRS grade of one assessment", _LEE, evaluate_crs, CrsInput),
    BenchRule(icans.RULE, icans.VERSION, "ICANS grade of one assessment", _LEE, evaluate_icans, IcansInput),
    BenchRule(ice.RULE, ice.VERSION, "ICE score", _LEE, evaluate_ice, IceInput),
    BenchRule(
        dlt.RULE,
        dlt.VERSION,
        "Dose-limiting toxicity: one adverse event",
        "NCT05947487, primary outcome, and the protocol's DLT definition",
        evaluate_dlt,
        DltInput,
        DltConfigInput,
    ),
)


def register() -> None:
    """Offer the safety rules on the bench."""
    for rule in RULES:
        registry.register(rule)
