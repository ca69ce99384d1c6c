"""Lesions at baseline: measurable or not, and the choice of targets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from efficacy.bench_baseline import to_kind, to_method
from efficacy.rules.lesion_baseline import BaselineLesion, LesionConfig, LesionKind, Method, assess_lesion
from efficacy.rules.observations import Contradiction
from efficacy.rules.target_selection import ChosenTarget, SelectionConfig, Violation, check_selection, organ_group
from tests.rules.tables import rows

# local: treated locally before; since: and progressed since. roles: t target, n non-target
LESIONS = rows("""
node | method      | slice | kind                     | long | short | local | since | measurable | roles
no   | ct          | 5     | soft_tissue              | 10   | -     |       |       | yes        | t n
no   | ct          | 5     | soft_tissue              | 9.9  | -     |       |       | no         | n
no   | ct          | 1     | soft_tissue              | 9.9  | -     |       |       | no         | n
no   | ct          | 1     | soft_tissue              | 10   | -     |       |       | yes        | t n
no   | ct          | 5.1   | soft_tissue              | 10.1 | -     |       |       | no         | n
no   | ct          | 5.1   | soft_tissue              | 10.2 | -     |       |       | yes        | t n
no   | mri         | 8     | soft_tissue              | 15.9 | 12    |       |       | no         | n
no   | mri         | 8     | soft_tissue              | 16   | 12    |       |       | yes        | t n
no   | ct          | -     | soft_tissue              | 10   | -     |       |       | yes        | t n
no   | chest_x_ray | -     | soft_tissue              | 19.9 | -     |       |       | no         | n
no   | chest_x_ray | 30    | soft_tissue              | 20   | -     |       |       | yes        | t n
no   | caliper     | -     | soft_tissue              | 10   | -     |       |       | yes        | t n
no   | caliper     | -     | soft_tissue              | 9.9  | -     |       |       | no         | n
no   | ultrasound  | -     | soft_tissue              | 80   | -     |       |       | no         | n
no   | other       | -     | soft_tissue              | -    | -     |       |       | no         | n
no   | ct          | 5     | soft_tissue              | 30   | -     | yes   |       | no         | n
no   | ct          | 5     | soft_tissue              | 30   | -     | yes   | yes   | yes        | t n
no   | ct          | 5     | bone_with_soft_tissue    | 10   | -     |       |       | yes        | t n
no   | ct          | 5     | bone_with_soft_tissue    | 9    | -     |       |       | no         | n
no   | ct          | 5     | bone_without_soft_tissue | 40   | -     |       |       | no         | n
no   | ct          | 5     | bone_blastic             | 40   | -     |       |       | no         | n
no   | ct          | 5     | cystic_metastasis        | 12   | -     |       |       | yes        | t n
no   | ct          | 5     | simple_cyst              | 40   | -     |       |       | no         |
no   | ct          | 5     | effusion                 | -    | -     |       |       | no         | n
no   | ct          | 5     | ascites                  | -    | -     |       |       | no         | n
no   | mri         | 5     | leptomeningeal           | -    | -     |       |       | no         | n
no   | ct          | 5     | lymphangitic             | -    | -     |       |       | no         | n
no   | mri         | 5     | inflammatory_breast      | 60   | -     |       |       | no         | n
yes  | ct          | 5     | soft_tissue              | 20   | 15    |       |       | yes        | t n
yes  | ct          | 5     | soft_tissue              | 20   | 14.9  |       |       | no         | n
yes  | ct          | 5     | soft_tissue              | -    | 10    |       |       | no         | n
yes  | ct          | 5     | soft_tissue              | 30   | 9.9   |       |       | no         |
yes  | ct          | 7     | soft_tissue              | -    | 15    |       |       | yes        | t n
yes  | ct          | 8     | soft_tissue              | -    | 15.9  |       |       | no         | n
yes  | ct          | 8     | soft_tissue              | -    | 16    |       |       | yes        | t n
yes  | ultrasound  | -     | soft_tissue              | -    | 18    |       |       | no         | n
yes  | ultrasound  | -     | soft_tissue              | -    | 8     |       |       | no         |
yes  | ct          | 5     | soft_tissue              | -    | 18    | yes   |       | no         | n
yes  | chest_x_ray | -     | soft_tissue              | -    | 18    |       |       | no         | n
""")


def millimetres(text: str) -> Decimal | None:
    """A size, `-` when not recorded."""
    return None if text == "-" else Decimal(text)


@pytest.mark.parametrize("row", LESIONS, ids=lambda row: " ".join(row.values()))
def test_lesions(row: dict[str, str]) -> None:
    lesion = BaselineLesion(
        nodal=row["node"] == "yes",
        method=Method(row["method"]),
        kind=LesionKind(row["kind"]),
        slice_mm=millimetres(row["slice"]),
        long_mm=millimetres(row["long"]),
        short_mm=millimetres(row["short"]),
        prior_local_therapy=bool(row["local"]),
        progressed_since=bool(row["since"]),
    )
    verdict = assess_lesion(lesion)
    roles = {"t": "target", "n": "non_target"}
    assert verdict.measurable == (row["measurable"] == "yes"), verdict.because
    assert verdict.allowed_roles == tuple(roles[role] for role in row["roles"].split())
    assert ("SLICE_THICKNESS_UNKNOWN" in verdict.flags) == (row["slice"] == "-" and row["method"] == "ct")


@pytest.mark.parametrize(("slice_mm", "limit"), [("4.5", 10), ("5", 10), ("5.1", "15.3"), ("6", 18)])
def test_a_slice_is_thick_above_5_mm(slice_mm: str, limit: str | int) -> None:
    """With another multiple than the protocol's, which gives 10 mm at 5 mm in both ways."""
    config = LesionConfig(slice_multiple=Decimal(3))
    lesion = BaselineLesion(nodal=False, method=Method.CT, slice_mm=Decimal(slice_mm), long_mm=Decimal(limit))
    assert assess_lesion(lesion, config).measurable
    assert f"limit {limit} mm" in assess_lesion(lesion, config).because


