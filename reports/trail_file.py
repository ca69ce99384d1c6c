"""The audit trail as a CSV file: exactly the changes that a person's filter found when they asked.

One snapshot: which changes belong to the file is settled by one statement, at the last change that stood when the file
was asked for; a change in the trail is never altered. However long the writing takes, and however often it is begun
again, the same rows come out.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from reports.jobs import Document
from reports.models import Job
from reports.rules.job_states import Stage
from trial_edc import __version__
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.csv_file import csv_text
from trial_edc.casebook.jobs.life import Progress
from trial_edc.casebook.rendering.dates import file_moment
from trial_edc.casebook.selectors import trail, trail_list
from trial_edc.casebook.selectors.trail_list import TrailFilter
from trial_edc.errors import DomainError
from trial_edc.protocol.study import STUDY

STEP = 1000
#: More than this no spreadsheet opens; a narrower filter gives the rest.
MOST_ROWS = 1_000_000


def trail_document(job: Job, progress: Progress) -> Document:
    """Return the file of a job; raises DomainError when it would be too long to be opened."""
    progress(Stage.SNAPSHOT, 0, 1)
    keys = _keys(job)
    progress(Stage.SNAPSHOT, 1, 1)
    parts = [csv_text(header(), ())]
    for first in range(0, len(keys), STEP):
        progress(Stage.ROWS, first, len(keys))
        parts.append(csv_text(None, _rows(keys[first : first + STEP])))
    progress(Stage.ROWS, len(keys), len(keys))
    content = "".join(parts).encode()
    digest = hashlib.sha256(content).hexdigest()
    progress(Stage.FILE, 1, 1)
    return Document(
        name=f"{STUDY.protocol_number}_audit-trail_{timezone.localtime(job.cutoff):%Y%m%d-%H%M%S}.csv",
        content=content, sha256=digest, content_hash=digest, pages=0, rows=len(keys), software_version=__version__,
    )  # fmt: skip


def _keys(job: Job) -> array[int]:
    """Return the numbers of the changes, newest first: what the person may read, through their filter."""
    chosen = TrailFilter.read(job.parameters["filter"])
    readable = trail_list.readable_changes(job.started_by).filter(pk__lte=job.parameters["last_change"])
    found = chosen.narrow(readable).order_by("-pk").values_list("pk", flat=True)
    keys = array("q", found[: MOST_ROWS + 1].iterator(chunk_size=STEP))
    if len(keys) > MOST_ROWS:
        raise DomainError(
            _("These are more than %(most)s changes, which no spreadsheet opens. Choose a shorter period.")
            % {"most": f"{MOST_ROWS:,}"}
        )
    return keys


def header() -> tuple[str, ...]:
    """Return the headings of the file."""
    return (
        _("Number"), _("When"), _("Who"), _("Subject"), _("Form"), _("Item"), _("Old value"), _("New value"),
        _("Reason"), _("Source"), _("Record"), _("Digest"),
    )  # fmt: skip


def _rows(keys: array[int]) -> Iterator[tuple[Any, ...]]:
    for line in trail.lines(list(ItemChange.objects.filter(pk__in=list(keys)).order_by("-pk"))):
        change = line.change
        yield (
            change.pk, file_moment(change.changed_at), change.changed_by_name, line.subject, line.form, line.item,
            line.old, line.new, change.reason, change.source, change.record, change.digest,
        )  # fmt: skip
