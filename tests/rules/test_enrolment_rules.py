"""Wash-out, CD70 positivity, age at consent, the order of consent, eligibility, and what follows a withdrawal."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.rules.after_withdrawal import SAFETY_FOLLOW_UP, may_be_filed
from enrollment.rules.age_at_consent import possible_ages
from enrollment.rules.cd70_positivity import cd70_positivity
from enrollment.rules.consent_cover import covering_consent
from enrollment.rules.date_order import certainly_after, certainly_before
from enrollment.rules.eligibility import EXCLUSION, INCLUSION, assess_eligibility
from enrollment.rules.h_score import h_score
from enrollment.rules.wash_out import Course, FreeDays, Therapy, wash_out
from tests.rules.tables import rows
from trial_edc.protocol.consent_versions import CONSENT_VERSIONS, consent_version, versions_in_force

DAYS = {
    Therapy.SYSTEMIC: FreeDays(14, 14),
    Therapy.RADIOTHERAPY: FreeDays(14, 21),
    Therapy.SURGERY: FreeDays(14, 28),
    Therapy.OTHER: FreeDays(7, 7),
}
KINDS = {"sys": Therapy.SYSTEMIC, "rad": Therapy.RADIOTHERAPY, "op": Therapy.SURGERY, "oth": Therapy.OTHER}

# kind:last day, `-` = end not known
WASH_OUTS = rows("""
courses                       | leukapheresis | lymphodepletion | open | because
                              | -             | -               |      | nothing to wait for
