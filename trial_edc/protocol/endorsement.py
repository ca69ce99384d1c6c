"""At which milestones the investigator endorses the data, and by when: pure dates in, what waits out.

The regulators ask that the investigator signs in good time, at milestones, and not once before the data are locked.
Assumed by this study: Day 28, every dose decision, Months 3, 12 and 36, and the end of study; signed within the days
that the parameter `records.endorsement_days` gives.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

#: Visits whose data are endorsed, beside the end of study and what applications add.
MILESTONE_VISITS = ("D28", "M3", "M12", "M36")
END_OF_STUDY = "EOS"


@dataclass(frozen=True)
class Milestone:
    """A point of the study that was reached on a day: what was collected until then is endorsed.

    The end of the study `closes` the casebook: it takes what came later, too.
    """

    key: str
    label: Any
    reached: date
    closes: bool = False


@dataclass(frozen=True)
class Unsigned:
    """A complete form that no valid signature covers: the day it belongs to, and the day of its last change."""

    key: Any
    day: date
    changed: date


@dataclass(frozen=True)
class Endorsement:
    """What waits for the investigator's signature at one milestone, and the day by which it is due."""

    milestone: Milestone
    forms: tuple[Any, ...]
    due: date


def endorsements(forms: Iterable[Unsigned], milestones: Iterable[Milestone], *, within: int) -> list[Endorsement]:
    """Return what waits at each milestone, in order of time; a milestone without anything unsigned is endorsed.

    1. A form belongs to the first milestone reached on or after its day, or else to the one that closes the casebook;
       to none while there is neither.
    2. It is due `within` days after the milestone was reached, or after its own last change where that came later:
       a change voids the signature, and the investigator has the same time to sign again.
    3. A milestone is due when the first of its forms is.

    >>> day_28 = Milestone("D28", "Day 28", date(2026, 3, 1))
    >>> early, late = date(2026, 2, 10), date(2026, 3, 2)
    >>> forms = [Unsigned("VS", early, early), Unsigned("CM", late, late)]
    >>> [(each.forms, str(each.due)) for each in endorsements(forms, [day_28], within=14)]
    [(('VS',), '2026-03-15')]
    """
    order = sorted(milestones, key=lambda milestone: (milestone.reached, milestone.key))
    waiting: dict[str, list[Unsigned]] = {milestone.key: [] for milestone in order}
    for form in forms:
        covering = [milestone for milestone in order if milestone.reached >= form.day]
        covering += [milestone for milestone in order if milestone.closes]
        if covering:
            waiting[covering[0].key].append(form)
    return [
        Endorsement(milestone, tuple(form.key for form in found), _due(milestone, found, within))
        for milestone in order
        if (found := waiting[milestone.key])
    ]


def _due(milestone: Milestone, forms: list[Unsigned], within: int) -> date:
    return min(max(milestone.reached, form.changed) for form in forms) + timedelta(days=within)
