"""Computed values beside the examinations: body surface, weight change, QTcF, ejection fraction, E1 and E5."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from safety.examinations import (
    baseline_tracing,
    height_of,
    infections_of,
    pregnancy_of,
    qtcf_of,
    surface_of,
    weight_before,
)
from safety.rules import body_surface, ejection_fraction, infection_screen, pregnancy, qtcf, weight_change
from safety.rules.weight_change import WeightChange
from trial_edc.casebook.display import display_value
from trial_edc.casebook.panel import Panel, PanelRow
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.protocol.parameters import decimal, integer

MARKS = {True: "✕", False: "✓", None: None}


def surface_panel(record: Any, _rows: list[Any]) -> Panel | None:
    """Compute the body surface area."""
    surface = surface_of(record)
    if surface is None:
        return None
    rows = []
    if record.height_cm is None:
        rows.append(PanelRow(_("Height"), f"{height_of(record)} cm", _("from an earlier examination")))
    title = _("Body surface %(area)s m²") % {"area": surface.area_m2}
    return Panel(title, str(surface.area_m2), _("Mosteller 1987"), body_surface.VERSION, surface.because, rows)


def weight_panel(record: Any, _rows: list[Any]) -> Panel | None:
    """Warn of a weight that differs much from the one before."""
    before = weight_before(record)
    if record.weight_kg is None or before is None:
        return None
    change = weight_change.weight_change(
        now_kg=Decimal(record.weight_kg),
        before_kg=before[0],
        limit_percent=decimal("dosing.weight_change_warning_percent"),
    )
    detail = _("on %(date)s") % {"date": study_date(before[1])}
    rows = [
        PanelRow(_("Weight before"), f"{before[0]} kg", detail),
        PanelRow(_("Change"), f"{change.percent} %", driving=change.warn),
    ]
    return Panel(
        _weight_title(change), "!" if change.warn else "✓", _("Change of weight"), weight_change.VERSION,
        change.because, rows,
    )  # fmt: skip


def _weight_title(change: WeightChange) -> str:
    if change.warn:
        return _("Weight changed by %(percent)s %%: check it before a dose is calculated") % {"percent": change.percent}
    return _("Weight changed by %(percent)s %%") % {"percent": change.percent}


def qtcf_panel(record: Any, _rows: list[Any]) -> Panel | None:
    """Compute QTcF, its band, and the rise over baseline."""
    answer = qtcf_of(record)
    if answer is None:
        return None
    rows = [
        PanelRow(_("Above %(limit)s ms") % {"limit": limit}, _("yes") if reached else _("no"), driving=reached)
        for limit in qtcf.LIMITS_MS
        for reached in [answer.above is not None and answer.above >= limit]
    ]
    rows += _rise(record)
    title = _("QTcF %(ms)s ms") % {"ms": answer.ms}
    mark = "!" if any(row.driving for row in rows) else "✓"
    return Panel(title, mark, _("Fridericia 1920; bands of ICH E14"), qtcf.VERSION, answer.because, rows)


def _rise(record: Any) -> list[PanelRow]:
    base = baseline_tracing(record)
    if base is None:
        return []
    before = qtcf_of(base)
    assert base.qt_ms is not None and base.heart_rate is not None and before is not None
    rises = qtcf.rises_too_much(
        qt_ms=record.qt_ms,
        heart_rate=record.heart_rate,
        base_qt_ms=base.qt_ms,
        base_heart_rate=base.heart_rate,
    )
    words = _("more than %(limit)s ms") if rises else _("not more than %(limit)s ms")
    detail = _("baseline %(ms)s ms") % {"ms": before.ms}
    return [PanelRow(_("Rise over baseline"), words % {"limit": qtcf.RISE_MS}, detail, driving=rises)]


def ejection_panel(record: Any, _rows: list[Any]) -> Panel | None:
    """Hold the ejection fraction against the limit of the criteria."""
    if record.lvef_percent is None:
        return None
    answer = ejection_fraction.accept_ejection_fraction(
        record.lvef_percent, minimum_percent=integer("lvef.minimum_percent")
    )
    title = _("Ejection fraction in line with criterion I7")
    if not answer.accepted:
        title = _("Ejection fraction below the limit of criterion I7")
    mark = MARKS[not answer.accepted]
    return Panel(title, mark, _("Eligibility criterion I7"), ejection_fraction.VERSION, answer.because)


def infection_panel(record: Any, _rows: list[Any]) -> Panel:
    """Say whether the serology meets exclusion criterion E1."""
    answer = infections_of(record)
    titles = {
        True: _("Exclusion criterion E1 is met"),
        False: _("Exclusion criterion E1 is not met"),
        None: _("Exclusion criterion E1 is open"),
    }
    rows = [
        PanelRow(
            record._meta.get_field(name).verbose_name,
            display_value(record._meta.get_field(name), getattr(record, name)) or _("not known"),
            driving=True,
        )
        for name in answer.deciding
    ]
    return Panel(
        titles[answer.met], MARKS[answer.met], _("Infection serology"), infection_screen.VERSION, answer.because, rows
    )


def pregnancy_panel(record: Any, _rows: list[Any]) -> Panel | None:
    """Say whether the test blocks eligibility."""
    if record.childbearing_potential is None:
        return None
    answer = pregnancy_of(record)
    titles = {
        True: _("Positive: blocks eligibility (criterion E5)"),
        False: _("Does not block eligibility"),
        None: _("Pregnancy is not excluded"),
    }
    return Panel(titles[answer.blocks], MARKS[answer.blocks], _("Pregnancy test"), pregnancy.VERSION, answer.because)
