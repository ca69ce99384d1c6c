"""Lesions at baseline on the bench: what a lesion may be, and whether the targets were chosen by the rules."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator, StringConstraints, WithJsonSchema

from efficacy.bench_findings import MOST_LESIONS, LesionId, Mm, make
from efficacy.bench_recist import RECIST, millimetres
from efficacy.rules import lesion_baseline, target_selection
from efficacy.rules.lesion_baseline import LesionKind, Method
from trial_edc.bench.inputs import EXACT, Day
from trial_edc.bench.registry import BenchModel, BenchRule, CaseError, NoConfig, Outcome

#: Further names of methods, in words without their order.
METHODS = {
    "ct": Method.CT,
    "spiral ct": Method.CT,
    "ct scan": Method.CT,
    "mri": Method.MRI,
    "mr": Method.MRI,
    "chest x ray": Method.CHEST_X_RAY,
    "chest xray": Method.CHEST_X_RAY,
    "cxr": Method.CHEST_X_RAY,
    "chest radiograph": Method.CHEST_X_RAY,
    "x ray": Method.CHEST_X_RAY,
    "xray": Method.CHEST_X_RAY,
    "caliper": Method.CALIPER,
    "calipers": Method.CALIPER,
    "clinical": Method.CALIPER,
    "clinical caliper": Method.CALIPER,
    "clinical examination": Method.CALIPER,
    "ultrasound": Method.ULTRASOUND,
    "us": Method.ULTRASOUND,
    "pet": Method.OTHER,
    "fdg pet": Method.OTHER,
    "pet ct": Method.OTHER,
    "endoscopy": Method.OTHER,
    "laparoscopy": Method.OTHER,
    "other": Method.OTHER,
}
#: Further names of kinds of lesion, in words without their order.
KINDS = {
    **dict.fromkeys(
        ("soft tissue", "solid", "mass", "parenchymal", "visceral", "node", "nodal", "lymph node"),
        LesionKind.SOFT_TISSUE,
    ),
    **dict.fromkeys(
        (
            "bone soft tissue",
            "bone lytic soft tissue",
            "bone mixed soft tissue",
            "bone lytic mixed soft tissue",
            "lytic soft tissue",
            "mixed soft tissue",
            "bone lytic soft",
            "bone mixed soft",
            "lytic soft",
            "mixed soft",
            "bone soft",
            "osteolytic soft tissue",
        ),
        LesionKind.BONE_SOFT_TISSUE,
    ),
    **dict.fromkeys(
        (
            "bone",
            "bone lytic",
            "bone mixed",
            "bone lytic mixed",
            "lytic",
            "mixed",
            "lytic mixed",
            "osteolytic",
            "bone without soft tissue",
            "bone lytic without soft tissue",
            "bone mixed without soft tissue",
            "bone no soft tissue",
            "bone lytic no soft tissue",
            "bone mixed no soft tissue",
        ),
        LesionKind.BONE,
    ),
    # A blastic lesion is never measurable, whatever soft tissue lies beside it.
    **dict.fromkeys(
        (
            "bone blastic",
            "blastic",
            "bone sclerotic",
            "sclerotic",
            "osteoblastic",
            "bone blastic soft tissue",
            "blastic soft tissue",
        ),
        LesionKind.BONE_BLASTIC,
    ),
    **dict.fromkeys(("cystic", "cystic metastasis", "cystic metastases"), LesionKind.CYSTIC_METASTASIS),
    "simple cyst": LesionKind.SIMPLE_CYST,
    **dict.fromkeys(("effusion", "pleural effusion", "pericardial effusion"), LesionKind.EFFUSION),
    "ascites": LesionKind.ASCITES,
    "leptomeningeal": LesionKind.LEPTOMENINGEAL,
    **dict.fromkeys(("lymphangitic", "lymphangitis"), LesionKind.LYMPHANGITIC),
    **dict.fromkeys(("inflammatory breast", "inflammatory breast disease"), LesionKind.INFLAMMATORY_BREAST),
}
#: Words that do not tell one kind from another.
FILLERS = frozenset({"with", "component", "lesion", "disease", "osseous", "spread", "carcinomatosis"})


def words_of(text: str) -> frozenset[str]:
    """The words of a name, whatever their order, case and punctuation."""
    words = re.findall(r"[a-z]+", text.casefold().replace("metastases", "metastasis"))
    return frozenset(words) - FILLERS


_METHODS = {words_of(name): method for name, method in METHODS.items()}
_KINDS = {words_of(name): kind for name, kind in KINDS.items()}


def to_method(value: Any) -> Method:
    """The method of a name. Raises ValueError naming the choices."""
    method = _METHODS.get(words_of(value)) if isinstance(value, str) else None
    if method is None:
        raise ValueError(f"must be one of {', '.join(Method)}")
    return method


def to_kind(value: Any) -> LesionKind:
    """The kind of a name; null is soft tissue. Raises ValueError naming the choices."""
    if value is None:
        return LesionKind.SOFT_TISSUE
    kind = _KINDS.get(words_of(value)) if isinstance(value, str) else None
    if kind is None:
        raise ValueError(f"must be one of {', '.join(LesionKind)}")
    return kind


def to_yes(value: Any) -> Any:
    """Null is no."""
    return False if value is None else value


YesNo = Annotated[bool, BeforeValidator(to_yes)]
AxisMm = Annotated[Decimal, Field(gt=0, le=100_000), EXACT]
MethodName = Annotated[Method, PlainValidator(to_method), WithJsonSchema({"enum": list(Method)})]
KindName = Annotated[LesionKind, PlainValidator(to_kind), WithJsonSchema({"enum": [*LesionKind, None]})]


class LesionInput(BenchModel):
    """One lesion; absent or null = not recorded, or no."""

    nodal: YesNo = False
    method: MethodName
    slice_mm: Annotated[Decimal, Field(gt=0, le=1000), EXACT] | None = None
    type: KindName = LesionKind.SOFT_TISSUE
    long_mm: AxisMm | None = None
    short_mm: AxisMm | None = None
    prior_local_therapy: YesNo = False
    progressed_since: YesNo = False


class LesionCaseInput(BenchModel):
    """One lesion at baseline."""

    lesion: LesionInput


def evaluate_lesion(given: LesionCaseInput, config: NoConfig) -> Outcome:
    """Answer one lesion-baseline case."""
    values = {name: getattr(given.lesion, name) for name in LesionInput.model_fields}
    lesion = lesion_baseline.BaselineLesion(kind=values.pop("type"), **values)
    verdict = make("lesion", lesion_baseline.assess_lesion, lesion)
    output = {
        "measurable": verdict.measurable,
        "allowed_roles": list(verdict.allowed_roles),
        "flags": list(verdict.flags),
    }
    return Outcome(output, verdict.because)


class ChosenInput(BenchModel):
    """A chosen target; `mm` null: not measured."""

    id: LesionId
    organ: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    nodal: YesNo = False
    mm: Mm | None = None


class SelectionInput(BenchModel):
    """The targets of a baseline; dates null = not known."""

    targets: Annotated[list[ChosenInput], Field(max_length=MOST_LESIONS)]
    measurable_lesion_exists: bool | None = None
    scan_date: Day | None = None
    infusion_date: Day | None = None
    bridging_end_date: Day | None = None


def _chosen(given: ChosenInput, where: str) -> target_selection.ChosenTarget:
    organ = (given.organ or "").strip()
    if not organ and not given.nodal:
        raise CaseError(f"{where}.organ", "is required: it decides how many targets an organ has")
    return target_selection.ChosenTarget(given.id, organ, given.nodal, given.mm)


def evaluate_selection(given: SelectionInput, config: NoConfig) -> Outcome:
    """Answer one target-selection case."""
    if given.measurable_lesion_exists is None and not given.targets:
        raise CaseError("measurable_lesion_exists", "is required when no target was chosen")
    selection = target_selection.check_selection(
        [_chosen(each, f"targets[{number}]") for number, each in enumerate(given.targets)],
        measurable_lesion_exists=bool(given.measurable_lesion_exists),
        scan_date=given.scan_date,
        infusion_date=given.infusion_date,
        bridging_end_date=given.bridging_end_date,
    )
    output = {
        "violations": [violation.value for violation in selection.violations],
        "baseline_sum_mm": millimetres(selection.baseline_sum_mm),
    }
    return Outcome(output, selection.because)


RULES = (
    BenchRule(
        lesion_baseline.RULE,
        lesion_baseline.VERSION,
        "RECIST 1.1: what a lesion may be at baseline",
        RECIST,
        evaluate_lesion,
        LesionCaseInput,
    ),
    BenchRule(
        target_selection.RULE,
        target_selection.VERSION,
        "RECIST 1.1: whether the targets were chosen by the rules",
        RECIST,
        evaluate_selection,
        SelectionInput,
    ),
)
