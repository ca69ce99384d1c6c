"""From one AE row to the adverse-event form. Pure.

Where the source contradicts itself, one statement is entered and the other is noted; nothing is made up.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from dosing.sdtm.reading import EventRow
from dosing.sdtm.texts import CannotMap, FormTexts, SourceDate, give_date, number_text
from safety.ae_checks import ONGOING, RESOLVED
from safety.ctcae import TERMS, Term, find_term
from safety.models.adverse_event import ActionTaken, Outcome, Relationship, SeriousCriterion

SEVERITY = {
    "MILD": 1, "MODERATE": 2, "SEVERE": 3, "LIFE THREATENING": 4, "LIFE-THREATENING": 4, "FATAL": 5, "DEATH": 5,
}  # fmt: skip
ATTRIBUTION = {
    "NONE": Relationship.UNRELATED, "UNRELATED": Relationship.UNRELATED, "NOT RELATED": Relationship.UNRELATED,
    "REMOTE": Relationship.UNLIKELY, "UNLIKELY": Relationship.UNLIKELY, "UNLIKELY RELATED": Relationship.UNLIKELY,
    "POSSIBLE": Relationship.POSSIBLE, "POSSIBLY RELATED": Relationship.POSSIBLE,
    "PROBABLE": Relationship.PROBABLE, "PROBABLY RELATED": Relationship.PROBABLE,
    "DEFINITE": Relationship.DEFINITE, "RELATED": Relationship.DEFINITE, "DEFINITELY RELATED": Relationship.DEFINITE,
}  # fmt: skip
#: SDTM flag -> our criterion. Cancer and overdose are criteria of older reports; ours counts them as important.
CRITERIA = {
    "aesdth": SeriousCriterion.DEATH,
    "aeslife": SeriousCriterion.LIFE_THREATENING,
    "aeshosp": SeriousCriterion.HOSPITALISATION,
    "aesdisab": SeriousCriterion.DISABILITY,
    "aescong": SeriousCriterion.CONGENITAL,
    "aesmie": SeriousCriterion.IMPORTANT,
    "aescan": SeriousCriterion.IMPORTANT,
    "aesod": SeriousCriterion.IMPORTANT,
}
OTHER_TERMS = {term.soc.casefold(): term for term in TERMS.values() if term.other_specify}


def in_sequence(events: Sequence[EventRow]) -> list[EventRow]:
    """Return the events of one subject by AESEQ; numbers first, then other texts, then by line."""
    return sorted(events, key=lambda event: (*_sequence(event.aeseq), event.line))


def _sequence(text: str) -> tuple[int, float, str]:
    try:
        return 0, float(text), ""
    except ValueError:
        return 1, 0.0, text


def is_fatal(event: EventRow) -> bool:
    """Test whether the event ended in death."""
    return event.aeout.upper() == Outcome.FATAL


def event_form(event: EventRow) -> FormTexts:
    """Return the form of one event; CannotMap when its system organ class is none of CTCAE's."""
    form = FormTexts("LOG", "AE", "ae", f"AESEQ {number_text(event.aeseq)}")
    severity = _severity(form, event)
    _give_term(form, event, severity)
    onset = give_date(form, "onset_date", "AESTDTC", event.aestdtc, partial=True)
    if onset.time:
        form.texts["onset_time"] = onset.time
    end = _give_outcome_and_end(form, event)
    _give_grades(form, event, severity, onset, end)
    _give_seriousness(form, event)
    _give_attribution(form, event)
    _give_action(form, event)
    return form


def _severity(form: FormTexts, event: EventRow) -> int | None:
    """Return the grade of the source: AETOXGR where there is one, else the severity as a number."""
    if event.aetoxgr.removesuffix(".0") in ("1", "2", "3", "4", "5"):
        return int(event.aetoxgr[0])
    grade = SEVERITY.get(event.aesev.upper())
    if grade is None and not is_fatal(event):
        form.note(_("The source gives no severity: the event has no grade."), f"AESEV {event.aesev or '(empty)'}")
    return grade


def _give_term(form: FormTexts, event: EventRow, severity: int | None) -> None:
    """The dictionary's term when name, system organ class and every grade agree; else “Other, specify” of the class."""
    decoded = event.aedecod or event.aeterm
    soc = (event.aesoc or event.aebodsys).casefold()
    grades = {severity, 5 if is_fatal(event) else None} - {None}
    known = find_term(decoded)
    if known is not None and _fits(form, known, soc, grades):
        form.texts["term"] = known.name
        if event.aeterm.casefold() != known.name.casefold():
            form.texts["term_specify"] = event.aeterm
        return
    other = OTHER_TERMS.get(soc)
    if other is None:
        raise CannotMap(
            _("%(row)s: “%(soc)s” is not a system organ class of CTCAE v5.0.")
            % {"row": form.row, "soc": event.aesoc or event.aebodsys}
        )
    form.texts["term"] = other.name
    differs = event.aeterm and event.aeterm.casefold() != decoded.casefold()
    form.texts["term_specify"] = f"{decoded} ({event.aeterm})" if differs else decoded


