"""The page on the legal standing of signatures names every rule it must, and claims only what the product does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from trial_edc.audit.models import Signature
from trial_edc.protocol.parameters import integer

PAGE = Path(settings.BASE_DIR, "docs", "signatures.md")
#: Sections of Part 11 about signatures and identity; each needs a line that says what is done.
SECTIONS = (
    "11.50", "11.70", "11.100(a)", "11.100(b)", "11.100(c)", "11.200(a)(1)", "11.200(a)(2)", "11.300(b)", "11.300(c)",
    "11.300(d)",
)  # fmt: skip


def rows() -> list[list[str]]:
    """Return the cells of every table row of the page."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]


@pytest.mark.req("R20")
@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_on_signatures_has_an_answer(section: str) -> None:
    found = [row for row in rows() if section in row[0]]
    assert found and any(found[0][2:]), f"{section} has no answer, neither in the system nor outside"


@pytest.mark.req("R20")
def test_the_four_conditions_of_a_reliable_signature_are_answered() -> None:
    words = ("专有", "控制", "签名改动", "内容改动")
    answers = {word: row[1] for row in rows() for word in words if word in row[0]}
    assert set(answers) == set(words) and all(len(answer) > 20 for answer in answers.values())


@pytest.mark.req("R20")
def test_the_letter_says_what_the_regulation_asks() -> None:
    letter = PAGE.read_text(encoding="utf-8").split("## Template: letter of non-repudiation")[1].split("## Template")[0]
    words = re.sub(r"[>\s]+", " ", letter)
    for needed in (
        "11.100(c)", "legally binding equivalent of traditional handwritten signatures",
        "further certification or testimony", "[Handwritten signature]", "[protocol number]",
    ):  # fmt: skip
        assert needed in words


@pytest.mark.req("R20")
def test_what_the_page_claims_of_the_product_holds() -> None:
    """The page promises printed name, role, moment, meaning, content hash and last change in every signature."""
    kept = {field.name for field in Signature._meta.get_fields()}
    assert kept >= {"printed_name", "role_title", "signed_at", "meaning", "content_hash", "last_change", "signed_by"}
    assert settings.AXES_FAILURE_LIMIT == 5 and "five failed sign-ins lock" in PAGE.read_text(encoding="utf-8")
    assert integer("records.refused_signatures") > 1
