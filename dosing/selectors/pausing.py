"""What pauses the trial now, read from the data themselves, and how earlier pauses were answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dosing.models import PauseResolution, Slot
from dosing.rules.pausing import Pause, PauseRule, PausingConfig, PausingFacts, pauses
from safety.models import AdverseEvent, Death, GradeChange, IcansAssessment
from safety.models.icans_assessment import Oedema
from safety.rules.facts import AdverseEventFacts
from safety.selectors import events_on_file
from trial_edc.audit.selectors import load
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.parameters import boolean, integer

CRS = "Cytokine release syndrome"
RELATED = ("definite", "probable", "possible")
#: What each rule is called on pages and in reports.
PAUSE_RULE_WORDS: dict[str, Any] = {
    PauseRule.RELATED_DEATH.value: _("Death related to the cells"),
    PauseRule.CRS_REFRACTORY.value: _("Refractory grade 4 CRS"),
    PauseRule.CEREBRAL_OEDEMA.value: _("Cerebral oedema"),
    PauseRule.LEVEL_TOO_TOXIC.value: _("Level too toxic"),
    PauseRule.EXPANSION_BOUNDARY.value: _("Boundary of the expansion"),
}


@dataclass(frozen=True)
class Standing:
    """The pauses that hold, and the resolutions on record."""

    open: tuple[Pause, ...]
    resolutions: tuple[PauseResolution, ...]

    def of(self, *scopes: str) -> Pause | None:
        """Return the first pause of any of these scopes."""
        return next((pause for pause in self.open if pause.scope in scopes), None)


NO_PAUSE = Standing((), ())


def standing(
    too_toxic: Sequence[int], expansion: tuple[int, int, int | None], *, as_of: datetime | None = None
) -> Standing:
    """Return what pauses now, or paused at a cut-off; a pause that was resolved on this very evidence does not."""
    resolutions = tuple(_resolutions(as_of))
    answered = {row.key for row in resolutions}
    found = pauses(facts(too_toxic, expansion, as_of), PausingConfig(integer("pausing.crs_g4_refractory_hours")))
    return Standing(tuple(pause for pause in found if pause.key not in answered), resolutions)


def _resolutions(as_of: datetime | None) -> Iterable[PauseResolution]:
    if as_of is None:
        return PauseResolution.objects.select_related("resolved_by")
    return sorted(load(PauseResolution, as_of=as_of), key=lambda row: row.resolved_at, reverse=True)


def facts(
    too_toxic: Sequence[int], expansion: tuple[int, int, int | None], as_of: datetime | None = None
) -> PausingFacts:
    """Read what the rules look at; a rule that the protocol switched off sees nothing."""
    severe = _severe_events(as_of)
    moment = as_of or timezone.now()
    return PausingFacts(
        related_deaths=tuple(_related_deaths(severe, as_of)) if boolean("pausing.related_death") else (),
        crs_grade_4=tuple(_severe_crs(severe, moment, as_of)),
        cerebral_oedema=tuple(_oedema(as_of)) if boolean("pausing.cerebral_edema") else (),
        too_toxic_levels=tuple(too_toxic) if boolean("pausing.level_too_toxic") else (),
        expansion=expansion if boolean("pausing.expansion_boundary") else (0, 0, None),
    )


def _recorded(model: Any, as_of: datetime | None, **wanted: Any) -> Iterable[Any]:
    """Return the forms of the subjects that hold or held a slot, those not done left out, as at the cut-off."""
    if as_of is None:
        rows = model.objects.filter(subject__slot__isnull=False, **wanted).exclude(status=FormStatus.NOT_DONE)
        live: Iterable[Any] = rows.select_related("subject")
        return live
    slots = {slot.subject_id for slot in load(Slot, as_of=as_of)}
    then = load(model, as_of=as_of, **wanted)
    return [row for row in then if row.subject_id in slots and row.status != FormStatus.NOT_DONE]


def _severe_events(as_of: datetime | None) -> list[Any]:
    """Return the events of grade 4 or 5, once per grade (`severity`), in the order of subjects and their events."""
    if as_of is not None:
        return list(_severe_then(as_of))
    rows = AdverseEvent.objects.annotate(severity=F("grade_changes__grade")).filter(severity__in=(4, 5))
    rows = rows.filter(subject__slot__isnull=False).exclude(status=FormStatus.NOT_DONE)
    return list(rows.select_related("subject").order_by("subject__identifier", "sequence"))


def _severe_then(as_of: datetime) -> Iterator[Any]:
    events = {row.pk: row for row in _recorded(AdverseEvent, as_of)}
    grades = load(GradeChange, as_of=as_of, grade__in=(4, 5))
    found = {(each.record_id, each.grade) for each in grades if each.record_id in events}
    for key, grade in sorted(found, key=lambda pair: (*_order(events[pair[0]]), pair[1])):
        row = copy(events[key])
        row.severity = grade
        yield row


def _order(event: Any) -> tuple[str, int]:
    return event.subject.identifier, event.sequence


def _related_deaths(severe: Sequence[Any], as_of: datetime | None) -> Iterator[tuple[str, str]]:
    """A death form that says so, or a related event of grade 5; a subject dies once."""
    found = {row.subject.identifier for row in _recorded(Death, as_of, related_to_cells=True)}
    found |= {row.subject.identifier for row in severe if row.severity == 5 and row.relationship_car_t in RELATED}
    yield from ((identifier, identifier) for identifier in sorted(found))


def _oedema(as_of: datetime | None) -> Iterator[tuple[str, str]]:
    rows = _recorded(IcansAssessment, as_of, cerebral_oedema__in=(Oedema.FOCAL.value, Oedema.DIFFUSE.value))
    found = {row.subject.identifier for row in rows}
    yield from ((identifier, identifier) for identifier in sorted(found))


def _severe_crs(severe: Sequence[Any], moment: datetime, as_of: datetime | None) -> Iterator[tuple[str, str, Decimal]]:
    rows = {row.pk: row.subject for row in severe if row.term == CRS and row.severity == 4}
    for event in _events(dict.fromkeys(subject.pk for subject in rows.values()), as_of):
        if event.event.pk in rows and event.facts is not None:
            hours = hours_at_grade_4(event.facts, moment)
            yield rows[event.event.pk].identifier, str(event.event.pk), Decimal(hours / timedelta(hours=1))


def _events(subjects: Iterable[UUID], as_of: datetime | None) -> Iterator[Any]:
    wanted = list(subjects)
    for found in events_on_file(wanted, as_of=as_of).values() if wanted else ():
        yield from found


def hours_at_grade_4(event: AdverseEventFacts, moment: datetime) -> timedelta:
    """Return the longest run at grade 4 as long as it can have been; one that goes on lasts until `moment`."""
    longest, history = timedelta(0), event.grade_history
    if not history and event.onset is not None:  # a start is not known: from the onset on, then
        return (moment if event.end is None else event.end.last) - event.onset.first
    for place, period in enumerate(history):
        if period.grade != 4:
            continue
        following = next((later.start for later in history[place + 1 :] if later.grade != 4), None)
        end = period.end or following or event.end
        last = moment if end is None else end.last
        longest = max(longest, last - period.start.first)
    return longest
