"""What the bedside page shows: columns in sight, grades with who may give them, offers for the new column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from safety.bedside.column import Typing, visits_at_the_bedside
from safety.bedside.courses import Syndrome, syndromes_of
from safety.bedside.layout import CRS, ICANS, ICE_TICKS, MOMENT, OIDS, VITALS
from safety.bedside.sheet import Column, blocks_of, columns_of
from safety.panels import crs_panel, icans_panel
from safety.treatments import Treatments, treatments_before
from trial_edc.accounts.access import may, may_judge
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.page import subject_bar
from trial_edc.casebook.panel import Panel
from trial_edc.casebook.rendering.rows import EntryRow
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.casebook.templatetags.edc import SummaryLine
from trial_edc.protocol.partial_dates import PartialDate
from trial_edc.protocol.study_day import study_day
from trial_edc.review.models import MissingReason

#: Columns in sight: all that fit a tablet beside the labels; fewer beside a column that is being typed.
IN_SIGHT, BESIDE_ENTRY = 6, 2
GRADES = range(6)


def page_context(user: User, subject: Any, query: QueryDict, typing: Typing | None = None) -> dict[str, Any]:
    """Return the context of the sheet for one person; `typing` is the new column while there is one."""
    columns = columns_of(subject)
    shown, spans = _in_sight(columns, subject, query, entering=typing is not None)
    syndromes = syndromes_of(subject, columns)
    enters = may(user, Permission.ENTER_DATA, subject.site)
    context = {
        "page": {"subject": subject_bar(subject), "read_only": True},
        "subject": subject,
        "columns": [_heading(subject, column) for column in shown],
        "blocks": [(title, lines) for title, lines in blocks_of(shown) if typing or not all(x.hidden for x in lines)],
        "graded": [(kind, [column.grades.get(kind) for column in shown]) for kind in (CRS, ICANS)],
        "spans": spans,
        "syndromes": syndromes,
        "daily": _daily(subject, syndromes),
        "may_enter": enters and subject.infusion_date is not None,
        "may_judge": may_judge(user, subject.site),
        "grades_offered": GRADES,
        "typing": typing,
    }  # fmt: skip
    return context if typing is None else context | _entry_context(typing, columns, syndromes)


def _in_sight(
    columns: Sequence[Column], subject: Any, query: QueryDict, *, entering: bool
) -> tuple[list[Column], list[dict[str, Any]]]:
    """Return the columns to show and the choices of days: the latest, one day, or everything."""
    days = list(dict.fromkeys(column.day for column in columns))
    wanted = query.get("day", "")
    spans = [{"key": "", "label": _("Latest"), "on": not wanted}]
    spans += [
        {"key": day.isoformat(), "label": day_words(subject, day), "on": wanted == day.isoformat()} for day in days
    ]
    spans.append({"key": "all", "label": _("Everything"), "on": wanted == "all"})
    if entering:
        return list(columns[-BESIDE_ENTRY:]), []
    if wanted == "all":
        return list(columns), spans
    of_day = [column for column in columns if column.day.isoformat() == wanted]
    return of_day or list(columns[-IN_SIGHT:]), spans


def day_words(subject: Any, day: date) -> str:
    """Return a day as study day, the way the schedule calls it."""
    return f"D{study_day(day, subject.infusion_date)}"


def _heading(subject: Any, column: Column) -> dict[str, Any]:
    links = [
        (form.crf.title, form_url(subject.identifier, form.visit, oid, form.sequence))
        for oid, form in column.forms.items()
    ]
    return {"column": column, "day": day_words(subject, column.day), "links": links}


def _daily(subject: Any, syndromes: Sequence[Syndrome]) -> dict[str, Any] | None:
    """Return the highest grade of each day: the days, and per syndrome a grade for each of them."""
    days = sorted({day for syndrome in syndromes for day in syndrome.daily})
    if not days:
        return None
    rows = [(syndrome.kind, [syndrome.daily.get(day) for day in days]) for syndrome in syndromes]
    return {"days": [day_words(subject, day) for day in days], "rows": rows}


@dataclass(frozen=True)
class Memory:
    """What the medication log says about one question of the new column."""

    name: str
    answer: str
    words: str


def _entry_context(typing: Typing, columns: Sequence[Column], syndromes: Sequence[Syndrome]) -> dict[str, Any]:
    subject = typing.subject
    at = moment_of(typing)
    return {
        "before": columns[-1] if columns else None,
        "visits": [(visit.code, visit.label) for visit in visits_at_the_bedside()],
        "offers": _offers(typing, at, columns, syndromes),
        "ice_ticks": [tick for ticks in ICE_TICKS.values() for tick in ticks],
        "missing_choices": tuple(MissingReason.Code.choices),
        "live": live_context(typing),
        "errors": error_lines(typing),
        "bar": {
            "post": reverse("bedside:column", args=[subject.identifier]),
            "live": reverse("bedside:live", args=[subject.identifier]),
            "draft": reverse("bedside:draft", args=[subject.identifier]),
        },
    }


def moment_of(typing: Typing) -> datetime | None:
    """Return the moment of the new column as far as it can be read."""
    record = typing.entries[VITALS].record
    if record.assessed_date is None or record.assessed_time is None:
        return None
    naive = datetime.combine(record.assessed_date, record.assessed_time)  # the zone follows
    return timezone.make_aware(naive)


def _offers(
    typing: Typing, at: datetime | None, columns: Sequence[Column], syndromes: Sequence[Syndrome]
) -> list[Memory]:
    """Return what the records say about the questions of the new column; a person takes it over with a tap."""
    if at is None:
        return []
    found = _from_the_log(treatments_before(typing.subject, at))
    highest = highest_temperature(columns, at)
    if highest is not None:
        words = _("Highest of 24 hours: %(value)s") % {"value": highest}
        found.append(Memory("CRS-max_temperature_c", str(highest), words))
    now = syndromes[0].now
    if now is not None and now.episode.start < at:
        since = timezone.localtime(now.episode.start)
        words = _("Episode since %(since)s: yes") % {
            "since": f"{since:%H:%M}, {day_words(typing.subject, since.date())}"
        }
        found.append(Memory("CRS-crs_already_diagnosed", "true", words))
    return found


def _from_the_log(given: Treatments) -> list[Memory]:
    questions = {
        "CRS-antipyretic_given": given.antipyretic, "CRS-tocilizumab_given": given.tocilizumab,
        "CRS-corticosteroid_given": given.corticosteroid, "ICANS-corticosteroid_given": given.corticosteroid,
    }  # fmt: skip
    found = []
    for name, drugs in questions.items():
        names = ", ".join(dict.fromkeys(drug.drug for drug in drugs))
        words = _("Log: yes, %(drugs)s") % {"drugs": names} if names else _("Log: none, no")
        found.append(Memory(name, "true" if names else "false", words))
    return found


def highest_temperature(columns: Sequence[Column], at: datetime) -> Decimal | None:
    """Return the highest temperature of the vital signs in the 24 hours before a moment, both ends included."""
    since = at - timedelta(hours=24)
    found = [
        column.forms[VITALS].temperature_c
        for column in columns
        if column.clock is not None and VITALS in column.forms and since <= column.at <= at
    ]
    return max((value for value in found if value is not None), default=None)


def live_context(typing: Typing) -> dict[str, Any]:
    """Return what the rules say about the new column as typed; None for a form that was not begun."""
    entries = typing.entries
    column = Column(date.min, None, {oid: entries[oid].record for oid in OIDS if oid not in typing.empty})
    panels: dict[str, Panel | None] = {
        CRS: None if CRS in typing.empty else crs_panel(entries[CRS].record, []),
        ICANS: None if ICANS in typing.empty else icans_panel(entries[ICANS].record, []),
    }
    return {"map": column.mean_pressure, "ice": column.ice, "panels": panels.items()}


def error_lines(typing: Typing) -> list[SummaryLine]:
    """Return what kept the column from being saved; an error of the shared moment stands at its one place."""
    if not typing.failed:
        return []
    lines = [SummaryLine("#entry", "", typing.problem)] if typing.problem else []
    for entry in typing.entries.values():
        form = entry.form
        lines += [SummaryLine("#entry", "", str(message)) for message in form.non_field_errors()]
        for name in form.errors:
            if name not in form.fields:
                continue
            texts = EntryRow(form[name]).errors
            lines += [SummaryLine(_place_of(typing, form, name), str(form.fields[name].label), text) for text in texts]
    return list(dict.fromkeys(lines))


def _place_of(typing: Typing, form: Any, name: str) -> str:
    """Where an item stands on the sheet: the moment once for all forms, the points of the score in their pop-up."""
    if name in ICE_TICKS:
        return "#open-ice"
    field = typing.entries[VITALS].form[name] if name in MOMENT else form[name]
    return f"#{field.auto_id}"


def opening(subject: Any, moment: datetime) -> QueryDict:
    """Return the post a new column begins with: the present moment and nothing else."""
    local = timezone.localtime(moment)
    sent = QueryDict(mutable=True)
    sent[f"{VITALS}-assessed_date"] = PartialDate.from_date(local.date()).display()
    sent[f"{VITALS}-assessed_time"] = f"{local:%H:%M}"
    return sent
