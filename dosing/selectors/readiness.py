"""Are the data ready for a decision? The same questions for the board and for a frozen evidence pack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dosing.rules.evaluability import Status
from dosing.rules.three_plus_three import Action
from safety.rules.severity import Dlt

#: Advice that lets a dose go on or up: nobody may still be at risk.
PERMISSIVE = frozenset({Action.ESCALATE, Action.DECLARE_MTD, Action.DECLARE_MTD_NO_ESCALATION})
SENTENCES: dict[str, Promise] = {
    "event-not-judged": _("Event %(number)s of %(subject)s (%(term)s) may be a DLT and is not adjudicated."),
    "event-changed": _("Event %(number)s of %(subject)s (%(term)s) changed after it was adjudicated."),
    "event-needs-data": _("The adjudication of event %(number)s of %(subject)s (%(term)s) waits for data."),
    "day28-missing": _("The Day-28 assessment of %(subject)s is not complete."),
    "day28-disagrees": _("The Day-28 form of %(subject)s and the adjudicated events do not say the same."),
    "at-risk": _("%(subject)s is replaced but still in the DLT window: a DLT would count."),
    "choice-missing": _("%(subject)s needs an explicit choice of the committee: does the subject count?"),
    "event-draft": _("The form of event %(number)s of %(subject)s (%(term)s) is not complete."),
    "day28-unsigned": _("The Day-28 assessment of %(subject)s is not signed by the investigator."),
    "query-open": _("Query %(query)s on a critical field of %(subject)s is not closed."),
    "unverified": _("%(count)s critical data points are not source verified."),
    "unverified-of": _("%(count)s critical data points of %(subject)s are not source verified."),
}
READY: dict[str, Promise] = {
    "events": _("Every event that may be a DLT is adjudicated."),
    "forms": _("Every event form is complete."),
    "choices": _("No subject waits for an explicit choice."),
    "day28": _("Every Day-28 assessment that is due is complete."),
    "signed": _("Every Day-28 assessment is signed by the investigator."),
    "queries": _("No open query touches a critical field."),
    "verified": _("Every critical data point is source verified."),
}
#: What is said to be in order unless one of these points is found.
COVERS = {
    "events": ("event-not-judged", "event-changed", "event-needs-data"),
    "forms": ("event-draft",),
    "choices": ("choice-missing",),
    "day28": ("day28-missing", "day28-disagrees"),
    "signed": ("day28-unsigned",),
    "queries": ("query-open",),
    "verified": ("unverified", "unverified-of"),
}
BLOCKING = frozenset(
    {
        "event-not-judged", "event-changed", "event-needs-data", "choice-missing", "day28-missing", "day28-disagrees",
        "at-risk",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Point:
    """One thing that is not ready: `key` names the sentence, `details` fills it and says where to look."""

    key: str
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def blocking(self) -> bool:
        return self.key in BLOCKING

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self.key]) % self.details

    @property
    def url(self) -> str:
        """The address of exactly the thing that is not ready."""
        return address(self.key, self.details)

    def plain(self) -> dict[str, Any]:
        return {"key": self.key, "details": self.details}


def points(rows: Iterable[dict[str, Any]], *, action: str, moment: datetime) -> list[Point]:
    """Return what is not ready among the subjects of one level; rows as `evidence` has them."""
    found: list[Point] = []
    for row in rows:
        if row["unverified"]:
            found.append(Point("unverified-of", {"subject": row["identifier"], "count": row["unverified"]}))
        found += [Point("query-open", {"subject": row["identifier"], "query": f"{n:04d}"}) for n in row["open_queries"]]
        if row["infused_at"] is not None:
            found += _of_subject(row, action, moment)
    order = list(SENTENCES)
    return sorted(found, key=lambda point: (not point.blocking, order.index(point.key)))


def address(key: str, details: dict[str, Any]) -> str:
    """Return where a point is put right: the event, the form, the query, the items to verify, the choice."""
    subject = details.get("subject", "")
    if "event" in details and key != "event-draft":
        return reverse("dosing:adjudicate", args=[details["event"]])
    if key == "event-draft":
        return reverse("casebook:crf-edit", args=[subject, details["visit"], "AE", details["number"]])
    if key.startswith("day28"):
        return reverse("casebook:crf-open", args=[subject, "D28", "DLT"])
    if key == "query-open":
        return reverse("casebook:query", args=[int(details["query"])])
    if key.startswith("unverified"):
        return f"{reverse('casebook:verification')}?{urlencode({'critical': '1', 'q': subject})}"
    if key == "choice-missing":
        return reverse("dosing:choices")
    return reverse("casebook:subject", args=[subject])


def _of_subject(row: dict[str, Any], action: str, moment: datetime) -> Iterator[Point]:
    subject = {"subject": row["identifier"]}
    for event in row["events"]:
        yield from _of_event(event, subject)
    closed = datetime.fromisoformat(row["window_closes_at"]) <= moment
    with_dlt = any(event["final"] == Dlt.YES for event in row["events"])
    if closed and not row["day28_done"] and not with_dlt and row["status"] != Status.NON_EVALUABLE:
        yield Point("day28-missing", subject)
    if row["day28_done"] and row["day28_says_dlt"] is not None and row["day28_says_dlt"] != with_dlt:
        yield Point("day28-disagrees", subject)
    if row["day28_done"] and row.get("day28_signed") is False:
        yield Point("day28-unsigned", subject)
    if row.get("question") and row["chosen"] is None:
        yield Point("choice-missing", subject)
    if row["at_risk"] and action in PERMISSIVE:
        yield Point("at-risk", subject)


def _of_event(event: dict[str, Any], subject: dict[str, Any]) -> Iterator[Point]:
    details = {**subject, "number": event["number"], "term": event["term"], "event": event["id"]}
    if event.get("draft"):
        yield Point("event-draft", {**details, "visit": event["visit"]})
    if event["adjudicated"] == "NEEDS DATA":
        yield Point("event-needs-data", details)
    elif event["adjudicated"] and event["outdated"]:
        yield Point("event-changed", details)
    elif not event["adjudicated"] and event["computed"] in (Dlt.YES, Dlt.REVIEW):
        yield Point("event-not-judged", details)


def in_order(found: Iterable[Point]) -> list[str]:
    """Return the sentences about what is in order, so that the list is complete either way."""
    keys = {point.key for point in found}
    return [str(READY[name]) for name, covered in COVERS.items() if not keys & set(covered)]
