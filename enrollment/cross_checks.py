"""Edit checks that look at another form of the same subject; each takes the record in front of the person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from enrollment.rules.age_at_consent import possible_ages
from enrollment.rules.date_order import certainly_after
from trial_edc.crf import registry


def age_does_not_fit(demographics: Any) -> bool:
    """Test for an age that the year of birth does not allow on the day of consent."""
    consented = demographics.subject.consent_date
    if consented is None or demographics.birth_year > consented.year:
        return False
    youngest, oldest = possible_ages(demographics.birth_year, consented)
    return not youngest <= demographics.age_years <= oldest


def born_after_consent(demographics: Any) -> bool:
    """Test for a year of birth after the year of consent."""
    consented = demographics.subject.consent_date
    return consented is not None and demographics.birth_year > consented.year


def lines_on_file(subject_id: UUID) -> set[int]:
    """Return the numbers of the lines of systemic therapy that are entered."""
    therapies: Any = registry.get("PT")
    lines = therapies.objects.filter(subject=subject_id, line_number__isnull=False)
    return set(lines.values_list("line_number", flat=True))


def prior_lines_of(subject_id: UUID) -> int | None:
    """Return how many earlier lines demography says, None while it says nothing."""
    demographics: Any = registry.get("DM")
    stated: int | None = demographics.objects.filter(subject=subject_id).values_list("prior_lines", flat=True).first()
    return stated


def lines_differ(demographics: Any) -> bool:
    """Test whether other lines are entered than demography counts; nothing entered yet is no difference."""
    entered = lines_on_file(demographics.subject_id)
    return bool(entered) and len(entered) != demographics.prior_lines


def line_not_counted(therapy: Any) -> bool:
    """Test for a line beyond those that demography counts."""
    stated = prior_lines_of(therapy.subject_id)
    return stated is not None and therapy.line_number > stated


def began_after_consent(history: Any) -> bool:
    """Test for a condition that began, whatever its unknown parts are, after the subject consented."""
    consented = history.subject.consent_date
    return consented is not None and certainly_after(history.onset_date, consented)


def has_no_death_form(record: Any) -> bool:
    """Test whether the form of the death is missing."""
    death = registry.find("DTH")
    return death is not None and not death._default_manager.filter(subject=record.subject_id).exists()
