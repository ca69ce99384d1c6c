"""Every check of the screens is shown by a test or is open for a written reason, and never both."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from reports.docs import screen_checks
from reports.docs.screen_checks import CHECKS, OPEN, linked_tests

ROOT = Path(__file__).resolve().parents[2]


def test_every_check_is_shown_or_open_for_a_reason() -> None:
    shown = set(linked_tests(ROOT / "tests"))
    assert set(CHECKS) == set(range(1, 34))
    assert shown.isdisjoint(OPEN), "a check that a test shows is not open"
    assert shown | set(OPEN) == set(CHECKS)
    assert all(reason.strip() for reason in OPEN.values())


def test_a_check_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("@pytest.mark.ui(34)\ndef test_a(): ...\n")
    with pytest.raises(KeyError, match="34"):
        linked_tests(tmp_path)


def test_the_example_holds() -> None:
    assert doctest.testmod(screen_checks).failed == 0
