"""Computed values beside the forms of enrolment."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from enrollment.rules import eligibility as eligibility_rule
from enrollment.rules import h_score as h_score_rule
from enrollment.services import verdict_of
from trial_edc.casebook.panel import Panel, PanelRow


def eligibility(record: Any, _rows: list[Any]) -> Panel:
    """Say whether the criteria carry enrolment, and which block it."""
    verdict = verdict_of(record)
    word = {True: "✓", False: "✕", None: None}[verdict.eligible]
    title = {True: _("Eligible"), False: _("Not eligible"), None: _("Eligibility open")}[verdict.eligible]
    blocking = [
        PanelRow(record._meta.get_field(name).verbose_name, _("blocks"), driving=True) for name in verdict.blocking
    ]
    return Panel(
        title, word, _("Inclusion and exclusion criteria"), eligibility_rule.VERSION, _because(verdict), blocking
    )


def _because(verdict: Any) -> str:
    if verdict.blocking:
        return _("Every inclusion criterion must be met and no exclusion criterion; there is no waiver.")
    if verdict.missing:
        return _("%(count)s criteria are not answered yet.") % {"count": len(verdict.missing)}
    return _("All inclusion criteria are met and no exclusion criterion is.")


def cd70(record: Any, _rows: list[Any]) -> Panel | None:
    """Compute the H-score once the three shares are entered."""
    shares = (record.percent_1plus, record.percent_2plus, record.percent_3plus)
    if any(share is None for share in shares) or sum(shares) > 100:
        return None
    score = h_score_rule.h_score(*shares)
    because = _("1 × %(one)s %% + 2 × %(two)s %% + 3 × %(three)s %% = %(score)s of 300.") % {
        "one": shares[0], "two": shares[1], "three": shares[2], "score": score,
    }  # fmt: skip
    return Panel(_("H-score %(score)s") % {"score": score}, score, _("H-score"), h_score_rule.VERSION, because)
