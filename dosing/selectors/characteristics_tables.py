"""Operating characteristics in words: tables, the price of the protocol's MTD rule, and the bars of the figures."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dosing.selectors.characteristics import NOW, START, column
from trial_edc.protocol.dose_levels import dose_level
from trial_edc.protocol.parameters import integer

#: A dose is too toxic when its true DLT probability is above what the protocol's MTD rule allows, 2 of 6.
THIRD = Decimal(1) / Decimal(3)
RULE_WORDS: dict[str, Promise] = {
    "protocol": gettext_lazy("Protocol, MTD ≤ 2 of 6"),
    "classical": gettext_lazy("Classical, MTD ≤ 1 of 6"),
}
START_WORDS: dict[str, Promise] = {
    START: gettext_lazy("before the first subject"),
    NOW: gettext_lazy("given the data so far"),
}


@dataclass(frozen=True)
class Table:
    """A table in words; the first cell of a row names it."""

    title: str
    heads: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def share(value: float) -> str:
    """Return a probability as the tables print it: four digits.

    >>> share(0.0081629), share(1.0)
    ('0.0082', '1.0000')
    """
    return f"{value:.4f}"


def percent(value: float) -> str:
    """Return a probability as a sentence says it.

    >>> percent(0.4851)
    '48.5 %'
    """
    return f"{value * 100:.1f} %"


def tables(content: dict[str, Any]) -> list[Table]:
    """Return the tables of the characteristics: outcomes, what is expected per dose, and totals."""
    return [_outcomes(content), _per_dose(content), _totals(content)]


def _heads(content: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(RULE_WORDS[one["rule_set"]]), str(START_WORDS[one["from"]])) for one in content["columns"])


def _row(content: dict[str, Any], name: str, cell: Any) -> tuple[str, tuple[str, ...]]:
    return name, tuple(cell(one) for one in content["columns"])


def outcome_names(content: dict[str, Any]) -> list[str]:
    """Return the names of the outcomes: no dose, then each level as the MTD."""
    levels = range(1, len(content["probabilities"]) + 1)
    return [_("No tolerated dose"), *(_("MTD %(level)s") % {"level": dose_level(n).short_label} for n in levels)]


def _outcomes(content: dict[str, Any]) -> Table:
    rows = [
        _row(content, name, lambda one, place=place: share(one["p_select"][place]))
        for place, name in enumerate(outcome_names(content))
    ]
    least = content["minimum_subjects"]
    rows += [
        _row(content, _("Subjects expected in all"), lambda one: f"{sum(one['expected_n']):.2f}"),
        _row(content, _("Subjects with a DLT expected in all"), lambda one: f"{sum(one['expected_dlt']):.2f}"),
        _row(
            content, _("Fewer than %(least)s subjects") % {"least": least},
            lambda one: share(one["p_fewer_than_minimum"]),
        ),
        _row(content, _("Paths counted"), lambda one: str(one["n_paths"])),
    ]  # fmt: skip
    return Table(_("How the escalation ends, probability"), _heads(content), tuple(rows))


def _per_dose(content: dict[str, Any]) -> Table:
    rows = []
    for place, text in enumerate(content["probabilities"]):
        level = _("%(level)s, true probability %(p)s") % {"level": dose_level(place + 1).short_label, "p": text}
        rows.append(
            _row(
                content,
                level,
                lambda one, place=place: f"{one['expected_n'][place]:.2f} / {one['expected_dlt'][place]:.2f}",
            )
        )
    return Table(_("Expected subjects / with a DLT, per dose level"), _heads(content), tuple(rows))


def _totals(content: dict[str, Any]) -> Table:
    totals = sorted({int(total) for one in content["columns"] for total in one["n_total"]})
    rows = [
        _row(content, str(total), lambda one, key=str(total): share(one["n_total"].get(key, 0.0))) for total in totals
    ]
    return Table(_("Subjects in all, probability of each number"), _heads(content), tuple(rows))


def price(content: dict[str, Any]) -> list[str]:
    """Return what the protocol's two of six costs and buys at these probabilities, in sentences."""
    start = NOW if column(content, "protocol", NOW) else START
    protocol, classical = column(content, "protocol", start), column(content, "classical", start)
    if protocol is None or classical is None:
        return []
    toxic = [place for place, p in enumerate(content["probabilities"], start=1) if Decimal(p) > THIRD]
    fine = [place for place in range(1, len(content["probabilities"]) + 1) if place not in toxic]
    ours, theirs = (tuple(_sum(one, places) for places in (toxic, fine)) for one in (protocol, classical))
    said = [
        _(
            "The protocol passes a level as the MTD at two DLTs among six, the classical rule at one."
            " Escalation is the same in both: at most one of six."
        )
    ]
    if toxic:
        said.append(_toxic_sentence(toxic, fine, ours[0], theirs[0]))
    if fine:
        said.append(
            _("A dose whose true probability is one third or less is named in %(ours)s, classically in %(theirs)s.")
            % {"ours": percent(ours[1]), "theirs": percent(theirs[1])}
        )
    return said


def _sum(one: dict[str, Any], places: list[int]) -> float:
    return float(sum(one["p_select"][place] for place in places))


def _toxic_sentence(toxic: list[int], fine: list[int], ours: float, theirs: float) -> str:
    numbers = {"ours": percent(ours), "theirs": percent(theirs), "times": f"{ours / theirs:.1f}" if theirs else "–"}
    names = ", ".join(dose_level(level).short_label for level in toxic)
    if fine:
        words = _(
            "The price: a dose above one third (%(names)s) is named the MTD in %(ours)s, classically in %(theirs)s"
            " (%(times)s times as often)."
        )
        return words % {"names": names, **numbers}
    return (
        _(
            "The price: every dose is above one third here, and an MTD is still named in %(ours)s, classically in"
            " %(theirs)s (%(times)s times as often)."
        )
        % numbers
    )


def short_of_minimum(content: dict[str, Any]) -> str:
    """Return the warning about a trial that ends early; never a block."""
    one = column(content, "protocol", NOW) or column(content, "protocol", START)
    assert one is not None, "the protocol's column before the first subject is always there"
    words = _("The escalation ends with fewer than %(least)s subjects in %(p)s: a warning, never a block.")
    return words % {"least": integer("escalation.minimum_subjects"), "p": percent(one["p_fewer_than_minimum"])}
