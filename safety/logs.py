"""What the running logs bring to the casebook: guards, panels, suggestions, notices."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from safety import log_panels, log_services, report_panels, tellings
from safety.events.panels import emergence_panel, links_panel
from trial_edc.casebook import hooks, suggestions
from trial_edc.casebook.selectors.logs import Document, register_document
from trial_edc.protocol.medications import search_drugs


def register() -> None:
    """Register the logs of serious events, medication, transfusions and stays, and what they say beside other forms."""
    suggestions.register("drugs", search_drugs)
    hooks.register("SAE", guard=log_services.guard_report, panel=report_panels.clock_panel)
    hooks.register("SAE", panel=report_panels.reported_event_panel)
    hooks.register("CM", guard=log_services.guard_medication, panel=log_panels.medication_panel)
    hooks.register("TX", guard=log_services.guard_transfusion)
    hooks.register("HOSP", guard=log_services.guard_stay, panel=log_panels.stay_panel)
    hooks.register("AE", guard=log_services.guard_event_dates, panel=report_panels.event_reports_panel)
    hooks.register("AE", panel=emergence_panel)
    hooks.register("AE", panel=links_panel)
    hooks.register("CRS", panel=log_panels.treatment_panel)
    hooks.register("DTH", panel=report_panels.death_panel)
    register_document("SAE", Document(_("PDF of the event"), report_panels.document_url))
    tellings.register_all()
