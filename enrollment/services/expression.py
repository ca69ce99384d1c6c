"""CD70 expression: the score kept beside what was entered."""

from __future__ import annotations

from enrollment.models import Cd70Result
from enrollment.rules import h_score as rule
from trial_edc.accounts.models import User
from trial_edc.review.models import RuleResult
from trial_edc.review.results import store_result


def follow_cd70(*, record: Cd70Result, by: User, changed: set[str]) -> None:
    """Keep the H-score of a saved form; without all three shares there is none."""
    one, two, three = record.percent_1plus, record.percent_2plus, record.percent_3plus
    if one is None or two is None or three is None:
        RuleResult.objects.filter(root=record.pk, rule=rule.RULE).delete()
        return
    score = rule.h_score(one, two, three)
    store_result(
        root=record.pk,
        subject_id=record.subject_id,
        rule=rule.RULE,
        version=rule.VERSION,
        inputs={"percent_1plus": one, "percent_2plus": two, "percent_3plus": three},
        output={"h_score": score},
        because=f"1 × {one} % + 2 × {two} % + 3 × {three} % = {score} of 300.",
    )
