"""Which explicit choices are asked for now, and what was answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from dosing.models import DoseDecision, ExplicitChoice
from dosing.rules.explicit_choices import OPTIONS, Question
from dosing.selectors.assessment import SubjectAssessment
from dosing.selectors.expansion import Expansion
from dosing.selectors.readiness import BLOCKING
from dosing.selectors.trial import TrialNow
from trial_edc.protocol.dose_levels import dose_level

Stage = ExplicitChoice.Status


@dataclass(frozen=True)
class OpenQuestion:
    """A choice that is missing: what is asked, on which facts, what may be answered, what is proposed already."""

    question: Question
    key: str
    because: str
    subject_id: UUID | None = None
    identifier: str = ""
    proposal: ExplicitChoice | None = None

    @property
    def title(self) -> str:
        return str(ExplicitChoice.Question(self.question.value).label)

    @property
    def options(self) -> list[tuple[str, str]]:
        """What may be answered, with its words."""
        return [(each.value, str(ExplicitChoice.Option(each.value).label)) for each in OPTIONS[self.question]]


def open_questions(now: TrialNow, decisions: Sequence[DoseDecision] = ()) -> list[OpenQuestion]:
    """Return the questions about subjects, the expansion, and decisions on data that are not ready."""
    proposed = {row.key: row for row in ExplicitChoice.objects.filter(status=Stage.PROPOSED)}
    found = [
        *_about_subjects(now.subjects, proposed),
        *_about_the_cap(now.expansion, proposed),
        *(each for row in decisions if (each := about_incomplete_data(row, proposed)) is not None),
    ]
    return found


def _about_subjects(
    subjects: Sequence[SubjectAssessment], proposed: dict[str, ExplicitChoice]
) -> Iterator[OpenQuestion]:
    for one in subjects:
        if one.settled.undecided and one.settled.question is not None:
            subject, key = one.file.subject, one.choice_key
            yield OpenQuestion(
                one.settled.question, key, one.verdict.because, subject.pk, subject.identifier, proposed.get(key)
            )


def _about_the_cap(found: Expansion, proposed: dict[str, ExplicitChoice]) -> Iterator[OpenQuestion]:
    """Ask once all places are taken; every answer gives one place more."""
    if found.level is None or found.held < found.maximum:
        return
    key = f"{Question.EXPANSION_CAP.value}:{found.maximum + 1}"
    words = _("All %(maximum)s places of the expansion at %(level)s are taken; one more needs a signed override.")
    because = words % {"maximum": found.maximum, "level": dose_level(found.level).short_label}
    yield OpenQuestion(Question.EXPANSION_CAP, key, because, proposal=proposed.get(key))


def incomplete_data_key(decision: DoseDecision) -> str:
    """Return the name of the question whether a decision is taken on this very evidence, ready or not."""
    return f"{Question.INCOMPLETE_DATA.value}:{decision.pk}:{decision.evidence_hash[:16]}"


def about_incomplete_data(decision: DoseDecision, proposed: dict[str, ExplicitChoice]) -> OpenQuestion | None:
    """Return the question about a draft whose data are not ready, None for another."""
    missing = sum(point["key"] in BLOCKING for point in decision.evidence["not_ready"])
    if decision.status != DoseDecision.Status.DRAFT or not missing:
        return None
    key = incomplete_data_key(decision)
    because = _("Decision on %(level)s, revision %(revision)s: %(count)s points of its data are not ready.") % {
        "level": dose_level(decision.dose_level).short_label, "revision": decision.revision, "count": missing,
    }  # fmt: skip
    return OpenQuestion(Question.INCOMPLETE_DATA, key, because, proposal=proposed.get(key))
