"""Read the loaded dictionaries; nothing is there until an operator has loaded it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from safety.ctcae import CTCAE_VERSION, canonical_term
from safety.models import CtcaeDescription, MeddraTerm


@dataclass(frozen=True)
class TermDescription:
    """The published words of one term: its definition, and what each defined grade means."""

    definition: str
    navigational_note: str
    grades: Mapping[int, str]


def describe(term: str) -> TermDescription | None:
    """Return the words of CTCAE v5.0 for a term in any capitalisation; None when they are not loaded."""
    rows = CtcaeDescription.objects.filter(version=CTCAE_VERSION, term=canonical_term(term)).order_by("grade")
    found = list(rows)
    if not found:
        return None
    return TermDescription(
        found[0].definition, found[0].navigational_note, {row.grade: row.description for row in found}
    )


def coded(llt_name: str, *, release: str) -> MeddraTerm | None:
    """Return the lowest level term of a release by its name in any capitalisation; a current one before others."""
    named = MeddraTerm.objects.filter(release=release, llt_name__iexact=" ".join(llt_name.split()))
    return named.order_by("-is_current", "llt_code").first()
