"""Which tables the trail covers: all of ours, unless named here with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps

OUR_APPS = ("accounts", "audit", "review", "casebook", "enrollment", "safety", "efficacy", "dosing", "reports")
#: table label -> why it needs no trail
EXEMPT = {
    "audit.ItemChange": "it is the trail",
    "audit.ChainHead": "it is the end of the trail's chains",
    "audit.AccessEvent": "it is append-only itself",
    "casebook.Draft": "drafts are not records",
    "casebook.Submission": "remembers answered form posts, holds no data",
    "casebook.Notice": "points at what happened, which is in the trail itself",
    "casebook.NoticePreference": "how a person wants to be told, no data of the study",
    "casebook.Standing": "what was read of the other tables, under the length of the trail it was read at",
    "casebook.VisitStanding": "a part of casebook.Standing",
    "casebook.FormStanding": "a part of casebook.Standing",
    "safety.CtcaeDescription": "published wording, replaced as a whole; each load is an access event with its hash",
    "safety.MeddraTerm": "published codes, replaced as a whole; each load is an access event with its hash",
    "safety.LaboratoryJob": "progress of the work on a file; what it saved is in the forms and safety.LaboratoryImport",
    "reports.Job": "progress of a report; its result is kept in reports.ReportFile",
}
#: Counters that change with every save and say nothing about the data.
ALWAYS_IGNORED = ("last_login",)


@dataclass(frozen=True)
class Coverage:
    """What the trigger on one table is told: a name, and the columns that hold subject and root."""

    table: str
    entity: str
    subject: str
    root: str
    ignored: tuple[str, ...]

    @property
    def arguments(self) -> tuple[str, str, str, str]:
        return (self.entity, self.subject, self.root, ",".join(self.ignored))


def covered() -> Iterator[Coverage]:
    """Yield the coverage of every audited table, in a stable order."""
    for label in OUR_APPS:
        for model in sorted(apps.get_app_config(label).get_models(), key=lambda m: m._meta.db_table):
            if model._meta.label not in EXEMPT and not model._meta.proxy and model._meta.managed:
                yield coverage_of(model)


def coverage_of(model: Any) -> Coverage:
    """Return the coverage of one model, from its optional `trail_…` attributes."""
    columns = {field.name: field.column for field in model._meta.concrete_fields}
    crf = getattr(model, "crf", None)
    ignored = (*getattr(model, "trail_ignore", ()), *ALWAYS_IGNORED)
    return Coverage(
        table=model._meta.db_table,
        entity=crf.oid if crf else model._meta.label_lower,
        subject=getattr(model, "trail_subject", columns.get("subject", "")),
        root=getattr(model, "trail_root", "id"),
        ignored=tuple(name for name in dict.fromkeys(ignored) if name in {c for c in columns.values()}),
    )
