"""The figures of the statistician's page: bars, and the tree of dose paths, as coordinates of an SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dosing.models.dose_decision import ACTION_WORDS
from dosing.rules.dose_path_tree import PathNode
from dosing.rules.three_plus_three import TOO_TOXIC_ACTIONS, Action
from dosing.selectors.characteristics import NOW, START, column
from dosing.selectors.characteristics_tables import RULE_WORDS, START_WORDS, outcome_names, percent
from dosing.selectors.verdict import GO
from trial_edc.protocol.dose_levels import dose_level

HEIGHT, BASE, GROUP, BAR, LEFT = 190, 158, 132, 44, 12
NODE_WIDTH, NODE_HEIGHT, COLUMN, ROW = 158, 40, 206, 48


@dataclass(frozen=True)
class Bar:
    """One bar: its rectangle, the number above it, and the look of its series."""

    x: int
    y: str
    height: str
    look: str
    text: str
    text_x: int
    text_y: str


@dataclass(frozen=True)
class Bars:
    """A figure of grouped bars; `labels` are (x, text) below the base line, `series` (look, name) of the legend."""

    title: str
    description: str
    width: int
    bars: tuple[Bar, ...]
    labels: tuple[tuple[int, str], ...]
    series: tuple[tuple[str, str], ...]
    height: int = HEIGHT
    base: int = BASE


def outcome_bars(content: dict[str, Any]) -> Bars:
    """Return how the escalation ends, the two rules side by side, given the data where that is possible."""
    start = NOW if column(content, "protocol", NOW) else START
    shown = [one for one in content["columns"] if one["from"] == start]
    names = outcome_names(content)
    bars, labels = [], []
    for place, name in enumerate(names):
        x = LEFT + place * GROUP
        labels.append((x + BAR + 2, name))
        bars += [_bar(x + number * (BAR + 4), one["p_select"][place], number) for number, one in enumerate(shown)]
    said = "; ".join(
        f"{RULE_WORDS[one['rule_set']]}: "
        + ", ".join(f"{name} {percent(p)}" for name, p in zip(names, one["p_select"], strict=True))
        for one in shown
    )
    series = tuple((f"b{number}", str(RULE_WORDS[one["rule_set"]])) for number, one in enumerate(shown))
    title = _("How the escalation ends, %(start)s") % {"start": START_WORDS[start]}
    return Bars(title, said, LEFT + GROUP * len(names), tuple(bars), tuple(labels), series)


def _bar(x: int, p: float, number: int) -> Bar:
    height = p * (BASE - 22)
    top = BASE - height
    return Bar(x, f"{top:.1f}", f"{height:.1f}", f"b{number}", percent(p), x + BAR // 2, f"{top - 5:.1f}")


@dataclass(frozen=True)
class Box:
    """A node of the tree as drawn, and as its table row says it."""

    x: int
    y: float
    look: str
    head: str
    words: str
    probability: str
    line: tuple[str, str, str, str] | None
    depth: int
    cohort: str
    cut: bool


@dataclass(frozen=True)
class Tree:
    """The tree as boxes, first to last as a reader follows them."""

    title: str
    boxes: tuple[Box, ...]
    width: int
    height: int
    node_width: int = NODE_WIDTH
    node_height: int = NODE_HEIGHT


def tree(root: PathNode) -> Tree:
    """Return the drawing: ends below each other on the right, every node in the middle of what follows it."""
    boxes, leaves = _boxes(root, 0, 0, None)
    depth = max(box.depth for box in boxes)
    title = _("What can still happen: the next %(count)s cohorts") % {"count": depth} if depth else _("The end")
    return Tree(title, tuple(boxes), depth * COLUMN + NODE_WIDTH + 4, leaves * ROW + 4)


def _boxes(node: PathNode, depth: int, row: int, parent: tuple[int, float] | None) -> tuple[list[Box], int]:
    """Return the boxes of a node and of what follows it, and how many rows they take."""
    rows = _rows(node)
    x, y = depth * COLUMN + 2, row * ROW + (rows * ROW - (ROW - NODE_HEIGHT)) / 2 - NODE_HEIGHT / 2 + 2
    line = None
    if parent is not None:
        line = (str(parent[0]), f"{parent[1]:.1f}", str(x), f"{y + NODE_HEIGHT / 2:.1f}")
    found = [_box(node, depth, (x, y), line)]
    below = row
    for following in node.following:
        inner, taken = _boxes(following, depth + 1, below, (x + NODE_WIDTH, y + NODE_HEIGHT / 2))
        found += inner
        below += taken
    return found, rows


def _rows(node: PathNode) -> int:
    return sum(_rows(each) for each in node.following) or 1


def _box(node: PathNode, depth: int, place: tuple[int, float], line: tuple[str, str, str, str] | None) -> Box:
    cohort = ""
    if node.cohort_size is not None:
        words = _("%(x)s of the next %(n)s at %(level)s with a DLT")
        cohort = words % {"x": node.cohort_dlt, "n": node.cohort_size, "level": dose_level(node.level).short_label}
    tally = {"level": dose_level(node.level).short_label, "x": node.x, "n": node.n}
    return Box(
        x=place[0],
        y=place[1],
        look=_look(node),
        head=_("%(level)s: %(x)s DLT in %(n)s") % tally,
        words=_advice(node),
        probability="" if node.probability is None else percent(node.probability),
        line=line,
        depth=depth,
        cohort=cohort or _("Now"),
        cut=node.cut,
    )


def _look(node: PathNode) -> str:
    if node.action in TOO_TOXIC_ACTIONS or node.mtd_level == 0:
        return "stop"
    return "go" if node.action in GO else "wait"


def _advice(node: PathNode) -> str:
    if node.mtd_level:
        return _("MTD is %(level)s") % {"level": dose_level(node.mtd_level).short_label}
    short = {
        Action.ESCALATE: _("Escalate"),
        Action.EXPAND_TO_6: _("Expand to six"),
        Action.ENROLL_TO_6: _("Enrol to six"),
        Action.ENROLL_TO_3: _("Enrol to three"),
        Action.WAIT: _("Wait"),
        Action.STOP_NO_TOLERATED_DOSE: _("No tolerated dose"),
        Action.TOO_TOXIC_EXPAND_LOWER_TO_6: _("Too toxic, fill below"),
        Action.ENROLL_TO_6_AFTER_SRC_REVIEW: _("Review, then to six"),
    }
    words = short.get(node.action) or str(ACTION_WORDS[node.action])
    if node.advice_level == node.level or node.action in TOO_TOXIC_ACTIONS:
        return words
    return f"{dose_level(node.advice_level).short_label}: {words}"