def test_axes_may_be_equal_and_a_treated_lesion_needs_progression() -> None:
    lesion = BaselineLesion(nodal=False, method=Method.CT, long_mm=Decimal(12), short_mm=Decimal(12))
    assert assess_lesion(lesion).measurable
    with pytest.raises(Contradiction, match="exceeds the long axis"):
        assess_lesion(replace(lesion, short_mm=Decimal("12.1")))
    assert not assess_lesion(replace(lesion, prior_local_therapy=True)).measurable


@pytest.mark.parametrize(
    ("lesion", "key"),
    [
        (BaselineLesion(False, Method.CT), "long_mm"),
        (BaselineLesion(True, Method.CT, long_mm=Decimal(20)), "short_mm"),
        (BaselineLesion(False, Method.CT, long_mm=Decimal(10), short_mm=Decimal(11)), "short_mm"),
        (BaselineLesion(True, Method.CT, LesionKind.ASCITES, short_mm=Decimal(11)), "type"),
    ],
)
def test_impossible_lesions_are_refused(lesion: BaselineLesion, key: str) -> None:
    with pytest.raises(Contradiction) as refusal:
        assess_lesion(lesion)
    assert refusal.value.key == key


def test_the_limits_are_parameters() -> None:
    lesion = BaselineLesion(False, Method.CT, slice_mm=Decimal(5), long_mm=Decimal(10))
    assert not assess_lesion(lesion, LesionConfig(measurable_mm=Decimal(12))).measurable


def test_names_are_read_in_any_order_and_case() -> None:
    for text in ("lytic bone with soft-tissue component", "BONE_LYTIC_SOFT_TISSUE", "mixed bone, soft tissue"):
        assert to_kind(text) is LesionKind.BONE_SOFT_TISSUE
    for text in ("bone_lytic", "lytic bone without soft-tissue component", "mixed", "osteolytic", "bone_lytic_mixed"):
        assert to_kind(text) is LesionKind.BONE
    # Blastic is never measurable, also beside soft tissue.
    for text in ("osteoblastic", "bone_blastic_with_soft_tissue", "sclerotic bone lesion"):
        assert to_kind(text) is LesionKind.BONE_BLASTIC
    assert to_kind("lymphangitic carcinomatosis") is LesionKind.LYMPHANGITIC
    assert to_kind("leptomeningeal_disease") is LesionKind.LEPTOMENINGEAL
    assert to_kind(None) is LesionKind.SOFT_TISSUE
    assert to_kind("Cystic metastases") is LesionKind.CYSTIC_METASTASIS
    assert (to_method("Chest X-ray"), to_method("CXR")) == (Method.CHEST_X_RAY, Method.CHEST_X_RAY)
    assert to_method("chest radiograph") is Method.CHEST_X_RAY
    for kind in LesionKind:
        assert to_kind(kind.value) is kind
    for method in Method:
        assert to_method(method.value) is method
    for wrong in ("banana", "", 3, "cyst", "carcinomatosis"):
        with pytest.raises(ValueError, match="must be one of"):
            to_kind(wrong)
        with pytest.raises(ValueError, match="must be one of"):
            to_method(wrong)


