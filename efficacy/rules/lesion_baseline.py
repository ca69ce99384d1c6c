"""RECIST 1.1: what a lesion may be at baseline.

Purpose: say whether a lesion is measurable, and whether it may be followed as target or non-target lesion.

Inputs: node or not, method, slice thickness (mm), kind of lesion, long and short axis (mm), earlier local therapy.

Algorithm
    1. A simple cyst is not disease; a node below 10 mm short axis is normal. Neither is followed.
    2. Never measurable: ultrasound and any method but CT, MRI, chest X-ray and caliper; effusion, ascites,
       leptomeningeal and lymphangitic disease, inflammatory breast disease; bone without a soft-tissue component;
       a lesion treated locally before, unless it has progressed since.
    3. Long axis at least 10 mm on CT or MRI, and at least twice the slice above slices of 5 mm (thinner slices never
       lower the 10); at least 20 mm on a chest X-ray; at least 10 mm by caliper.
    4. Node: short axis at least 15 mm as well as the limit of step 3.
    5. Measurable: target or non-target lesion. Not measurable: non-target lesion.

An unknown slice thickness is taken as 5 mm or less and flagged. Of bone with a soft-tissue component the component is
measured; cystic metastases are measurable, but solid lesions are preferred.

Source: RECIST 1.1, Eisenhauer EA et al., Eur J Cancer 2009;45:228-247, sections 3.1 and 3.2.

>>> assess_lesion(BaselineLesion(False, Method.CT, slice_mm=Decimal(8), long_mm=Decimal(15))).allowed_roles
('non_target',)
>>> assess_lesion(BaselineLesion(True, Method.CT, slice_mm=Decimal(5), short_mm=Decimal(15))).measurable
True
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from efficacy.rules.exact import exactly, plain
from efficacy.rules.observations import Contradiction
from trial_edc.protocol.parameters import decimal

__all__ = [
    "RULE",
    "VERSION",
    "BaselineLesion",
    "LesionConfig",
    "LesionKind",
    "LesionVerdict",
    "Method",
    "assess_lesion",
]

RULE = "lesion-baseline"
VERSION = "1.0.0"

TARGET, NON_TARGET = "target", "non_target"


class Method(StrEnum):
    """How a lesion was measured."""

    CT = "ct"
    MRI = "mri"
    CHEST_X_RAY = "chest_x_ray"
    CALIPER = "caliper"
    ULTRASOUND = "ultrasound"
    OTHER = "other"


class LesionKind(StrEnum):
    """What a lesion is."""

    SOFT_TISSUE = "soft_tissue"
    BONE_SOFT_TISSUE = "bone_with_soft_tissue"
    BONE = "bone_without_soft_tissue"
    BONE_BLASTIC = "bone_blastic"
    CYSTIC_METASTASIS = "cystic_metastasis"
    SIMPLE_CYST = "simple_cyst"
    EFFUSION = "effusion"
    ASCITES = "ascites"
    LEPTOMENINGEAL = "leptomeningeal"
    LYMPHANGITIC = "lymphangitic"
    INFLAMMATORY_BREAST = "inflammatory_breast"


MEASURABLE_KINDS = frozenset({LesionKind.SOFT_TISSUE, LesionKind.BONE_SOFT_TISSUE, LesionKind.CYSTIC_METASTASIS})
#: Methods whose slices can be too thick for a small lesion.
SLICED = frozenset({Method.CT, Method.MRI})
MEASURING = SLICED | {Method.CHEST_X_RAY, Method.CALIPER}


@dataclass(frozen=True)
class LesionConfig:
    """Protocol parameters of measurability, mm; `slice_multiple` applies above slices of `thick_slice_mm`."""

    measurable_mm: Decimal = field(default=decimal("recist.measurable_mm"))
    chest_x_ray_mm: Decimal = field(default=decimal("recist.measurable_chest_x_ray_mm"))
    slice_multiple: Decimal = field(default=decimal("recist.measurable_slice_multiple"))
    thick_slice_mm: Decimal = Decimal(5)
    node_target_mm: Decimal = field(default=decimal("recist.node_target_mm"))
    node_normal_below_mm: Decimal = field(default=decimal("recist.node_normal_below_mm"))


@dataclass(frozen=True)
class BaselineLesion:
    """One lesion at baseline; None = not recorded. A node is judged by its short, any other lesion by its long axis."""

    nodal: bool
    method: Method
    kind: LesionKind = LesionKind.SOFT_TISSUE
    slice_mm: Decimal | None = None
    long_mm: Decimal | None = None
    short_mm: Decimal | None = None
    prior_local_therapy: bool = False
    progressed_since: bool = False


@dataclass(frozen=True)
class LesionVerdict:
    """Whether the lesion is measurable, and the roles it may have; none when it is not disease."""

    measurable: bool
    allowed_roles: tuple[str, ...]
    flags: tuple[str, ...]
    because: str


@exactly
def assess_lesion(
    lesion: BaselineLesion,
    config: LesionConfig = LesionConfig(),
) -> LesionVerdict:
    """Judge one lesion by the algorithm above. Raises Contradiction for measurements that lack or cannot be."""
    _check(lesion)
    if lesion.kind is LesionKind.SIMPLE_CYST:
        return LesionVerdict(False, (), (), "A simple cyst is not disease.")
    if lesion.nodal and _size(lesion) < config.node_normal_below_mm:
        sentence = f"Short axis {plain(_size(lesion))} mm, below {plain(config.node_normal_below_mm)}: a normal node."
        return LesionVerdict(False, (), (), sentence)
    reason = _never_measurable(lesion)
    if reason:
        return LesionVerdict(False, (NON_TARGET,), (), f"Not measurable: {reason}.")
    limit = _limit(lesion, config)
    measurable = _size(lesion) >= limit
    axis = "Short" if lesion.nodal else "Long"
    words = "measurable" if measurable else "not measurable"
    sentence = f"{axis} axis {plain(_size(lesion))} mm, limit {plain(limit)} mm: {words}."
    flags = ("SLICE_THICKNESS_UNKNOWN",) if lesion.method in SLICED and lesion.slice_mm is None else ()
    return LesionVerdict(measurable, (TARGET, NON_TARGET) if measurable else (NON_TARGET,), flags, sentence)


def _check(lesion: BaselineLesion) -> None:
    if lesion.long_mm is not None and lesion.short_mm is not None and lesion.short_mm > lesion.long_mm:
        raise Contradiction("short_mm", "the short axis exceeds the long axis")
    if lesion.nodal and lesion.kind is not LesionKind.SOFT_TISSUE:
        raise Contradiction("type", f"a node cannot be {lesion.kind}")
    if lesion.nodal and lesion.short_mm is None:
        raise Contradiction("short_mm", "is required for a node")


def _size(lesion: BaselineLesion) -> Decimal:
    """The axis that counts. Raises Contradiction when it is not recorded."""
    size = lesion.short_mm if lesion.nodal else lesion.long_mm
    if size is None:
        raise Contradiction("long_mm", "is required to judge this lesion")
    return size


def _never_measurable(lesion: BaselineLesion) -> str:
    """Step 2: why no size makes the lesion measurable; empty when a size can."""
    if lesion.method not in MEASURING:
        return f"measured by {lesion.method}"
    if lesion.kind not in MEASURABLE_KINDS:
        return f"{lesion.kind} cannot be measured"
    if lesion.prior_local_therapy and not lesion.progressed_since:
        return "treated locally before and not progressed since"
    return ""


def _limit(lesion: BaselineLesion, config: LesionConfig) -> Decimal:
    """Steps 3 and 4, mm."""
    limit = config.chest_x_ray_mm if lesion.method is Method.CHEST_X_RAY else config.measurable_mm
    if lesion.method in SLICED and lesion.slice_mm is not None and lesion.slice_mm > config.thick_slice_mm:
        limit = max(limit, config.slice_multiple * lesion.slice_mm)
    return max(limit, config.node_target_mm) if lesion.nodal else limit
