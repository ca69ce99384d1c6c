"""Where the casebook itself shows an eligibility criterion: the forms that hold the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trial_edc.casebook.place import Place
from trial_edc.crf import registry
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.visits.schedule import order_of

#: Criterion -> OIDs of the forms that show it; a criterion that is not here is shown outside the casebook.
FORMS_OF_CRITERION: dict[str, tuple[str, ...]] = {
    "adult": ("DM",),
    "cd70_positive": ("CD70",),
    "standard_exhausted": ("PT",),
    "ecog_0_1": ("PE",),
    "measurable_disease": ("TL",),
    "organ_function": ("HEM", "CHEM", "COAG", "ECHO"),
    "active_infection": ("SER",),
    "cns_disease": ("MH",),
    "autoimmune": ("MH",),
    "prior_cell_therapy": ("PT",),
    "pregnant": ("PREG",),
}


@dataclass(frozen=True)
class EvidenceForm:
    """A form that shows a criterion: the latest one up to the visit, or None while there is none."""

    oid: str
    title: Any
    record: Any | None

    @property
    def url(self) -> str:
        """The address of the form, '' while there is none."""
        found = self.record
        return "" if found is None else Place(found.subject, found.visit, self.oid, found.sequence).url


def evidence_forms(subject: Any, visit: str) -> dict[str, EvidenceForm]:
    """Return, by OID, the latest form up to a visit of every kind that shows a criterion and that the study has."""
    wanted = sorted({oid for oids in FORMS_OF_CRITERION.values() for oid in oids})
    models = {oid: model for oid in wanted if (model := registry.find(oid)) is not None}
    return {oid: EvidenceForm(oid, model.crf.title, _latest(model, subject, visit)) for oid, model in models.items()}


def _latest(model: Any, subject: Any, visit: str) -> Any | None:
    records = model._default_manager.filter(subject=subject).exclude(status=FormStatus.NOT_DONE)
    until = [record for record in records if order_of(record.visit) <= order_of(visit)]
    return max(until, key=lambda record: (order_of(record.visit), record.sequence), default=None)
