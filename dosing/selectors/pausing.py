"""What pauses the trial now, read from the data themselves, and how earlier pauses were answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from dosing.models import PauseResolution
from dosing.rules.pausing import Pause, PausingConfig, PausingFacts, pauses
from safety.models import AdverseEvent, Death, IcansAssessment
from safety.models.icans_assessment import Oedema
from safety.rules.facts import AdverseEventFacts
from safety.selectors import events_on_file
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.parameters import boolean, integer

CRS = "Cytokine release syndrome"
RELATED = ("definite", "probable", "possible")


@dataclass(frozen=True)
class Standing:
    """The pauses that hold, and the resolutions on record."""

    open: tuple[Pause, ...]
    resolutions: tuple[PauseResolution, ...]

    def of(self, *scopes: str) -> Pause | None:
        """Return the first pause of any of these scopes."""
        return next((pause for pause in self.open if pause.scope in scopes), None)


NO_PAUSE = Standing((), ())


def standing(too_toxic: Sequence[int], expansion: tuple[int, int, int | None]) -> Standing:
    """Return what pauses now; a pause that was resolved on this very evidence does not."""
    resolutions = tuple(PauseResolution.objects.select_related("resolved_by"))
    answered = {row.key for row in resolutions}
    found = pauses(facts(too_toxic, expansion), PausingConfig(integer("pausing.crs_g4_refractory_hours")))
    return Standing(tuple(pause for pause in found if pause.key not in answered), resolutions)


def facts(too_toxic: Sequence[int], expansion: tuple[int, int, int | None]) -> PausingFacts:
    """Read what the rules look at; a rule that the protocol switched off sees nothing."""
    severe = _severe_events()
    return PausingFacts(
        related_deaths=tuple(_related_deaths(severe)) if boolean("pausing.related_death") else (),
        crs_grade_4=tuple(_severe_crs(severe, timezone.now())),
        cerebral_oedema=tuple(_oedema()) if boolean("pausing.cerebral_edema") else (),
        too_toxic_levels=tuple(too_toxic) if boolean("pausing.level_too_toxic") else (),
        expansion=expansion if boolean("pausing.expansion_boundary") else (0, 0, None),
    )


def _severe_events() -> list[AdverseEvent]:
    """Return the events of grade 4 or 5, once per grade (`severity`), in the order of subjects and their events."""
    rows = AdverseEvent.objects.annotate(severity=F("grade_changes__grade")).filter(severity__in=(4, 5))
    rows = rows.filter(subject__slot__isnull=False).exclude(status=FormStatus.NOT_DONE)
    return list(rows.select_related("subject").order_by("subject__identifier", "sequence"))


def _related_deaths(severe: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """A death form that says so, or a related event of grade 5; a subject dies once."""
    rows = Death.objects.filter(related_to_cells=True, subject__slot__isnull=False).exclude(status=FormStatus.NOT_DONE)
    found = {row.subject.identifier for row in rows.select_related("subject")}
    found |= {row.subject.identifier for row in severe if row.severity == 5 and row.relationship_car_t in RELATED}
    yield from ((identifier, identifier) for identifier in sorted(found))


def _oedema() -> Iterator[tuple[str, str]]:
    rows = IcansAssessment.objects.filter(
        cerebral_oedema__in=(Oedema.FOCAL, Oedema.DIFFUSE), subject__slot__isnull=False
    ).exclude(status=FormStatus.NOT_DONE)
    found = {row.subject.identifier for row in rows.select_related("subject")}
    yield from ((identifier, identifier) for identifier in sorted(found))


def _severe_crs(severe: Sequence[Any], moment: datetime) -> Iterator[tuple[str, str, Decimal]]:
    rows = {row.pk: row.subject for row in severe if row.term == CRS and row.severity == 4}
    for event in _events(dict.fromkeys(subject.pk for subject in rows.values())):
        if event.event.pk in rows and event.facts is not None:
            hours = hours_at_grade_4(event.facts, moment)
            yield rows[event.event.pk].identifier, str(event.event.pk), Decimal(hours / timedelta(hours=1))


def _events(subjects: Iterable[UUID]) -> Iterator[Any]:
    wanted = list(subjects)
    for found in events_on_file(wanted).values() if wanted else ():
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
