"""What the dose part adds to people's work: windows that are open, decisions that wait, and the ladder in small."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dosing.adjudicating import proposals
from dosing.models import DoseDecision
from dosing.selectors.assessment import last_window_day
from dosing.selectors.board import Board, board
from dosing.selectors.choices import open_questions
from dosing.selectors.trial import TrialNow, trial_now
from trial_edc.accounts.roles import Permission
from trial_edc.casebook import endorsing, work
from trial_edc.casebook.work import Desk, Line, WorkList
from trial_edc.protocol.dose_levels import dose_level
from trial_edc.protocol.endorsement import Milestone

_WAITING = (*DoseDecision.OPEN, DoseDecision.Status.SIGNED)


def _trial(_desk: Desk) -> TrialNow:
    """Return the trial as the worker last computed it, read once for a desk."""
    return trial_now()


def open_windows(desk: Desk) -> Iterator[Line]:
    """Yield the subjects of the person's sites whose DLT window is open, the next to close first."""
    found = [one for one in desk.once(_trial).subjects if one.window_open and desk.sees(one.file.subject.pk)]
    for one in sorted(found, key=lambda one: (one.closes_at is None, one.closes_at)):
        subject = one.file.subject
        yield Line(
            subject.identifier,
            one.verdict.because,
            reverse("casebook:subject", args=[subject.identifier]),
            dose_level(subject.dose_level).short_label if subject.dose_level else "",
            last_window_day(one.closes_at) if one.closes_at else None,
        )


def _board(_desk: Desk) -> Board:
    """Return the board; a desk that shows it and lists what waits on it reads it once."""
    return board()


def waiting_decisions(desk: Desk) -> Iterator[Line]:
    """Yield the dose decisions that are not released yet, those that were overtaken, and the choices not made yet."""
    waiting = list(DoseDecision.objects.filter(status__in=_WAITING).order_by("dose_level", "revision"))
    for decision in waiting:
        url = reverse("dosing:decision", args=[decision.pk])
        yield Line("", decision.get_status_display(), url, _name(decision))
    for past in desk.once(_board).superseded:
        yield Line(
            "", _("Superseded: %(why)s") % {"why": past.decision.superseded_because}, past.url, _name(past.decision)
        )
    for asked in open_questions(desk.once(_trial), waiting):
        said = _("one signature is missing") if asked.proposal else asked.because
        yield Line(asked.identifier, f"{asked.title}: {said}", reverse("dosing:choices"))


def _name(decision: DoseDecision) -> str:
    words = {"level": dose_level(decision.dose_level).short_label, "revision": decision.revision}
    return _("Decision on %(level)s, revision %(revision)s") % words


def decision_milestones(subject_ids: list[UUID]) -> dict[UUID, list[Milestone]]:
    """Return the dose decisions that rest on each subject's data: what they rest on is endorsed."""
    found: dict[UUID, list[Milestone]] = defaultdict(list)
    wanted = {str(pk): pk for pk in subject_ids}
    for decision in DoseDecision.objects.order_by("data_cutoff"):
        milestone = Milestone(f"decision-{decision.pk}", _name(decision), timezone.localdate(decision.data_cutoff))
        for row in decision.evidence["subjects"]:
            if row["id"] in wanted:
                found[wanted[row["id"]]].append(milestone)
    return found


def cohort_strip(desk: Desk) -> dict[str, Any]:
    """Return the lanes of the ladder, drawn small."""
    return {"lanes": desk.once(_board).lanes}


def register() -> None:
    """Offer the lists and the strip."""
    work.register(
        WorkList(
            "dlt-windows", gettext_lazy("DLT windows open"), "hourglass-split", "info",
            gettext_lazy("No DLT window is open."), open_windows,
        )
    )  # fmt: skip
    work.register(
        WorkList(
            "dlt-proposals", gettext_lazy("DLT proposals to judge"), "exclamation-diamond-fill", "bad",
            gettext_lazy("No proposal of a DLT waits for a verdict."), proposals, permission=Permission.JUDGE,
        )
    )  # fmt: skip
    work.register(
        WorkList(
            "decisions-waiting", gettext_lazy("Decisions waiting"), "ladder", "sign",
            gettext_lazy("No decision waits."), waiting_decisions,
        )
    )  # fmt: skip
    endorsing.register(decision_milestones)
    work.register_panel(Permission.VIEW_BOARD, "dosing/_cohort_strip.html", cohort_strip)
