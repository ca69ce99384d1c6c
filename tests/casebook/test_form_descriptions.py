"""A form that is described wrongly stops the start: ties to items that do not exist, checks that stand nowhere."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import models

from trial_edc.crf.fields import item
from trial_edc.crf.spec import Check, Crf, Section
from trial_edc.crf.system_checks import _loose_ends as loose_ends
from trial_edc.crf.system_checks import forms_are_complete


def described(meaning: dict[str, Any], *checks: Check) -> Any:
    field = item(models.CharField(max_length=8), oid="LBORRESU", **meaning)
    field.name = "unit"
    crf = Crf("X", "F99", "X", (Section("", ("unit", "analyte")),), checks)
    return SimpleNamespace(__name__="X", crf=crf, _meta=SimpleNamespace(concrete_fields=[field]))


def fires(_record: Any) -> bool:
    return True


@pytest.mark.parametrize(
    ("model", "found"),
    [
        (described({"when": ("analyte", ("HGB",))}), []),
        (described({"when": ("sex", ("F",))}), ["crf.E005"]),
        (described({"narrow": ("analyte", {"HGB": ("g/L",)})}), []),
        (described({"narrow": ("assay", {"HGB": ("g/L",)})}), ["crf.E005"]),
        (described({}, Check("X-1", "no", fires, items=("unit",))), []),
        (described({}, Check("X-1", "no", fires, at="unit")), []),
        (described({}, Check("X-1", "no", fires, at="nowhere")), ["crf.E008"]),
        (described({}, Check("X-1", "no", fires)), ["crf.E008"]),
    ],
)
def test_loose_ends_are_found(model: Any, found: list[str]) -> None:
    assert [problem.id for problem in loose_ends(model)] == found


def test_the_forms_of_the_study_have_none() -> None:
    assert forms_are_complete() == []