# `12n` a node of 12 mm, `?` not measured; exists: measurable disease
CHOICES = rows("""
targets                                           | exists | sum  | violations
liver 50.5                                        | yes    | 50.5 |
liver 10, lung 10, brain 10, skin 10, bone 10     | yes    | 50   |
liver 10, lung 10, brain 10, skin 10, bone 10, spleen 10 | yes | 60 | MAX_TOTAL_5
liver 10, liver 12                                | yes    | 22   |
liver 10, Liver 12, LIVER 14                      | yes    | 36   | MAX_PER_ORGAN_2
left lung 10, right lung 10, lung 10              | yes    | 30   | MAX_PER_ORGAN_2
Lungs 10, lung (left) 10, lung R 10               | yes    | 30   | MAX_PER_ORGAN_2
left 10, right 10                                 | yes    | 20   |
neck 15n, groin 15n                               | yes    | 30   |
neck 15n, groin 15n, axilla 15n                   | yes    | 45   | MAX_PER_ORGAN_2
neck 15n, groin 15n, axilla 15                    | yes    | 45   |
liver 9.9                                         | yes    | 9.9  | TARGET_NOT_MEASURABLE
neck 14.9n                                        | yes    | 14.9 | TARGET_NOT_MEASURABLE
liver ?, lung 10                                  | yes    | -    | TARGET_NOT_MEASURED
                                                  | yes    | -    | NO_TARGET_SELECTED
                                                  | no     | -    |
liver 5, liver ?, liver 10, lung 10, skin 10, bone 10 | no | -    | MAX_TOTAL_5 MAX_PER_ORGAN_2 TARGET_NOT_MEASURABLE TARGET_NOT_MEASURED
""")  # noqa: E501


def chosen(text: str, number: int) -> ChosenTarget:
    """Read `left lung 10`."""
    organ, _, size = text.strip().rpartition(" ")
    nodal = size.endswith("n")
    return ChosenTarget(f"T{number}", organ, nodal, None if size == "?" else Decimal(size.removesuffix("n")))


@pytest.mark.parametrize("row", CHOICES, ids=lambda row: row["targets"])
def test_choices(row: dict[str, str]) -> None:
    targets = [chosen(text, number) for number, text in enumerate(row["targets"].split(",")) if text.strip()]
    selection = check_selection(targets, measurable_lesion_exists=row["exists"] == "yes")
    assert list(selection.violations) == row["violations"].split(), selection.because
    assert selection.baseline_sum_mm == millimetres(row["sum"])
    assert selection.because.startswith(f"Targets: {len(targets)}, ")
    assert ("no baseline sum" in selection.because) is (selection.baseline_sum_mm is None)
    assert ("every rule is kept" in selection.because) == (not row["violations"])


def test_an_id_is_used_once() -> None:
    twice = [ChosenTarget("T1", "liver", False, Decimal(20)), ChosenTarget("T1", "lung", False, Decimal(20))]
    assert check_selection(twice, measurable_lesion_exists=True).violations == (Violation.DUPLICATE_ID,)


DATES = rows("""
scan       | infusion   | bridging   | violations
2025-02-03 | 2025-03-03 | -          |
2025-02-02 | 2025-03-03 | -          | BASELINE_SCAN_OLDER_THAN_28_DAYS
2025-03-03 | 2025-03-03 | 2025-03-03 |
2025-03-04 | 2025-03-03 | -          | BASELINE_SCAN_AFTER_INFUSION
2025-02-20 | 2025-03-03 | 2025-02-20 |
2025-02-20 | 2025-03-03 | 2025-02-21 | BASELINE_BEFORE_BRIDGING
2025-01-01 | 2025-03-03 | 2025-02-21 | BASELINE_SCAN_OLDER_THAN_28_DAYS BASELINE_BEFORE_BRIDGING
2025-01-01 | -          | -          |
-          | 2025-03-03 | 2025-02-21 |
""")


@pytest.mark.parametrize("row", DATES, ids=lambda row: " ".join(row.values()))
def test_dates(row: dict[str, str]) -> None:
    scan, infusion, bridging = (
        None if row[key] == "-" else date.fromisoformat(row[key]) for key in ("scan", "infusion", "bridging")
    )
    selection = check_selection(
        [ChosenTarget("T1", "liver", False, Decimal(20))],
        measurable_lesion_exists=True,
        scan_date=scan,
        infusion_date=infusion,
        bridging_end_date=bridging,
    )
    assert list(selection.violations) == row["violations"].split()


def test_the_numbers_are_parameters_and_sides_are_no_organ() -> None:
    targets = [ChosenTarget(f"T{number}", "liver", False, Decimal(20)) for number in range(3)]
    config = SelectionConfig(maximum_per_organ=3)
    assert check_selection(targets, measurable_lesion_exists=True, config=config).violations == ()
    assert organ_group(ChosenTarget("T1", "Right adrenal", False, None)) == "adrenal gland"
    assert organ_group(ChosenTarget("T1", "lower lobe of the left lung", False, None)) == "lung"
    assert organ_group(ChosenTarget("T1", "Left thyroid", False, None)) == "thyroid"
    assert organ_group(ChosenTarget("T1", "left", False, None)) == "left"
