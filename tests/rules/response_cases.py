"""A good case for every response rule of the bench, and lesions written briefly."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from efficacy.rules.observations import (
    Baseline,
    Findings,
    LesionObservation,
    LesionStatus,
    NewLesionObservation,
    NewLesionStatus,
    NonTargetObservation,
    NonTargetStatus,
    SinceLast,
    TargetLesion,
)

MASS: dict[str, Any] = {"targets": [{"id": "T01", "organ": "liver", "nodal": False, "mm": "100"}]}
TIMEPOINT: dict[str, Any] = {
    "baseline": MASS,
    "prior_complete_sums_mm": [],
    "timepoint": {"targets": {"T01": {"status": "measured", "mm": "70"}}, "non_targets": {}, "new_lesions": []},
}
COURSE: dict[str, Any] = {
    "baseline": MASS,
    "timepoints": [
        {"date": "2025-03-31", "targets": {"T01": {"status": "measured", "mm": "70"}}},
        {"date": "2025-04-28", "targets": {"T01": {"status": "measured", "mm": 84}}},
    ],
}
LESION: dict[str, Any] = {
    "nodal": False,
    "method": "CT",
    "slice_mm": "5",
    "type": "soft_tissue",
    "long_mm": "10",
    "short_mm": None,
    "prior_local_therapy": False,
    "progressed_since": None,
}
SELECTION: dict[str, Any] = {
    "targets": [{"id": "T01", "organ": "liver", "nodal": False, "mm": "50.5"}],
    "measurable_lesion_exists": True,
    "scan_date": "2025-02-20",
    "infusion_date": "2025-03-03",
    "bridging_end_date": "2025-02-15",
}
BEST: dict[str, Any] = {
    "reference_date": "2025-03-03",
    "assessments": [{"date": "2025-03-31", "response": "PR"}, {"date": "2025-04-28", "response": "CR"}],
}
IMMUNE_COURSE: dict[str, Any] = {
    "baseline": MASS,
    "timepoints": [
        {"date": "2025-03-31", "targets": {"T01": "120"}},
        {"date": "2025-04-28", "targets": {"T01": "125"}},
    ],
}
#: One good case per rule, and its output without the keys beyond the contract.
GOOD_RESPONSE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "recist-timepoint": (
        TIMEPOINT,
        {
            "sum_mm": "70",
            "nadir_mm": "100",
            "target": "PR",
            "non_target": "NA",
            "overall": "PR",
            "pct_from_baseline": -30.0,
            "pct_from_nadir": -30.0,
        },
    ),
    "recist-overall": ({"target": "CR", "non_target": "NE", "new_lesion": "none"}, {"overall": "PR"}),
    "recist-sequence": (
        COURSE,
        {"overall": ["PR", "PD"], "nadir_mm": ["100", "70"], "first_pd_date": "2025-04-28"},
    ),
    "lesion-baseline": ({"lesion": LESION}, {"measurable": True, "allowed_roles": ["target", "non_target"]}),
    "target-selection": (SELECTION, {"violations": [], "baseline_sum_mm": "50.5"}),
    "best-overall-response": (
        BEST,
        {"bor": "PR", "responder": True, "bor_date": "2025-03-31", "first_response_date": "2025-03-31"},
    ),
    "irecist-sequence": (
        IMMUNE_COURSE,
        {
            "responses": ["iUPD", "iCPD"],
            "confirmed_progression": True,
            "progression_date": "2025-03-31",
            "late_confirmation": False,
        },
    ),
    "irecist-best-response": ({"responses": ["iUPD", "iPR", "iCPD"]}, {"ibor": "iPR"}),
}

POINT: dict[str, Any] = TIMEPOINT["timepoint"]
WITH_NON_TARGET: dict[str, Any] = MASS | {"non_targets": [{"id": "X", "organ": "bone", "remark": "any"}]}


def timepoint(**change: Any) -> dict[str, Any]:
    """A recist-timepoint case with another time point."""
    return TIMEPOINT | {"timepoint": POINT | change}


def target(**observation: Any) -> dict[str, Any]:
    """A recist-timepoint case with this finding of the target."""
    return timepoint(targets={"T01": observation})


def scans(*points: dict[str, Any], base: Any = WITH_NON_TARGET) -> dict[str, Any]:
    """An irecist-sequence case; points 28 days apart where they have no date."""
    dates = ("2025-03-31", "2025-04-28", "2025-05-26", "2025-06-23")
    return {
        "baseline": base,
        "timepoints": [{"date": at, "targets": {"T01": "90"}} | each for at, each in zip(dates, points, strict=False)],
    }


def new(**lesion: Any) -> dict[str, Any]:
    """A time point with one new lesion."""
    return {"new_lesions": {"N1": lesion}}


def seen(status: str, since_last: str | None = None) -> dict[str, Any]:
    """A time point with this non-target lesion."""
    return {"non_targets": {"X": {"status": status, "since_last": since_last}}}


DAY_0 = date(2025, 3, 3)
_WORDS = {
    "gone": LesionStatus.ABSENT,
    "small": LesionStatus.TOO_SMALL,
    "ne": LesionStatus.NOT_EVALUABLE,
    "merged": LesionStatus.MERGED,
    "missing": LesionStatus.MISSING,
}
_NON_TARGETS = {
    "pres": NonTargetObservation(NonTargetStatus.PRESENT),
    "inc": NonTargetObservation(NonTargetStatus.PRESENT, SinceLast.INCREASED),
    "same": NonTargetObservation(NonTargetStatus.PRESENT, SinceLast.NO_CHANGE),
    "dec": NonTargetObservation(NonTargetStatus.PRESENT, SinceLast.DECREASED),
    "abs": NonTargetObservation(NonTargetStatus.ABSENT),
    "une": NonTargetObservation(NonTargetStatus.UNEQUIVOCAL_PD),
    "une+inc": NonTargetObservation(NonTargetStatus.UNEQUIVOCAL_PD, SinceLast.INCREASED),
    "une=": NonTargetObservation(NonTargetStatus.UNEQUIVOCAL_PD, SinceLast.NO_CHANGE),
    "ne": NonTargetObservation(NonTargetStatus.NOT_EVALUABLE),
}


def day(number: int) -> date:
    """The day this many days after the infusion."""
    return DAY_0 + timedelta(days=number)


def baseline(targets: str, non_targets: int = 0) -> Baseline:
    """`100 15n`: a lesion of 100 mm and a node of 15 mm, T1 and T2; non-targets are X1, X2 …"""
    lesions = [
        TargetLesion(f"T{number}", Decimal(text.removesuffix("n")), nodal=text.endswith("n"))
        for number, text in enumerate(targets.split(), start=1)
    ]
    return Baseline(tuple(lesions), tuple(f"X{number + 1}" for number in range(non_targets)))


def observation(text: str) -> LesionObservation | None:
    """`12.5` measured, `5+7` split, `gone`, `small`, `ne`, `merged`; `-` is not listed."""
    if text == "-":
        return None
    if text in _WORDS:
        return LesionObservation(_WORDS[text])
    if "+" in text:
        return LesionObservation(LesionStatus.SPLIT, fragments_mm=tuple(map(Decimal, text.split("+"))))
    return LesionObservation(LesionStatus.MEASURED, Decimal(text))


def new_lesion(text: str) -> NewLesionObservation:
    """`new`, `stable`, `doubt`, `pd` … for a non-target one; `12`, `gone`, `ne` for a measured one; `12?` doubted.

    `~stable`: measured, but without its size.
    """
    text = {"doubt": "equivocal", "yes": "unequivocal", "pd": "unequivocal_pd"}.get(text, text)
    if text.startswith("~"):
        return NewLesionObservation(NewLesionStatus(text[1:]), LesionObservation(LesionStatus.MISSING))
    if text in {status.value for status in NewLesionStatus}:
        return NewLesionObservation(NewLesionStatus(text))
    size = observation(text.rstrip("?"))
    assert size is not None
    if size.status is LesionStatus.ABSENT:
        return NewLesionObservation(NewLesionStatus.ABSENT, size)
    if size.status is LesionStatus.NOT_EVALUABLE:
        return NewLesionObservation(NewLesionStatus.NOT_EVALUABLE, size)
    return NewLesionObservation(NewLesionStatus.EQUIVOCAL if text.endswith("?") else NewLesionStatus.UNEQUIVOCAL, size)


def findings(targets: str, non_targets: str = "", new_lesions: str = "") -> Findings:
    """`70 gone`, `pres une`, `N1=new N2=12`: by position, new lesions by name."""
    seen = {f"T{number}": observation(text) for number, text in enumerate(targets.split(), start=1)}
    return Findings(
        {name: each for name, each in seen.items() if each is not None},
        {f"X{number}": _NON_TARGETS[text] for number, text in enumerate(non_targets.split(), start=1) if text != "-"},
        {name: new_lesion(text) for name, _, text in (pair.partition("=") for pair in new_lesions.split())},
    )
