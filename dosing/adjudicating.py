"""Events that wait for a physician's verdict, and what the Day-28 assessment has to know of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from dosing.models import DltAdjudication, DltAssessment
from dosing.panels import COUNTS_AS, WORDS
from dosing.rules import evaluability
from dosing.selectors.assessment import last_window_day
from safety.models import AdverseEvent
from safety.rules import dlt
from safety.rules.severity import Dlt
from trial_edc.casebook.panel import Panel, PanelRow
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.casebook.work import Desk, Line
from trial_edc.crf.models import FormStatus
from trial_edc.review.models import RuleResult

#: Proposals of the rule that a physician confirms, refuses or lacks data for; PENDING decides itself with time.
TO_JUDGE = (Dlt.YES.value, Dlt.REVIEW.value)
SHOWN = (*TO_JUDGE, Dlt.PENDING.value)


def proposals(desk: Desk) -> Iterator[Line]:
    """Yield the events whose proposal nobody judged, or judged on other facts, and those that are pending.

    Two queries, none but the first while there is no proposal.
    """
    results = list(RuleResult.objects.filter(subject__in=desk.subject_keys, rule=dlt.RULE, output__dlt__in=SHOWN))
    if not results:
        return
    roots = [result.root for result in results]
    events = AdverseEvent.objects.filter(pk__in=roots).exclude(status=FormStatus.NOT_DONE)
    found = {event.pk: event for event in events.select_related("subject", "dlt_adjudication")}
    known = [(found[result.root], result) for result in results if result.root in found]
    for event, result in sorted(known, key=lambda each: (each[0].subject.identifier, each[0].sequence)):
        if not is_settled(getattr(event, "dlt_adjudication", None), result):
            what = f"{event.term}: {WORDS[result.output['dlt']]}"
            where = _("Adverse event %(number)s") % {"number": event.sequence}
            yield Line(event.subject.identifier, what, reverse("dosing:adjudicate", args=[event.pk]), where)


def is_settled(said: DltAdjudication | None, result: RuleResult) -> bool:
    """Test for a yes or no that a physician gave on the facts as they are."""
    if said is None or said.verdict == DltAdjudication.Verdict.NEEDS_DATA:
        return False
    return said.seen_input_hash == result.input_hash


def day28_panel(record: DltAssessment, _rows: list[Any]) -> Panel | None:
    """Beside the Day-28 assessment: every event of the subject with its clause and verdict, and what is missing."""
    events = AdverseEvent.objects.filter(subject=record.subject).exclude(status=FormStatus.NOT_DONE)
    known = list(events.select_related("dlt_adjudication").order_by("sequence"))
    results = {r.root: r for r in RuleResult.objects.filter(subject=record.subject, rule=dlt.RULE)}
    lines = [_event_row(event, results.get(event.pk)) for event in known]
    waiting = sum(row.driving for row in lines)
    missing = [*_missing(record), *([_("verdicts on %(number)s events") % {"number": waiting}] if waiting else [])]
    if not lines and not missing:
        return Panel(_("No adverse event is entered"), "–", _("Dose-limiting toxicity"), dlt.VERSION, "")
    found = sum(_final(event, results.get(event.pk)) == Dlt.YES.value for event in known)
    words = _("Missing: %(what)s.") % {"what": ", ".join(missing)} if missing else _("Every event is judged.")
    title = _("Events: %(events)s, DLT: %(dlts)s") % {"events": len(known), "dlts": found}
    grade = "?" if missing else ("!" if found else "✓")
    return Panel(title, grade, _("Dose-limiting toxicity"), dlt.VERSION, words, lines)


def evaluability_panel(record: DltAssessment, _rows: list[Any]) -> Panel | None:
    """Beside the Day-28 assessment: its window, the dose, and how the subject counts as the saved data stand."""
    stored = RuleResult.objects.filter(root=record.subject_id, rule=evaluability.RULE).first()
    if stored is None or record.subject.infusion_date is None:
        return None
    found = stored.output
    rows = [PanelRow(_("DLT window"), _window(record.subject, found["window_closes_at"]))]
    if found["dose_percent"] is not None:
        percent = _("%(percent)s %% of the assigned dose") % {"percent": found["dose_percent"]}
        rows.append(PanelRow(_("Infused dose"), percent))
    mark = {"EVALUABLE_DLT": "!", "EVALUABLE_NO_DLT": "✓", "PENDING": "…"}.get(found["status"], "–")
    title = COUNTS_AS[found["status"]]
    rule = _("Evaluable for the dose decision")
    return Panel(title, mark, rule, stored.rule_version, stored.because, rows, of_saved=True)


def _window(subject: Any, closes_at: str | None) -> str:
    """Return the days of the window, both included; it closes as the day after its last one begins."""
    first = study_date(subject.infusion_date)
    if closes_at is None:
        return _("from %(day)s") % {"day": first}
    last = last_window_day(datetime.fromisoformat(closes_at))
    return _("%(first)s to the end of %(last)s") % {"first": first, "last": study_date(last)}


def _final(event: AdverseEvent, result: RuleResult | None) -> str:
    said = getattr(event, "dlt_adjudication", None)
    if result is not None and said is not None and is_settled(said, result):
        return str(said.verdict)
    return "" if result is None else str(result.output["dlt"])


def _event_row(event: AdverseEvent, result: RuleResult | None) -> PanelRow:
    said = getattr(event, "dlt_adjudication", None)
    label = _("Event %(number)s: %(term)s") % {"number": event.sequence, "term": event.term}
    url = reverse("dosing:adjudicate", args=[event.pk])
    if result is None:
        return PanelRow(label, _("not computed yet"), driving=True, link=url)
    settled = said is not None and is_settled(said, result)
    verdict = said.get_verdict_display() if said is not None and settled else WORDS[result.output["dlt"]]
    open_ = not settled and result.output["dlt"] in SHOWN
    return PanelRow(label, verdict, result.because, driving=open_, link=url)


def _missing(record: DltAssessment) -> list[str]:
    """What the form itself and the forms it rests on still lack, in words."""
    stored = RuleResult.objects.filter(root=record.subject_id, rule=evaluability.RULE).first()
    if record.subject.infusion_date is None:
        return [_("the infusion")]
    asked = []
    if record.followed_to_day_28 is None:
        asked.append(_("whether the subject was followed to Day 28"))
    if record.all_events_entered is None:
        asked.append(_("whether all events are entered"))
    if stored is not None and stored.output.get("dose_percent") is None:
        asked.append(_("the infused dose"))
    return asked
