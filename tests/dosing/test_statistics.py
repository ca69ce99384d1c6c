"""The statistician's page: exact numbers, other designs, suppositions, and what is kept with the minutes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dosing.models import StoredCharacteristics
from dosing.rules.three_plus_three import LevelTally
from dosing.rules.trial_state import LevelState
from dosing.selectors.characteristics import characteristics, characteristics_hash, column, states_of_evidence
from dosing.selectors.characteristics_tables import price
from dosing.selectors.statistics import last_treated, other_designs, stored_states, worked
from dosing.selectors.trial import trial_now
from dosing.selectors.what_if import suppositions
from dosing.services import freeze_decision, sign_decision, store_characteristics
from dosing.services.release import decision_signatures
from tests.dosing.builders import Trial
from tests.people import PASSWORD
from trial_edc.audit.models import ItemChange
from trial_edc.errors import DomainError

PAGE = "/dose-escalation/statistics/"
NUMBERS = {"p1": "0.1", "p2": "0.2", "p3": "0.3"}
FRAGMENT = PAGE + "characteristics/"
MILD = (Decimal("0.05"), Decimal("0.15"), Decimal("0.30"))
TOXIC = (Decimal("0.40"), Decimal("0.55"), Decimal("0.70"))
UNTREATED = (LevelState(LevelTally(0, 0)), *[LevelState(LevelTally(0, 0), opened=False)] * 2)


@pytest.fixture
def as_role(trial: Trial, settings: Any) -> Callable[[str], Client]:
    settings.SECURE_SSL_REDIRECT = False

    def sign_in(role: str) -> Client:
        client = Client()
        client.force_login(getattr(trial.people, role), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def one_of_three(trial: Trial) -> Trial:
    """Level 1 with a DLT among three: the advice is to expand."""
    subjects = [trial.infused() for _n in range(3)]
    trial.judge(trial.event(subjects[0]))
    trial.compute()
    return trial


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_published_numbers_before_the_first_subject() -> None:
    content = characteristics(UNTREATED, MILD)
    found = {name: column(content, name, "now") for name in ("protocol", "classical")}
    assert all(found.values())
    assert [round(p, 4) for p in found["protocol"]["p_select"]] == [0.0082, 0.0973, 0.3562, 0.5383]  # type: ignore[index]
    assert [round(p, 4) for p in found["classical"]["p_select"]] == [0.0278, 0.2010, 0.4383, 0.3329]  # type: ignore[index]
    assert [each["n_paths"] for each in content["columns"]] == [112, 154, 112, 154]


def test_the_price_of_two_of_six_is_said_where_every_dose_is_toxic() -> None:
    said = " ".join(price(characteristics(UNTREATED, TOXIC)))
    assert "every dose is above one third" in said
    assert "48.5 %, classically in 23.9 % (2.0 times as often)" in said
    mild = " ".join(price(characteristics(UNTREATED, MILD)))
    assert "every dose" not in mild and "is named in 99.2 %, classically in 97.2 %" in mild


def test_a_probability_that_the_data_exclude_is_refused() -> None:
    states = (LevelState(LevelTally(3, 1)), *UNTREATED[1:])
    assert "excludes" in worked((Decimal(0), *MILD[1:]), states=states).refused


def test_more_than_six_leave_only_the_columns_before_the_first_subject() -> None:
    found = worked(MILD, states=(LevelState(LevelTally(7, 1)), *UNTREATED[1:]))
    assert found.content is not None and "outside 3+3" in found.refused
    assert {each["from"] for each in found.content["columns"]} == {"start"}
    assert found.tree is None and found.price


def test_the_page_conditions_on_the_trial_so_far(one_of_three: Trial, as_role: Callable[[str], Client]) -> None:
    content = worked(MILD).content
    assert content is not None
    assert content["levels"][0]["n_dlt"] == 1
    assert column(content, "protocol", "now") != column(content, "protocol", "start")
    page = text(as_role("statistician").get(PAGE))
    assert "given the data so far" in page and "before the first subject" in page
    for name in ("BOIN", "mTPI-2", "CRM 0.1 / 0.2 / 0.3", "What if", "If the next subject at DL1 has a DLT"):
        assert name in page
    assert "style=" not in page and "<style" not in page


def test_the_fragment_answers_what_is_typed_and_stays_linkable(
    one_of_three: Trial, as_role: Callable[[str], Client]
) -> None:
    client = as_role("investigator")
    answer = client.get(FRAGMENT, {"p1": "0,40", "p2": ".55", "p3": "0.70", "cohorts": "1"})
    assert answer.status_code == 200
    assert "every dose is above one third" in text(answer)
    assert answer["HX-Replace-Url"].startswith(PAGE + "?p1=")
    wrong = client.get(FRAGMENT, {"p1": "1.2", "p2": "x", "p3": ""})
    assert wrong.status_code == 422
    assert text(wrong).count("DL") >= 3 and 'role="alert"' in text(wrong)


def test_the_fragment_asks_the_database_few_questions(one_of_three: Trial, as_role: Callable[[str], Client]) -> None:
    client = as_role("statistician")
    client.get(FRAGMENT, NUMBERS)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(FRAGMENT, NUMBERS)
    assert len(asked) <= 9, [query["sql"][:90] for query in asked]


@pytest.mark.req("R25")
@pytest.mark.parametrize("role", ["coordinator", "cell_processing", "administrator"])
def test_who_may_not_read_the_page(trial: Trial, as_role: Callable[[str], Client], role: str) -> None:
    client = as_role(role)
    assert [client.get(address).status_code for address in (PAGE, FRAGMENT)] == [403, 403]


@pytest.mark.parametrize("role", ["investigator", "sub_investigator", "monitor", "statistician", "src_member"])
def test_who_may_read_the_page(trial: Trial, as_role: Callable[[str], Client], role: str) -> None:
    assert as_role(role).get(PAGE).status_code == 200


def test_other_designs_stand_beside_the_protocol(one_of_three: Trial) -> None:
    now = trial_now()
    lines = {line.name: line for line in other_designs(now.advice, last_treated(now))}
    assert lines["BOIN"].move == "Stay, DL1" and lines["BOIN"].agrees is True
    assert [name for name in lines if name.startswith("CRM")] == [
        "CRM 0.1 / 0.2 / 0.3",
        "CRM 0.186 / 0.3 / 0.422",
    ]


def supposed(part: str) -> tuple[str, bool]:
    found = [each for each in suppositions(trial_now()) if part in each.words]
    assert len(found) == 1, [each.words for each in suppositions(trial_now())]
    return found[0].headline, found[0].same


def test_what_if_the_next_has_one_and_the_event_was_none(one_of_three: Trial) -> None:
    assert supposed("next subject at DL1 has no DLT")[0] == "Enrol at level 1 until six subjects are evaluable."
    assert supposed("next subject at DL1 has a DLT")[0] == "Review by the committee before more at level 1."
    assert supposed("adjudicated “no”")[0] == "Escalate from level 1 to level 2."


def test_what_if_about_pending_subjects_and_events_in_review(trial: Trial) -> None:
    subjects = [trial.infused(), trial.infused(), trial.infused(days=10)]
    trial.judge(trial.event(subjects[0]))
    trial.event(subjects[1], related="")
    assert supposed("If 01-003 has a DLT")[0] == "Stop dosing at level 1. No dose is tolerated."
    assert supposed("nobody else does (01-002, 01-003)")[0] == "Treat 3 more at level 1."
    assert supposed("of 01-002 (Alanine aminotransferase increased) is adjudicated “yes”")[0].startswith("Stop dosing")
    assert supposed("of 01-002 (Alanine aminotransferase increased) is adjudicated “no”")[0].startswith("Hold at")


def test_supposing_stores_nothing(one_of_three: Trial, as_role: Callable[[str], Client]) -> None:
    client = as_role("statistician")
    client.get(PAGE)
    before = ItemChange.objects.count()
    client.get(PAGE)
    client.get(FRAGMENT, NUMBERS)
    assert ItemChange.objects.count() == before


def test_the_end_of_the_escalation_leaves_no_next_subject(trial: Trial) -> None:
    for subject in [trial.infused(), trial.infused()]:
        trial.judge(trial.event(subject))
    assert not [each for each in suppositions(trial_now()) if "next subject" in each.words]


# --- kept with the minutes


def test_kept_characteristics_are_those_of_the_frozen_evidence(one_of_three: Trial) -> None:
    people = one_of_three.people
    decision = freeze_decision(by=people.investigator, dose_level=1)
    kept = store_characteristics(
        by=people.statistician, decision=decision, probabilities=MILD, seen_hash=decision.evidence_hash
    )
    again = store_characteristics(
        by=people.statistician, decision=decision, probabilities=MILD, seen_hash=decision.evidence_hash
    )
    assert again.pk == kept.pk
    assert states_of_evidence(decision.evidence) == stored_states()
    one_of_three.infused()
    one_of_three.compute()
    rebuilt = characteristics(states_of_evidence(decision.evidence), MILD) | {"evidence_hash": decision.evidence_hash}
    assert characteristics_hash(rebuilt) == kept.content_hash


def test_a_signature_covers_what_is_kept_and_nothing_is_added_after_it(one_of_three: Trial) -> None:
    people, decision = one_of_three.people, one_of_three.review(1)
    store_characteristics(
        by=people.statistician, decision=decision, probabilities=MILD, seen_hash=decision.evidence_hash
    )
    sign_decision(by=people.investigator, decision=decision, password=PASSWORD, seen_hash=decision.evidence_hash)
    with pytest.raises(DomainError, match="Somebody has signed"):
        store_characteristics(
            by=people.statistician, decision=decision, probabilities=TOXIC, seen_hash=decision.evidence_hash
        )
    assert len(decision_signatures(decision)) == 1
    with one_of_three.write():
        row = StoredCharacteristics.objects.get()
        row.content_hash = "0" * 64
        row.save()
    assert decision_signatures(decision) == [], "tampering with what was kept voids the signature"


def test_an_older_page_and_the_wrong_role_keep_nothing(one_of_three: Trial) -> None:
    people, decision = one_of_three.people, freeze_decision(by=one_of_three.people.investigator, dose_level=1)
    with pytest.raises(DomainError, match="frozen again"):
        store_characteristics(by=people.statistician, decision=decision, probabilities=MILD, seen_hash="old")
    with pytest.raises(PermissionDenied):
        store_characteristics(
            by=people.monitor, decision=decision, probabilities=MILD, seen_hash=decision.evidence_hash
        )
    with pytest.raises(DomainError, match="excludes"):
        store_characteristics(
            by=people.statistician, decision=decision, probabilities=(Decimal(0), *MILD[1:]),
            seen_hash=decision.evidence_hash,
        )  # fmt: skip


def test_the_page_keeps_them_and_the_record_shows_them(one_of_three: Trial, as_role: Callable[[str], Client]) -> None:
    client = as_role("statistician")
    decision = freeze_decision(by=one_of_three.people.investigator, dose_level=1)
    assert "Store with the minutes: decision on level 1, revision 1" in text(client.get(PAGE))
    assert "Store with the minutes" not in text(as_role("monitor").get(PAGE))
    body = {"p1": "0.05", "p2": "0.15", "p3": "0.30", "seen": decision.evidence_hash}
    address = f"/dose-escalation/decisions/{decision.pk}/characteristics/"
    assert client.post(address, body | {"p1": "2"}).status_code == 302
    assert not StoredCharacteristics.objects.exists()
    client.post(address, body | {"seen": "old"})
    assert not StoredCharacteristics.objects.exists()
    page = text(client.post(address, body, follow=True))
    assert "At true DLT probabilities 0.05 / 0.15 / 0.30" in page
    assert StoredCharacteristics.objects.get().content_hash in page
