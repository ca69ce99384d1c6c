"""Words and addresses for the pages of dosing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from dosing.rules.pausing import EXPANSION, TRIAL, Pause
from dosing.selectors.characteristics_figures import Tree
from dosing.selectors.pausing import PAUSE_RULE_WORDS
from safety.rules.severity import Criterion, Dlt
from trial_edc.casebook.rendering.dates import study_moment
from trial_edc.protocol.partial_dates import PartialDate

register = template.Library()


@register.filter
def subject_url(identifier: str) -> str:
    """Address of a subject's page."""
    return f"/subjects/{identifier}/"


@register.filter
def iso_minute(text: str | None) -> str:
    """A stored moment (ISO 8601) as date and time in the trial's zone."""
    return study_moment(datetime.fromisoformat(text), with_offset=False) if text else ""


@register.filter
def partial_date(text: str) -> str:
    """A stored partial date as people read it."""
    return PartialDate.from_iso(text).display() if text else ""


@register.filter
def dlt_word(verdict: str) -> str:
    """The verdict on an event in words."""
    return {
        Dlt.YES.value: _("DLT"),
        Dlt.NO.value: _("no DLT"),
        Dlt.PENDING.value: _("not decided yet"),
        Dlt.REVIEW.value: _("in review"),
        Dlt.NOT_APPLICABLE.value: _("not applicable"),
    }[verdict]


@register.filter
def criterion_word(criterion: str) -> str:
    """The clause of the protocol in words."""
    return {
        Criterion.CRS_LONGER_THAN_LIMIT.value: _("CRS of grade 3 or more for longer than 14 days"),
        Criterion.GRADE_4_NON_HEMATOLOGIC.value: _("grade 4 non-hematologic toxicity"),
        Criterion.GRADE_5_RELATED.value: _("related grade 5 event"),
    }[criterion]


@register.filter
def has_dlt_events(row: dict[str, Any]) -> bool:
    """Whether a subject has an event worth naming beside its verdict."""
    return any(event["final"] not in (Dlt.NO, Dlt.NOT_APPLICABLE) or event["adjudicated"] for event in row["events"])


#: A tree has a hundred boxes; drawn by the template, they take longer than the exact numbers in them.
LINE = '<line x1="{}" y1="{}" x2="{}" y2="{}"/>'
BOX = (
    '<g transform="translate({} {:.1f})"><rect class="{}" width="{}" height="{}" rx="4"/>'
    '<text x="8" y="16" class="head">{}</text><text x="8" y="32">{}</text>'
    '<text x="150" y="16" text-anchor="end" class="p">{}</text></g>'
)
ROW = (
    '<tr><td>{}</td><th scope="row" class="depth-{}">{}</th><td>{}</td><td>{}{}</td><td class="num">{}</td></tr>'
)  # fmt: skip


@register.simple_tag
def tree_lines(tree: Tree) -> str:
    """The lines between the boxes of a tree of dose paths."""
    return format_html_join("", LINE, (box.line for box in tree.boxes if box.line))


@register.simple_tag
def tree_boxes(tree: Tree) -> str:
    """The boxes of a tree of dose paths."""
    size = (tree.node_width, tree.node_height)
    parts = ((box.x, box.y, box.look, *size, box.head, box.words, box.probability) for box in tree.boxes)
    return mark_safe("".join(BOX.format(*map(_escaped, each)) for each in parts))


def _escaped(value: Any) -> Any:
    return value if isinstance(value, int | float) else conditional_escape(value)


@register.simple_tag
def tree_rows(tree: Tree) -> str:
    """The same tree as the rows of a table."""
    rows = (
        (box.depth, box.depth, box.cohort, box.head, box.words, " …" if box.cut else "", box.probability)
        for box in tree.boxes
    )
    return format_html_join("", ROW, rows)


@register.filter
def pause_scope(pause: Pause) -> str:
    """What a pause holds, in words."""
    words = {TRIAL: _("The trial is paused."), EXPANSION: _("The expansion is paused.")}
    return words.get(pause.scope) or _("Dose level %(level)s is closed.") % {
        "level": pause.scope.removeprefix("level-")
    }


@register.filter
def pause_rule(pause: Pause) -> str:
    """Which rule pauses, in words."""
    return str(PAUSE_RULE_WORDS[pause.rule.value])
