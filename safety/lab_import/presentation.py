"""A laboratory file as its pages show it: where it stands in one word, its columns, what it amounts to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl.utils import get_column_letter

from safety.lab_import.mapping import TARGETS
from safety.lab_import.reading import ENCODINGS
from safety.lab_import.visits import FORMS
from safety.models.laboratory_import import LaboratoryImport, LaboratoryJob
from trial_edc.casebook.jobs.cards import WorkCard, work_card

#: Faults listed on the page, and sentences that stand for many of them; the whole list is a download.
MOST_FAULTS, MOST_SENTENCES = 50, 5


@dataclass(frozen=True)
class Standing:
    """Where a file stands: a word, and the chip it is shown in."""

    word: str
    chip: str
    icon: str


def standing_of(upload: LaboratoryImport, job: LaboratoryJob | None) -> Standing:
    """Say where a file stands, from its last job."""
    if upload.state == LaboratoryImport.State.DONE:
        return Standing(_("Taken in"), "ok", "check-circle-fill")
    if job is None:
        return Standing(_("Columns to be named"), "warn", "question-circle")
    taking = job.kind == LaboratoryJob.Kind.TAKE
    if job.is_active:
        return Standing(_("Being taken in") if taking else _("Being checked"), "info", "hourglass-split")
    if job.is_retriable:
        return Standing(_("Nothing taken in") if taking else _("Not checked"), "bad", "exclamation-circle-fill")
    return _standing_of_check(job.found)


def _standing_of_check(found: dict[str, Any]) -> Standing:
    if found["faults"]:
        words = ngettext("%(number)s row with a fault", "%(number)s rows with faults", found["faults"])
        return Standing(words % {"number": f"{found['faults']:,}"}, "bad", "exclamation-circle-fill")
    if not found["new"]:
        return Standing(_("All on file already"), "mute", "check-lg")
    return Standing(_("Ready to be taken in"), "info", "circle-half")


def card_of(job: LaboratoryJob) -> WorkCard:
    """Return the card of the work on a file."""
    return work_card(job, dict(LaboratoryJob.Step.choices))


def columns_of(upload: LaboratoryImport) -> list[dict[str, Any]]:
    """Return each item with the columns of the file that it may be, by letter, heading and first value."""
    rows = upload.head.get("rows", [])
    first = rows[0][1] if rows else []
    headings = [
        {"number": number, "text": _heading(number, heading), "sample": first[number] if number < len(first) else ""}
        for number, heading in enumerate(upload.head.get("header", []))
    ]
    return [
        {"target": target, "label": label, "needed": needed, "headings": headings, "chosen": upload.mapping.get(target)}
        for target, (label, needed, _names) in TARGETS.items()
    ]


def _heading(number: int, heading: str) -> str:
    return f"{get_column_letter(number + 1)}: {heading or '–'}"


def twice_named(upload: LaboratoryImport) -> list[str]:
    """Return the headings in use that more than one column has: the other one may be the right one."""
    header = upload.head.get("header", [])
    counted = Counter(heading.casefold() for heading in header)
    used = [header[number] for number in upload.mapping.values() if number < len(header)]
    return [heading for heading in used if counted[heading.casefold()] > 1]


def preview_of(upload: LaboratoryImport) -> dict[str, Any]:
    """Return the first rows as the file has them, each as wide as the header; each column says which item it is."""
    items = {number: TARGETS[target][0] for target, number in upload.mapping.items()}
    header = upload.head.get("header", [])
    width = len(header)
    return {
        "header": [(_heading(number, heading), items.get(number)) for number, heading in enumerate(header)],
        "rows": [(line, [*cells, *[""] * width][:width]) for line, cells in upload.head.get("rows", [])],
        "other_sheets": upload.head.get("other_sheets", 0),
        "is_guessed": upload.head.get("encoding") == ENCODINGS[-1],
    }


def _figures() -> list[tuple[str, str]]:
    return [
        ("rows", _("Rows")), ("faults", _("Rows with faults")), ("new", _("New forms")),
        ("present", _("Samples on file already")), ("repeated", _("Rows said twice")),
    ]  # fmt: skip


def finding_of(job: LaboratoryJob) -> dict[str, Any]:
    """Return what a file amounts to: counts, a line per subject, the first faults and those that repeat."""
    repeated = Counter(sentence for _line, sentence, _about in job.faults)
    return {
        "counts": job.found,
        "figures": [(label, f"{job.found[name]:,}") for name, label in _figures()],
        "checked_at": job.finished_at,
        "forms": [model.crf.title for model in FORMS.values()],
        "faults": job.faults[:MOST_FAULTS],
        "more": max(0, len(job.faults) - MOST_FAULTS),
        "sentences": [(text, number) for text, number in repeated.most_common(MOST_SENTENCES) if number > 1],
    }
