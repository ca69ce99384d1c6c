"""The ladder: lanes with the highest dose first, and one tile per slot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dosing.models import Reservation, Slot
from dosing.rules.evaluability import Status
from dosing.rules.trial_state import LevelAdvice, Standing, TrialAdvice
from dosing.selectors.assessment import last_window_day
from dosing.selectors.expansion import Expansion, declared_mtd
from dosing.selectors.freshness import BoardInputs
from dosing.selectors.trial import Recruitment
from safety.rules.severity import Dlt
from safety.selectors import trial_zone
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.protocol.dose_levels import dose_level
from trial_edc.protocol.parameters import integer
from trial_edc.protocol.study_day import study_day

CELL_STEP, WEEK_GAP = 7.4, 3.2


@dataclass(frozen=True)
class DayCell:
    """One day of the window in the little chart: where, in which kind, tall for the onset of a DLT."""

    x: str
    kind: str
    tall: bool


@dataclass(frozen=True)
class Tile:
    """One slot as drawn. `kind` names its look, `word` and `icon` its state; without identifier it is empty."""

    kind: str
    word: str
    icon: str
    identifier: str = ""
    url: str = ""
    left: str = ""
    right: str = ""
    cells: tuple[DayCell, ...] = ()
    window_words: str = ""


@dataclass(frozen=True)
class Lane:
    """One dose level: its name and state, its counts in words, its slots by cohort."""

    level: int
    name: str
    dose: str
    look: str
    chip: tuple[str, str, str]
    n_dlt: int
    n_evaluable: int
    notes: tuple[str, ...]
    cohorts: tuple[tuple[str, tuple[Tile, ...]], ...]


def lanes(inputs: BoardInputs, advice: TrialAdvice, recruiting: Recruitment, today: date) -> list[Lane]:
    """Return the lanes, highest dose first."""
    return [_lane(inputs, advice, level, recruiting, today) for level in reversed(advice.levels)]


@dataclass(frozen=True)
class ExpansionLane:
    """The expansion part: its dose, its subjects, and where it stands against its boundary."""

    state: Expansion
    dose: str
    tiles: tuple[Tile, ...]


def expansion_lane(inputs: BoardInputs, state: Expansion, today: date) -> ExpansionLane | None:
    """Return the expansion, None before there is an MTD to choose a dose from."""
    if not inputs.choices and declared_mtd(inputs.decisions) is None:
        return None
    own = [slot for slot in inputs.slots if slot.part == Slot.Part.EXPANSION]
    dose = dose_level(state.level).label if state.level else ""
    tiles = [subject_tile(slot, _output(inputs, slot), today) for slot in own]
    tiles += [_kept(row) for row in inputs.reserved if row.part == Slot.Part.EXPANSION]
    return ExpansionLane(state, dose, tuple(tiles))


def _kept(row: Reservation) -> Tile:
    identifier = row.subject.identifier
    until = _("Until %(date)s") % {"date": study_date(row.last_day)}
    return Tile("kept", _("Reserved"), "clock-history", identifier, _place_url(identifier), until, _("In screening"))


def _place_url(identifier: str) -> str:
    return reverse("dosing:enrol", args=[identifier])


def _lane(inputs: BoardInputs, advice: TrialAdvice, level: LevelAdvice, recruiting: Recruitment, today: date) -> Lane:
    slots = inputs.in_escalation(level.level)
    tiles = [subject_tile(slot, _output(inputs, slot), today) for slot in slots]
    replaced = sum(tile.kind == "ne" for tile in tiles)
    tiles += [_kept(row) for row in inputs.reserved if (row.dose_level, row.part) == (level.level, "ESCALATION")]
    tiles += _empty_tiles(level, len(tiles) - replaced, recruiting)
    definition = dose_level(level.level)
    return Lane(
        level=level.level,
        name=_("Dose level %(level)s") % {"level": level.level},
        dose=definition.label,
        look=_look(level, advice),
        chip=_chip(level, recruiting, inputs.decisions.authorised(level.level)),
        n_dlt=level.tally.n_dlt,
        n_evaluable=level.tally.n_evaluable,
        notes=_notes(level, replaced),
        cohorts=_cohorts(tiles),
    )


def _output(inputs: BoardInputs, slot: Slot) -> dict[str, Any]:
    result = inputs.stored.get(slot.subject_id)
    return result.output if result else {}


def _look(level: LevelAdvice, advice: TrialAdvice) -> str:
    if level.standing in (Standing.TOO_TOXIC, Standing.SUSPENDED):
        return "stop" if level.standing is Standing.TOO_TOXIC else "held"
    if level.level == advice.level:
        return "now"
    return "past" if level.standing is Standing.PASSED else "next"


def _chip(level: LevelAdvice, recruiting: Recruitment, authorised: bool) -> tuple[str, str, str]:
    """Kind, icon and word of the state of a lane."""
    words = {
        Standing.NOT_OPENED: ("mute", "dash-circle", _("Not opened")),
        Standing.CLOSED_BY_LOWER: ("mute", "slash-circle", _("Closed")),
        Standing.TOO_TOXIC: ("bad", "pause-circle-fill", _("Stopped: too toxic")),
        Standing.SUSPENDED: ("warn", "pause-circle-fill", _("Suspended")),
        Standing.PASSED: ("ok", "check-circle-fill", _("Cleared")),
    }
    if level.standing in words:
        return words[level.standing]
    if not authorised:
        return words[Standing.SUSPENDED]
    if recruiting.level == level.level:
        return ("info", "plus-lg", _("Recruiting"))
    return ("warn", "pause-circle-fill", _("On hold"))


def _notes(level: LevelAdvice, replaced: int) -> tuple[str, ...]:
    tally = level.tally
    notes = [
        (tally.n_pending, ngettext("%d pending", "%d pending", tally.n_pending)),
        (tally.n_review, ngettext("%d in review", "%d in review", tally.n_review)),
        (replaced, ngettext("%d replaced", "%d replaced", replaced)),
    ]
    return tuple(text % count for count, text in notes if count)


def _empty_tiles(level: LevelAdvice, held: int, recruiting: Recruitment) -> list[Tile]:
    if recruiting.level == level.level:
        return [
            Tile("open want", _("Proposed slot %(number)s") % {"number": number}, "plus-lg")
            for number in range(held + 1, recruiting.capacity + 1)
        ]
    if level.standing is Standing.NOT_OPENED:
        first = _("Opens only if level %(level)s is cleared") % {"level": level.level - 1}
        return [Tile("open", first if number == 0 else _("Not opened"), "dash-circle") for number in range(3)]
    return []


def _cohorts(tiles: list[Tile]) -> tuple[tuple[str, tuple[Tile, ...]], ...]:
    named = [(_("First cohort"), tiles[:3]), (_("Expansion cohort and replacements"), tiles[3:])]
    return tuple((name, tuple(found)) for name, found in named if found)


def subject_tile(slot: Slot, output: dict[str, Any], today: date) -> Tile:
    """Return the tile of a subject by its stored answer."""
    status = output.get("status", Status.NOT_TREATED)
    infused = output.get("infused_at")
    if infused is None:
        return _before_infusion(slot, output)
    infusion_date = datetime.fromisoformat(infused).astimezone(trial_zone()).date()
    day = max(0, min(study_day(today, infusion_date), integer("dlt.window_days")))
    if status == Status.NON_EVALUABLE:
        left = output.get("left_date")
        until = study_day(date.fromisoformat(left), infusion_date) if left else day
        why = _("Left on day %(day)s") % {"day": until} if left else _("Dose %(p)s %%") % {"p": output["dose_percent"]}
        return _tile(slot, "ne", _("Replaced"), "slash-circle", why, _("Not evaluable"), min(until, day))
    return _BY_STATUS.get(status, _waiting)(slot, output, infusion_date, day)


def _with_dlt(slot: Slot, output: dict[str, Any], infusion_date: date, day: int) -> Tile:
    event: dict[str, Any] = next((each for each in output["events"] if each["final"] == Dlt.YES), {})
    onset = event.get("onset_day")
    grade = _("%(term)s grade %(grade)s") % {"term": short_term(event.get("term", "")), "grade": event.get("grade")}
    right = "" if onset is None else _("Onset day %(day)s") % {"day": onset}
    return _tile(slot, "dlt", _("DLT"), "exclamation-diamond-fill", grade, right, day, onset)


def _without_dlt(slot: Slot, output: dict[str, Any], infusion_date: date, day: int) -> Tile:
    return _tile(slot, "clear", _("No DLT"), "check-circle-fill", study_date(infusion_date), _of_window(day), day)


def _waiting(slot: Slot, output: dict[str, Any], infusion_date: date, day: int) -> Tile:
    closes = last_window_day(datetime.fromisoformat(output["window_closes_at"]))
    if output.get("question") and output["chosen"] is None:
        word, icon, left = _("Undecided"), "question-circle", _("Needs an explicit choice")
    elif output["in_review"]:
        word, icon, left = _("In review"), "question-circle", _("Event to be judged")
    elif day < integer("dlt.window_days"):
        word, icon, left = _("In window"), "hourglass-split", _("Closes %(date)s") % {"date": study_date(closes)}
    else:
        word, icon, left = _("Not decided"), "hourglass-split", _("Window closed, data open")
    return _tile(slot, "win", word, icon, left, _of_window(day), day)


_BY_STATUS: dict[str, Callable[[Slot, dict[str, Any], date, int], Tile]] = {
    Status.EVALUABLE_DLT: _with_dlt,
    Status.EVALUABLE_NO_DLT: _without_dlt,
    Status.PENDING: _waiting,
}


def _before_infusion(slot: Slot, output: dict[str, Any]) -> Tile:
    if slot.is_released:
        given = _("Given back %(date)s") % {"date": study_date(slot.released_at)}
        return _tile(slot, "ne", _("Released"), "slash-circle", given, _("Not treated"), None)
    if output.get("left_date"):
        return _tile(slot, "ne", _("Replaced"), "slash-circle", _("Left before infusion"), _("Not treated"), None)
    assigned = _("Assigned %(date)s") % {"date": study_date(slot.assigned_at)}
    return _tile(slot, "wait", _("Awaiting infusion"), "circle", assigned, _("Slot %(n)s") % {"n": slot.number}, None)


def _of_window(day: int) -> str:
    return _("%(day)s of %(window)s") % {"day": day, "window": integer("dlt.window_days")}


def short_term(term: str) -> str:
    """Return the abbreviation that a tile has room for."""
    return {"Cytokine release syndrome": "CRS", "Immune effector cell-associated neurotoxicity syndrome": "ICANS"}.get(
        term, term
    )


def _tile(
    slot: Slot, kind: str, word: str, icon: str, left: str, right: str, day: int | None, onset: int | None = None
) -> Tile:
    words = ""
    if day is not None:
        words = _("Day %(day)s of %(window)s of the DLT window") % {"day": day, "window": integer("dlt.window_days")}
    return Tile(
        kind=kind,
        word=word,
        icon=icon,
        identifier=slot.subject.identifier,
        url=f"/subjects/{slot.subject.identifier}/",
        left=left,
        right=right,
        cells=() if day is None else day_cells(kind, day, onset),
        window_words=words,
    )


def day_cells(kind: str, day: int, onset: int | None) -> tuple[DayCell, ...]:
    """Return the cells of the chart: days passed in the colour of the state, the onset of a DLT tall."""
    passed = {"clear": "ok", "ne": "x"}.get(kind, "in")
    cells = []
    for number in range(1, integer("dlt.window_days") + 1):
        x = (number - 1) * CELL_STEP + (number - 1) // 7 * WEEK_GAP
        hit = onset is not None and max(onset, 1) == number
        look = "bd" if hit else (passed if number <= day else "d0")
        cells.append(DayCell(f"{x:.1f}", look, hit))
    return tuple(cells)
