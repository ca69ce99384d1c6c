"""What would the advice be if …? Suppositions about single subjects, beside the present advice; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from dosing.rules.evaluability import Status
from dosing.rules.trial_state import TrialAdvice
from dosing.selectors.assessment import JudgedEvent, SubjectAssessment, judged_otherwise
from dosing.selectors.levels import Decisions
from dosing.selectors.standing import Counted
from dosing.selectors.trial import TrialNow, advise, counted
from dosing.selectors.verdict import headline
from safety.rules.severity import Dlt
from trial_edc.protocol.dose_levels import dose_level

#: The one who is supposed to come next has no number yet.
NEXT = "next"


@dataclass(frozen=True)
class Supposition:
    """One "if …" with the advice it would give; `same` tells that nothing would change."""

    words: str
    headline: str
    because: str
    same: bool


def suppositions(now: TrialNow) -> list[Supposition]:
    """Return what would be advised if the next subjects, or a verdict on an event, turned out otherwise."""
    found = [
        *_about_the_next(now.counted, now.decisions, now.advice),
        *_about_the_pending(now.counted, now.advice),
        *_about_events(now),
    ]
    return [_supposed(words, subjects, now) for words, subjects in found]


def _supposed(words: str, subjects: Sequence[Counted], now: TrialNow) -> Supposition:
    advice = advise(subjects, now.decisions)
    same = (advice.level, advice.action) == (now.advice.level, now.advice.action)
    return Supposition(words, headline(advice), advice.because, same)


Supposed = tuple[str, tuple[Counted, ...]]


def _about_the_next(subjects: Sequence[Counted], decisions: Decisions, advice: TrialAdvice) -> Iterator[Supposed]:
    """Suppose one more subject where the next one would be dosed, once its level is open."""
    level = advice.next_dose
    if level is None:
        return
    name = dose_level(level).short_label
    for status, words in (
        (Status.EVALUABLE_DLT, _("If the next subject at %(level)s has a DLT")),
        (Status.EVALUABLE_NO_DLT, _("If the next subject at %(level)s has no DLT")),
    ):
        coming = Counted(NEXT, level, status, infused=True)
        yield words % {"level": name}, (*subjects, coming)


def _about_the_pending(subjects: Sequence[Counted], advice: TrialAdvice) -> Iterator[Supposed]:
    pending = [one for one in subjects if one.status is Status.PENDING and not one.expansion]
    for one in pending:
        yield (
            _("If %(subject)s has a DLT") % {"subject": one.identifier},
            _with(subjects, _decided(one, Status.EVALUABLE_DLT)),
        )
    if pending:
        cleared = tuple(_decided(one, Status.EVALUABLE_NO_DLT) if one in pending else one for one in subjects)
        names = ", ".join(one.identifier for one in pending)
        yield _("If nobody else does (%(subjects)s)") % {"subjects": names}, cleared


def _decided(one: Counted, status: Status) -> Counted:
    return replace(one, status=status, in_review=False, replace=False)


def _with(subjects: Iterable[Counted], changed: Counted) -> tuple[Counted, ...]:
    return tuple(changed if one.identifier == changed.identifier else one for one in subjects)


def _about_events(now: TrialNow) -> Iterator[Supposed]:
    """Suppose the other verdict on every event that counts or may count as a DLT."""
    for subject in now.subjects:
        for event in subject.events:
            if event.final in (Dlt.YES, Dlt.REVIEW, Dlt.PENDING):
                yield _event(now, subject, event, Dlt.NO)
            if event.final is Dlt.REVIEW:
                yield _event(now, subject, event, Dlt.YES)


def _event(now: TrialNow, subject: SubjectAssessment, event: JudgedEvent, verdict: Dlt) -> Supposed:
    changed = counted(judged_otherwise(subject, event, verdict))
    words = (
        _("If event %(number)s of %(subject)s (%(term)s) is adjudicated “no”")
        if verdict is Dlt.NO
        else _("If event %(number)s of %(subject)s (%(term)s) is adjudicated “yes”")
    )
    details: dict[str, Any] = {
        "number": event.on_file.event.sequence,
        "subject": subject.file.subject.identifier,
        "term": event.on_file.event.term,
    }
    return words % details, now.counted if changed is None else _with(now.counted, changed)
