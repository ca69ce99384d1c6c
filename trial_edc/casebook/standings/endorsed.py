"""What waits for the investigator's endorsement in many casebooks, from what is kept of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from trial_edc.casebook.endorsing import KeptMilestone, milestones_of_applications, waiting_among
from trial_edc.casebook.standings.lists import Standings
from trial_edc.protocol.endorsement import Endorsement, Milestone


def kept_endorsements(standings: Standings) -> list[tuple[str, Endorsement]]:
    """Return (subject, what waits) of many casebooks; the forms that wait are given by their counts.

    The same as `waiting_endorsements` finds in the casebooks themselves. Milestones that other data bring about are not
    kept; the forms of the few subjects who have one are read.
    """
    more = milestones_of_applications(list(standings.identifiers))
    read = {pk: (unsigned, kept) for pk, unsigned, kept in standings.unsigned(more)}
    found: list[tuple[str, Endorsement]] = []
    labels: dict[str, str] = {}
    for pk, identifier, by_day in standings.endorsements():
        if pk in more:
            unsigned, kept = read[pk]
            counting = [each for each in map(_milestone, kept) if each.counts_from <= standings.day]
            waiting = waiting_among(unsigned, [*counting, *more[pk]])
        else:
            waiting = list(_on(by_day, str(standings.day), labels))
        found += ((identifier, each) for each in waiting)
    return found


def _milestone(kept: list[Any]) -> KeptMilestone:
    key, reached, counts_from, closes = kept
    return KeptMilestone(key, date.fromisoformat(reached), date.fromisoformat(counts_from), closes)


def _on(by_day: list[list[Any]], day: str, labels: dict[str, str]) -> Iterator[Endorsement]:
    """Yield what waits on a day; days are compared as they are written, year first. `labels` are found once each."""
    counting = [waiting for first, waiting in by_day if first <= day]
    for key, reached, closes, count, due in counting[-1] if counting else ():
        there = date.fromisoformat(reached)
        if key not in labels:
            labels[key] = KeptMilestone(key, there, date.min, closes).label
        yield Endorsement(Milestone(key, labels[key], there, closes), (count,), date.fromisoformat(due))
