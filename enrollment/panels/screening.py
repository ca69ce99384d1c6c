"""Beside consent, CD70 expression and demography."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from enrollment.cross_checks import lines_on_file
from enrollment.rules import age_at_consent as age_rule
from enrollment.rules import cd70_positivity as positivity_rule
from enrollment.rules import consent_cover as cover_rule
from enrollment.rules import h_score as h_score_rule
from enrollment.selectors.consents import procedures_before_consent, reconsent_due
from trial_edc.accounts.access import today
from trial_edc.casebook.panel import Panel, PanelRow
from trial_edc.casebook.place import Place
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.protocol.consent_versions import versions_in_force
from trial_edc.protocol.parameters import integer


def consent(record: Any, _rows: list[Any]) -> Panel | None:
    """Name the versions valid on the day of consent, and the procedures dated before it."""
    if record.consent_date is None:
        return None
    valid = [version.number for version in versions_in_force(record.consent_date)]
    earlier = procedures_before_consent(record)
    fits = not record.consent_version or record.consent_version in valid
    rows = [PanelRow(_("Versions valid that day"), ", ".join(valid) or _("none"), driving=not fits)]
    rows += [
        PanelRow(form.title, study_date(form.day), _("dated before this consent"), True, _url(form.record))
        for form in earlier
    ]
    if any(due.consent.pk == record.pk for due in reconsent_due([record.subject], today=today())):
        rows.append(PanelRow(_("Version now in force"), _("consent again"), _("A newer version is in force."), True))
    good = fits and not earlier
    title = _("Version valid, nothing before consent") if good else _("Look at version and dates")
    because = _("A version is valid from its ethics approval until the next one replaces it.")
    return Panel(title, "✓" if good else "!", _("Consent before procedures"), cover_rule.VERSION, because, rows)


def _url(record: Any) -> str:
    return Place(record.subject, record.visit, record.crf.oid, record.sequence).url


def cd70(record: Any, _rows: list[Any]) -> Panel | None:
    """Compute the H-score once the three shares are entered, and compare with the threshold of the protocol."""
    shares = (record.percent_1plus, record.percent_2plus, record.percent_3plus)
    if any(share is None for share in shares) or sum(shares) > 100:
        return None
    score = h_score_rule.h_score(*shares)
    because = _("1 × %(one)s %% + 2 × %(two)s %% + 3 × %(three)s %% = %(score)s of 300.") % {
        "one": shares[0], "two": shares[1], "three": shares[2], "score": score,
    }  # fmt: skip
    title = _("H-score %(score)s") % {"score": score}
    return Panel(title, score, _("H-score"), h_score_rule.VERSION, because, [_threshold(shares)])


def _threshold(shares: tuple[int, int, int]) -> PanelRow:
    needed, intensity = integer("cd70.minimum_percent"), integer("cd70.minimum_intensity")
    answer = positivity_rule.cd70_positivity(*shares, minimum_percent=needed, minimum_intensity=intensity)
    detail = _("%(found)s %% at %(intensity)s+ or more; the protocol asks for %(needed)s %%") % {
        "found": answer.percent, "intensity": intensity, "needed": needed,
    }  # fmt: skip
    word = _("positive") if answer.positive else _("negative: not eligible")
    return PanelRow(_("CD70 by the protocol"), word, detail, driving=not answer.positive)


def demographics(record: Any, _rows: list[Any]) -> Panel | None:
    """Say which age year of birth and consent allow, and how many lines are entered as earlier therapy."""
    consented = record.subject.consent_date
    if record.birth_year is None or consented is None or record.birth_year > consented.year:
        return None
    youngest, oldest = age_rule.possible_ages(record.birth_year, consented)
    shown = str(oldest) if youngest == oldest else _("%(low)s or %(high)s") % {"low": youngest, "high": oldest}
    fits = record.age_years is None or youngest <= record.age_years <= oldest
    lines = lines_on_file(record.subject_id)
    differ = bool(lines) and record.prior_lines is not None and len(lines) != record.prior_lines
    rows = [
        PanelRow(_("Age entered"), "–" if record.age_years is None else record.age_years, driving=not fits),
        PanelRow(_("Lines entered as earlier therapy"), len(lines), driving=differ),
    ]
    because = _("Born in %(year)s, consent on %(date)s.") % {"year": record.birth_year, "date": study_date(consented)}
    title = _("Age at consent %(age)s") % {"age": shown}
    return Panel(title, "✓" if fits and not differ else "!", _("Age at consent"), age_rule.VERSION, because, rows)
