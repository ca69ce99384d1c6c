"""What people decided beside the dose decisions: explicit choices, pauses, the recommended dose; and the expansion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from reportlab.platypus import Flowable

from dosing.models import ExplicitChoice, Rp2dDecision
from dosing.rules.pausing import EXPANSION, TRIAL
from dosing.selectors.pausing import PAUSE_RULE_WORDS
from reports.cohorts.content import Choice, ExpansionState, PauseLine, Recommended
from reports.content.facts import level_code
from reports.pdf import words
from reports.pdf.document import Heading
from reports.pdf.safety_decisions import signed_words
from reports.pdf.tables import Head, Line, Text, listing

SCOPE_WORDS: dict[str, Any] = {TRIAL: gettext_lazy("Trial"), EXPANSION: gettext_lazy("Expansion")}


def choices_section(title: str, choices: Sequence[Choice]) -> list[Flowable]:
    """Return every explicit choice with its facts, its reason and who signed it."""
    heads = [
        Head(_("Question"), 2.4), Head(_("Subject"), 1), Head(_("Choice"), 2.2), Head(_("Status"), 1.2),
        Head(_("Facts"), 4), Head(_("Proposed"), 2.2), Head(_("Signatures"), 1, "-center"),
    ]  # fmt: skip
    return [Heading(title), listing(heads, [_choice(each) for each in choices], _("No explicit choice."))]


def _choice(each: Choice) -> Line:
    proposed = f"{each.proposed_by}, {words.moment(each.proposed_at)}"
    return Line(
        [
            words.choice(ExplicitChoice.Question, each.question), each.subject or words.DASH,
            Text(words.choice(ExplicitChoice.Option, each.option), "cell-bold"),
            words.choice(ExplicitChoice.Status, each.status), each.because, proposed, str(len(each.signatures)),
        ],
        below="\n".join([_("Reason: %(reason)s") % {"reason": each.reason}, *signed_words(each.signatures)]),
    )  # fmt: skip


def pauses_section(title: str, pauses: Sequence[PauseLine]) -> list[Flowable]:
    """Return what pauses, and what paused before and how it was resolved."""
    heads = [
        Head(_("Rule"), 2.2), Head(_("Version"), 0.8), Head(_("Scope"), 1.2), Head(_("Evidence"), 5),
        Head(_("State"), 3),
    ]  # fmt: skip
    return [Heading(title), listing(heads, [_pause(each) for each in pauses], _("Nothing pauses, and nothing did."))]


def _pause(each: PauseLine) -> Line:
    state: str | Text = Text(_("Pauses"), "cell-bad")
    below = []
    if each.resolved_at is not None:
        state = _("Resolved %(moment)s by %(person)s") % {
            "moment": words.moment(each.resolved_at), "person": each.resolved_by,
        }  # fmt: skip
        below = [_("Reason: %(reason)s") % {"reason": each.reason}, *signed_words(each.signatures)]
    return Line(
        [str(PAUSE_RULE_WORDS.get(each.rule, each.rule)), each.rule_version, _scope(each.scope), each.evidence, state],
        below="\n".join(below), marked=each.resolved_at is None,
    )  # fmt: skip


def _scope(scope: str) -> str:
    if scope.startswith("level-"):
        return level_code(int(scope.removeprefix("level-")))
    return str(SCOPE_WORDS.get(scope, scope))


def recommended_section(title: str, rows: Sequence[Recommended]) -> list[Flowable]:
    """Return every revision of the choice of the recommended phase 2 dose."""
    heads = [
        Head(_("Revision"), 0.8, "-center"), Head(_("MTD"), 0.8), Head(_("Recommended"), 1.1), Head(_("Status"), 1.2),
        Head(_("Meeting"), 1.2), Head(_("Attendees"), 4), Head(_("Released"), 2.4),
    ]  # fmt: skip
    nothing = _("No recommended phase 2 dose was proposed.")
    return [Heading(title), listing(heads, [_revision(each) for each in rows], nothing)]


def _revision(each: Recommended) -> Line:
    released = words.moment(each.released_at)
    if each.released_by:
        released = _("%(moment)s by %(person)s") % {"moment": released, "person": each.released_by}
    return Line(
        [
            str(each.revision), level_code(each.mtd_level), Text(level_code(each.chosen_level), "cell-bold"),
            words.choice(Rp2dDecision.Status, each.status), words.day(each.meeting_date), each.attendees, released,
        ],
        below="\n".join([_("Reason: %(reason)s") % {"reason": each.reason}, *signed_words(each.signatures)]),
        marked=each.status == Rp2dDecision.Status.SUPERSEDED,
    )  # fmt: skip


def expansion_section(title: str, state: ExpansionState) -> list[Flowable]:
    """Return how far the expansion is, and where it pauses."""
    heads = [
        Head(_("Dose"), 1), Head(_("Places held"), 1, "-right"), Head(_("Places in all"), 1, "-right"),
        Head(_("Treated"), 1, "-right"), Head(_("With an event"), 1, "-right"), Head(_("Pauses at"), 1, "-right"),
        Head(_("State"), 2),
    ]  # fmt: skip
    level = _("not chosen") if state.level is None else level_code(state.level)
    limit = words.DASH if state.pause_at is None else str(state.pause_at)
    standing = _("paused") if state.paused else _("open") if state.level is not None else _("not open")
    counts = [str(state.held), str(state.maximum), str(state.treated), str(state.events)]
    return [Heading(title), listing(heads, [Line([level, *counts, limit, standing])])]
