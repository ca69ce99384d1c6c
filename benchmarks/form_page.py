"""The form page against Django's own: processor time of one request through the whole middleware."""

from __future__ import annotations

import time
from itertools import cycle
from typing import Any

from django.conf import settings
from django.test import override_settings

from benchmarks import cast
from benchmarks.measure import Line, side_by_side
from benchmarks.stores import Stage
from trial_edc.casebook.place import Place
from trial_edc.casebook.submission import Saved, submit
from trial_edc.launch.folder import ROOT

ROUNDS = 100


def run(_stage: Stage) -> list[Line]:
    templates: list[dict[str, Any]] = [dict(engine) for engine in settings.TEMPLATES]
    templates[0]["DIRS"] = [*templates[0]["DIRS"], ROOT / "benchmarks" / "templates"]
    with override_settings(ROOT_URLCONF="benchmarks.urls", TEMPLATES=templates, ALLOWED_HOSTS=["testserver"]):
        return [_get(), _post()]


def _saved(visit: str) -> tuple[Place, Any]:
    place = Place(cast.subject(), visit, "ICANS", 1)
    outcome = submit(by=cast.investigator(), place=place, data=cast.post(cast.NEUROLOGY))
    assert isinstance(outcome, Saved)
    return place, outcome.record


def _get() -> Line:
    place, record = _saved("D7")
    browser = cast.client()

    def ours() -> None:
        assert browser.get(place.url).status_code == 200

    def bare() -> None:
        assert browser.get(f"/bare/{record.pk}/").status_code == 200

    page, base = side_by_side(ours, bare, clock=time.process_time, rounds=ROUNDS)
    return Line("form page, GET", page, "ms CPU", 1.5, base=base, note="against a bare ModelForm page of 20 items")


def _post() -> Line:
    place, record = _saved("D8")
    _place, other = _saved("D9")
    browser = cast.client()
    versions = iter(range(record.version, 100_000))
    # Every post changes two of the twenty items, so that both write a change to the trail each time.
    changes = cycle(
        [{"ice_naming": "3", "corticosteroid_given": "false"}, {"ice_naming": "2", "corticosteroid_given": "true"}]
    )
    other_changes = cycle(
        [{"ice_naming": "3", "corticosteroid_given": "false"}, {"ice_naming": "2", "corticosteroid_given": "true"}]
    )

    def ours() -> None:
        data = cast.post(cast.NEUROLOGY | next(changes), version=next(versions))
        assert browser.post(place.url, data.dict()).status_code == 302

    def bare() -> None:
        assert browser.post(f"/bare/{other.pk}/", cast.NEUROLOGY | next(other_changes)).status_code == 302

    page, base = side_by_side(ours, bare, clock=time.process_time, rounds=ROUNDS)
    return Line(
        "form page, POST", page, "ms CPU", 2, base=base, note="a save that changes two items, without the page after it"
    )