def _fits(form: FormTexts, known: Term, soc: str, grades: set[int | None]) -> bool:
    if soc and known.soc.casefold() != soc:
        form.note(
            _("CTCAE has the term in another system organ class: entered as “Other, specify” of the source's."),
            known.name,
        )
        return False
    if not grades <= set(known.grades):
        form.note(
            _("CTCAE does not define this grade for the term: entered as “Other, specify”."),
            f"{known.name}, grade {', '.join(str(grade) for grade in sorted(filter(None, grades)))}",
        )
        return False
    return True


def _give_outcome_and_end(form: FormTexts, event: EventRow) -> SourceDate:
    """Outcome and end as given; where they contradict each other the outcome stands, or is left open."""
    outcome = event.aeout.upper()
    if outcome and outcome not in Outcome.values:
        form.note(_("The form has no such outcome: left open."), f"AEOUT {event.aeout}")
        outcome = ""
    if outcome in ONGOING and event.aeendtc:
        form.note(_("The event goes on, yet the source gives an end: not entered."), f"AEENDTC {event.aeendtc}")
        form.give("outcome", outcome)
        return SourceDate()
    end = SourceDate()
    if event.aeendtc:
        end = give_date(form, "end_date", "AEENDTC", event.aeendtc, partial=True)
        if end.time:
            form.texts["end_time"] = end.time
    if outcome in RESOLVED and not end.date:
        form.note(_("The event is resolved, yet the source gives no end: outcome left open."), f"AEOUT {outcome}")
        outcome = ""
    form.give("outcome", outcome)
    return end


def _give_grades(form: FormTexts, event: EventRow, severity: int | None, onset: SourceDate, end: SourceDate) -> None:
    """One grade from the onset; a fatal event has grade 5 from its end, and from the onset when both are one."""
    if not onset.date:
        form.note(_("A grade needs the date it starts, and the onset is unknown: no grade."), f"AESEV {event.aesev}")
        return
    if is_fatal(event) and severity != 5:
        apart = severity is not None and end.date not in ("", onset.date)
        if apart:
            form.rows.append(_grade(severity, onset))
        elif severity is not None:
            form.note(_("A fatal event has grade 5, whatever the severity of the source."), f"AESEV {event.aesev}")
        form.rows.append(_grade(5, end if apart else onset))
    elif severity is not None:
        form.rows.append(_grade(severity, onset))


def _grade(grade: int | None, since: SourceDate) -> dict[str, str]:
    return {"grade": str(grade), "start_date": since.date, "start_time": since.time}


def _give_seriousness(form: FormTexts, event: EventRow) -> None:
    """AESER is the source's own conclusion and stands, but a death is serious; flags that contradict it are noted."""
    flags = [flag for flag in CRITERIA if getattr(event, flag).upper() == "Y"]
    criteria = list(dict.fromkeys(CRITERIA[flag].value for flag in flags))
    serious = {"Y": "true", "N": "false"}.get(event.aeser.upper(), "")
    named = ", ".join(flag.upper() for flag in flags)
    if is_fatal(event):
        if serious != "true":
            form.note(_("A fatal event is serious, whatever AESER says."), f"AESER {event.aeser or '(empty)'}")
        serious = "true"
        criteria = list(dict.fromkeys([SeriousCriterion.DEATH.value, *criteria]))
    elif serious == "true" and not criteria:
        form.note(_("Serious without a criterion: entered as medically important, the criterion that remains."))
        criteria = [SeriousCriterion.IMPORTANT.value]
    elif serious == "false" and criteria:
        form.note(_("The source calls the event not serious, yet names a criterion: not entered."), named)
        criteria = []
    form.give("serious", serious)
    form.texts["serious_criteria"] = criteria


def _give_attribution(form: FormTexts, event: EventRow) -> None:
    relationship = ATTRIBUTION.get(event.aerel.upper(), "")
    if not relationship:
        form.note(_("No attribution that the form knows: left open."), f"AEREL {event.aerel or '(empty)'}")
    form.give("relationship_car_t", relationship)


def _give_action(form: FormTexts, event: EventRow) -> None:
    action = event.aeacn.upper()
    if action and action not in ActionTaken.values:
        form.note(_("The form has no such action: left open."), f"AEACN {event.aeacn}")
        action = ""
    form.give("action_taken", action)
