"""The other dose-finding designs, and the boundary of the expansion, as the bench offers them.

Keys of a configuration that are left out take the protocol's parameters.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema

from dosing.bench import Count
from dosing.bench_characteristics import DIGITS, OPERATING_CHARACTERISTICS, rounded
from dosing.rules import boin, boin_mtd, crm, expansion_boundary, mtpi2
from dosing.rules.beta_tail import Posterior
from trial_edc.bench import registry
from trial_edc.bench.inputs import EXACT, WHOLE, to_decimal
from trial_edc.bench.registry import BenchModel, BenchRule, CaseError, NoConfig, Outcome
from trial_edc.protocol.parameters import decimal, integer, text, values

_LOW_SHARE, _TOXIC_SHARE = Fraction(decimal("boin.low_share")), Fraction(decimal("boin.toxic_share"))
Inside = Annotated[Decimal, Field(gt=0, lt=1), EXACT]
Subjects = Annotated[list[Count], Field(min_length=1, max_length=100)]


class BoinBoundariesInput(BenchModel):
    """The target DLT probability and the largest number of subjects at a dose."""

    target: Inside
    n_max: Annotated[int, Field(ge=1, le=1000), WHOLE]


class BoinConfigInput(BenchModel):
    """Design parameters of BOIN."""

    elimination_cutoff: Inside = decimal("boin.elimination_cutoff")
    elimination_minimum: Annotated[int, Field(ge=1, le=1000), WHOLE] = integer("boin.elimination_minimum")


def _boin_config(target: Decimal, config: BoinConfigInput) -> boin.BoinConfig:
    """The parameters of BOIN. Raises CaseError for a target so high that φ2 reaches 1."""
    found = boin.BoinConfig(
        _LOW_SHARE,
        _TOXIC_SHARE,
        Fraction(config.elimination_cutoff),
        config.elimination_minimum,
    )
    try:
        boin.limits(Fraction(target), found)
    except ValueError as error:
        raise CaseError("target", str(error)) from None
    return found


def evaluate_boin_boundaries(given: BoinBoundariesInput, config: BoinConfigInput) -> Outcome:
    """Answer one boin-boundaries case."""
    found = boin.boundaries(Fraction(given.target), given.n_max, _boin_config(given.target, config))
    rows = [
        {
            "n": row.n,
            "escalate_if_dlt_le": row.escalate_at_most,
            "deescalate_if_dlt_ge": row.deescalate_from,
            "eliminate_if_dlt_ge": row.eliminate_from,
        }
        for row in found.rows
    ]
    because = f"Escalate up to a share of {found.lambda_e:.7f}, de-escalate from {found.lambda_d:.7f}."
    return Outcome({"lambda_e": found.lambda_e, "lambda_d": found.lambda_d, "rows": rows}, because)


class BoinMtdInput(BenchModel):
    """The target, and per dose (lowest first) subjects and subjects with a DLT."""

    target: Inside
    n: Subjects
    y: Subjects


def _check_lists(given: BoinMtdInput) -> None:
    if len(given.y) != len(given.n):
        raise CaseError("y", f"has {len(given.y)} entries where n has {len(given.n)}")
    for index, (subjects, toxic) in enumerate(zip(given.n, given.y, strict=True)):
        if toxic > subjects:
            raise CaseError(f"y[{index}]", f"{toxic} exceeds n[{index}], {subjects}")


def evaluate_boin_mtd(given: BoinMtdInput, config: BoinConfigInput) -> Outcome:
    """Answer one boin-mtd case: `mtd` counts from 1, null = no dose is selected."""
    _check_lists(given)
    found = boin_mtd.select_mtd(Fraction(given.target), given.n, given.y, _boin_config(given.target, config))
    estimates = [None if value is None else round(float(value), DIGITS) for value in found.estimates]
    output = {"mtd": found.mtd, "isotonic_estimates": estimates, "eliminated_from": found.eliminated_from}
    return Outcome(output, found.because)


class Mtpi2Input(BenchModel):
    """Subjects and subjects with a DLT at one dose."""

    n: Annotated[int, Field(ge=1, le=1000), WHOLE]
    y: Count


class Mtpi2ConfigInput(BenchModel):
    """Design parameters of mTPI-2."""

    target: Inside = decimal("mtpi2.target")
    equivalence_interval: Annotated[list[Inside], Field(min_length=2, max_length=2)] = [
        Decimal(value) for value in values("mtpi2.equivalence_interval")
    ]
    xi: Inside = decimal("mtpi2.xi")


def evaluate_mtpi2(given: Mtpi2Input, config: Mtpi2ConfigInput) -> Outcome:
    """Answer one mtpi2 case."""
    if given.y > given.n:
        raise CaseError("y", f"{given.y} exceeds n, {given.n}")
    low, high = (Fraction(value) for value in config.equivalence_interval)
    try:
        parameters = mtpi2.Mtpi2Config(Fraction(config.target), low, high, Fraction(config.xi))
    except ValueError as error:
        raise CaseError("config.equivalence_interval", str(error)) from None
    found = mtpi2.decide(given.n, given.y, parameters)
    output = {
        "decision": found.decision.value,
        "unit_probability_mass": {kind: round(mass, DIGITS) for kind, mass in found.masses.items()},
        "p_above_target": round(found.p_above_target, DIGITS),
    }
    return Outcome(output, found.because)


class CrmInput(BenchModel):
    """Skeleton, target and prior variance; per subject the dose (1 = lowest) and 1 = DLT or 0."""

    skeleton: Annotated[list[Inside], Field(min_length=1, max_length=100)]
    target: Inside
    prior_var: Annotated[Decimal, Field(gt=0, le=100), EXACT]
    levels: Annotated[list[Annotated[int, Field(ge=1, le=100), WHOLE]], Field(max_length=1000)]
    tox: Annotated[list[Annotated[int, Field(ge=0, le=1), WHOLE]], Field(max_length=1000)]


def evaluate_crm(given: CrmInput, config: NoConfig) -> Outcome:
    """Answer one crm case."""
    skeleton = tuple(float(value) for value in given.skeleton)
    tox = [bool(value) for value in given.tox]
    try:
        fit = crm.fit_crm(skeleton, float(given.target), float(given.prior_var), given.levels, tox)
    except ValueError as error:
        key, _, sentence = str(error).partition(": ")
        raise CaseError(key, sentence) from None
    output = {
        "est": round(fit.est, DIGITS),
        "ptox": rounded(fit.ptox),
        "mtd": fit.mtd,
        "mtd_no_skip": fit.mtd_no_skip,
        "var": round(fit.variance, DIGITS),
    }
    words = f"Fitted {fit.ptox[fit.mtd - 1]:.4f} at level {fit.mtd}, the closest to {given.target}."
    return Outcome(output, words)


def to_fraction(value: Any) -> Fraction:
    """A probability as a JSON number, a decimal string or a fraction such as "1/3", exactly. Raises ValueError."""
    if isinstance(value, str) and value.count("/") == 1:
        parts = [to_decimal(part.strip()) for part in value.split("/")]
        if not parts[1]:
            raise ValueError("must not divide by 0")
        found = Fraction(parts[0]) / Fraction(parts[1])
    else:
        found = Fraction(to_decimal(value))
    if not 0 < found < 1:
        raise ValueError("must lie above 0 and below 1")
    return found


Share = Annotated[Fraction, PlainValidator(to_fraction), WithJsonSchema({"type": ["number", "string"]})]
Shape = Annotated[Decimal, Field(gt=0, le=1000), EXACT]


class ExpansionInput(BenchModel):
    """The largest number of treated subjects."""

    n_max: Annotated[int, Field(ge=1, le=1000), WHOLE]


class ExpansionConfigInput(BenchModel):
    """Protocol parameters of the boundary; `p0` may be a fraction written as text, such as "1/3"."""

    p0: Share = Field(default_factory=lambda: Fraction(text("expansion.boundary_p0")))
    cutoff: Inside = decimal("expansion.boundary_cutoff")
    prior: Annotated[list[Shape], Field(min_length=2, max_length=2)] = [
        Decimal(value) for value in values("expansion.boundary_prior")
    ]


def evaluate_expansion_boundary(given: ExpansionInput, config: ExpansionConfigInput) -> Outcome:
    """Answer one expansion-boundary case: treated subjects -> events that pause enrolment, null = no number does."""
    a, b = (Fraction(value) for value in config.prior)
    first = integer("expansion.boundary_first")
    parameters = expansion_boundary.ExpansionConfig(config.p0, Fraction(config.cutoff), Posterior(a, b), first)
    found = expansion_boundary.pause_boundary(given.n_max, parameters)
    because = f"Pause when Pr(p > {config.p0}) is above {config.cutoff}, watched from {first} treated subjects."
    return Outcome({"boundary": {str(n): events for n, events in found.items()}}, because)


_BOIN = "Liu and Yuan, J R Stat Soc C 2015 (64:507)"
RULES = (
    OPERATING_CHARACTERISTICS,
    BenchRule(
        boin.RULE,
        boin.VERSION,
        "BOIN: escalation, de-escalation and elimination boundaries",
        _BOIN,
        evaluate_boin_boundaries,
        BoinBoundariesInput,
        BoinConfigInput,
    ),
    BenchRule(
        boin_mtd.RULE,
        boin_mtd.VERSION,
        "BOIN: the dose selected as the MTD",
        _BOIN,
        evaluate_boin_mtd,
        BoinMtdInput,
        BoinConfigInput,
    ),
    BenchRule(
        mtpi2.RULE,
        mtpi2.VERSION,
        "mTPI-2: the decision at one dose",
        "Guo et al., Contemp Clin Trials 2017 (58:23)",
        evaluate_mtpi2,
        Mtpi2Input,
        Mtpi2ConfigInput,
    ),
    BenchRule(
        crm.RULE,
        crm.VERSION,
        "CRM: the empiric model's estimate and dose",
        "O'Quigley, Pepe and Fisher, Biometrics 1990 (46:33)",
        evaluate_crm,
        CrmInput,
    ),
    BenchRule(
        expansion_boundary.RULE,
        expansion_boundary.VERSION,
        "Expansion: events at which enrolment pauses",
        "Protocol, safety monitoring of the expansion",
        evaluate_expansion_boundary,
        ExpansionInput,
        ExpansionConfigInput,
    ),
)


def register() -> None:
    """Offer the designs on the bench."""
    for rule in RULES:
        registry.register(rule)