sys:2026-03-01                | 2026-03-15    | 2026-03-15      |      | waits for sys, lymphodepletion for sys
op:2026-03-01                 | 2026-03-15    | 2026-03-29      |      |
sys:2026-03-10 op:2026-03-01  | 2026-03-24    | 2026-03-29      |      | waits for sys, lymphodepletion for op
oth:2026-03-08 sys:2026-03-01 | 2026-03-15    | 2026-03-15      |      | Leukapheresis waits for oth
rad:2024-02-15                | 2024-02-29    | 2024-03-07      |      |
sys:-                         | -             | -               | sys  | not known: sys
sys:2026-03-01 rad:-          | -             | -               | rad  | not known: rad
""")


@pytest.mark.parametrize("row", WASH_OUTS, ids=lambda row: row["courses"] or "none")
def test_wash_out(row: dict[str, str]) -> None:
    answer = wash_out([course(text) for text in row["courses"].split()], DAYS)
    assert (_text(answer.leukapheresis), _text(answer.lymphodepletion)) == (
        row["leukapheresis"],
        row["lymphodepletion"],
    )
    assert " ".join(answer.open) == row["open"] and row["because"] in answer.because


def course(text: str) -> Course:
    kind, _colon, last = text.partition(":")
    return Course(kind, KINDS[kind], None if last == "-" else date.fromisoformat(last))


def _text(day: date | None) -> str:
    return "-" if day is None else day.isoformat()


@given(st.lists(st.tuples(st.sampled_from(Therapy), st.integers(0, 400)), min_size=1, max_size=5), st.integers(0, 400))
def test_a_further_course_never_brings_a_day_forward(given_courses: list[tuple[Therapy, int]], more: int) -> None:
    start = date(2025, 1, 1)
    courses = [Course(kind, kind, start + timedelta(days=day)) for kind, day in given_courses]
    before = wash_out(courses, DAYS)
    after = wash_out([*courses, Course("more", Therapy.SURGERY, start + timedelta(days=more))], DAYS)
    assert before.leukapheresis and after.leukapheresis and before.leukapheresis <= after.leukapheresis
    assert before.lymphodepletion and after.lymphodepletion and before.lymphodepletion <= after.lymphodepletion


POSITIVITY = rows("""
shares   | percent | intensity | positive | found
10 0 0   | 10      | 1         | yes      | 10
9 0 0    | 10      | 1         | no       | 9
0 0 10   | 10      | 1         | yes      | 10
50 9 0   | 10      | 2         | no       | 9
50 4 6   | 10      | 2         | yes      | 10
0 100 0  | 1       | 3         | no       | 0
0 0 0    | 0       | 1         | yes      | 0
""")


@pytest.mark.parametrize("row", POSITIVITY, ids=lambda row: f"{row['shares']} at {row['intensity']}+")
def test_cd70_positivity(row: dict[str, str]) -> None:
    one, two, three = map(int, row["shares"].split())
    limits = {"minimum_percent": int(row["percent"]), "minimum_intensity": int(row["intensity"])}
    answer = cd70_positivity(one, two, three, **limits)
    assert (answer.positive, answer.percent) == (row["positive"] == "yes", int(row["found"])), answer.because


@pytest.mark.parametrize("shares", [(-1, 0, 0), (50, 50, 1)])
def test_impossible_shares_have_no_score(shares: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="percentages"):
        cd70_positivity(*shares, minimum_percent=10, minimum_intensity=1)
    with pytest.raises(ValueError, match="percentages"):
        h_score(*shares)


@pytest.mark.parametrize(
    ("shares", "score"), [((0, 0, 0), 0), ((100, 0, 0), 100), ((0, 0, 100), 300), ((20, 30, 50), 230)]
)
def test_shares_may_be_nothing_and_everything(shares: tuple[int, int, int], score: int) -> None:
    assert h_score(*shares) == score


def test_an_impossible_intensity_is_refused() -> None:
    with pytest.raises(ValueError, match="1, 2 or 3"):
        cd70_positivity(1, 1, 1, minimum_percent=10, minimum_intensity=0)


@given(st.dates(date(1990, 1, 1), date(2030, 12, 31)), st.dates(date(1900, 1, 1), date(1989, 12, 31)))
def test_the_true_age_is_always_possible(consent: date, born: date) -> None:
    had_birthday = (consent.month, consent.day) >= (born.month, born.day)
    age = consent.year - born.year - (not had_birthday)
    youngest, oldest = possible_ages(born.year, consent)
    assert youngest <= age <= oldest and oldest - youngest <= 1


def test_a_birth_after_the_consent_is_refused() -> None:
    with pytest.raises(ValueError, match="after the consent"):
        possible_ages(2027, date(2026, 12, 31))
    assert possible_ages(2026, date(2026, 6, 1)) == (0, 0)


COVER = rows("""
visit | on file     | consent
PRE   | PRE SCR     | PRE
PRE   | SCR         | SCR
SCR   | PRE SCR     | SCR
D0    | PRE SCR APH | SCR
D0    | PRE         | PRE
D0    | APH BL      | -
D0    |             | -
""")


@pytest.mark.parametrize("row", COVER, ids=lambda row: f"{row['visit']} with {row['on file']}")
def test_the_consent_a_procedure_rests_on(row: dict[str, str]) -> None:
    assert (covering_consent(row["visit"], row["on file"].split()) or "-") == row["consent"]


ORDER = rows("""
early   | late       | before
2025    | 2026       | yes
2026-02 | 2026-03-01 | yes
2026-03 | 2026-03-01 | no
2026    | 2026       | no
2026-05 | 2026-04    | no
2026-03-01 | 2026-03-01 | no
2026-02-28 | 2026-03 | yes
""")


@pytest.mark.parametrize("row", ORDER, ids=lambda row: f"{row['early']} {row['late']}")
def test_only_what_is_certain_is_before(row: dict[str, str]) -> None:
    assert certainly_before(row["early"], row["late"]) is (row["before"] == "yes")


def test_only_what_is_certain_is_after() -> None:
    day = date(2026, 3, 15)
    assert [certainly_after(text, day) for text in ("2026-03-16", "2026-04", "2026-03-15", "2026-03", "2026")] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_an_exclusion_that_does_not_apply_is_neither_met_nor_missing() -> None:
    answers = dict.fromkeys(INCLUSION, True) | dict.fromkeys(EXCLUSION[:-1], False)
    assert assess_eligibility(answers).missing == ("pregnant",)
    assert assess_eligibility(answers, not_applicable=("pregnant",)).eligible is True


@pytest.mark.parametrize(("name", "answer"), [("adult", False), ("pregnant", True)])
def test_one_criterion_against_blocks(name: str, answer: bool) -> None:
    found = assess_eligibility(dict.fromkeys(INCLUSION, True) | dict.fromkeys(EXCLUSION, False) | {name: answer})
    assert (found.eligible, found.blocking, found.because) == (False, (name,), f"Not eligible: {name}.")


@pytest.mark.parametrize("name", ["adult", "autoimmune"])
def test_no_other_criterion_can_be_left_out(name: str) -> None:
    with pytest.raises(ValueError, match="Every subject"):
        assess_eligibility({}, not_applicable=(name,))


@pytest.mark.req("R59")
def test_after_a_withdrawal_only_safety_is_followed() -> None:
    withdrawn = date(2026, 3, 9)
    later = withdrawn + timedelta(days=1)
    assert all(may_be_filed(form, later, withdrawn_on=withdrawn) for form in SAFETY_FOLLOW_UP)
    assert not any(may_be_filed(form, later, withdrawn_on=withdrawn) for form in ("VS", "PKB", "CM", "IC"))
    assert may_be_filed("VS", withdrawn, withdrawn_on=withdrawn)
    assert may_be_filed("VS", None, withdrawn_on=withdrawn)
    assert may_be_filed("VS", later, withdrawn_on=None)


@pytest.mark.req("R58")
def test_one_version_of_the_consent_form_is_in_force_on_every_day_since_the_first() -> None:
    first = CONSENT_VERSIONS[0].first_day
    for offset in range(2000):
        assert len(versions_in_force(first + timedelta(days=offset))) == 1
    assert versions_in_force(first - timedelta(days=1)) == ()
    assert all(version.approved <= version.first_day for version in CONSENT_VERSIONS)
    with pytest.raises(KeyError, match=r"no consent form version 9\.9"):
        consent_version("9.9")
