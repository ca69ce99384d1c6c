"""What keeps a form from being complete: in the summary and beside the form, rows and reason included."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from enrollment.models import Subject
from tests.casebook.conftest import SignedIn
from tests.casebook.entering import row_texts
from tests.casebook.test_matrix import VITALS, text_of, vitals
from tests.people import People
from trial_edc.accounts.access import today

EVENT = {
    "term": "Headache", "onset_date": "UN-Nov-2025", "serious": "false", "outcome": "NOT RECOVERED/NOT RESOLVED",
}  # fmt: skip
FORM = "/subjects/01-001/LOG/AE/1/"


def summary(page: str) -> dict[str, str]:
    """Return the lines of the summary that takes the focus, by the control they lead to."""
    found = re.search(r'id="error-summary".*?</ul>', page, re.DOTALL)
    assert found is not None and "data-focus" in found[0]
    return dict(re.findall(r'<a href="#([^"]+)" data-field-link>([^<]*)</a>', found[0]))


def beside(page: str) -> dict[str, str]:
    """Return the lines of the list beside the form, by where they lead to."""
    found = re.search(r'id="to-resolve">.*?</section>', page, re.DOTALL)
    assert found is not None
    return dict(re.findall(r'<a href="#([^"]+)" data-field-link>.*?<span>([^<]*)</span></a>', found[0], re.DOTALL))


def sent(**texts: Any) -> dict[str, Any]:
    return {"token": str(uuid4()), "version": "0", "action": "complete"} | texts


def test_errors_of_rows_are_on_both_lists_and_lead_to_their_controls(
    people: People, infused: Subject, signed_in: SignedIn
) -> None:
    rows = row_texts("AEG", [{"grade": "2", "start_date": "10-Nov-2025"}, {"grade": "3", "start_date": "soon"}])
    client = signed_in(people.coordinator)
    answer = client.post(FORM, sent(**EVENT, **rows))
    page = text_of(answer)
    assert answer.status_code == 422 and "<title>Error:" in page
    assert "Enter a date" in summary(page)["id_AEG-1-start_date"]
    assert "Enter a date" in beside(page)["id_AEG-1-start_date"] and " 2, " in beside(page)["id_AEG-1-start_date"]
    assert 'id="id_AEG-1-start_date"' in page and "id_AEG-0-start_date" not in beside(page)
    live = text_of(client.post(f"{FORM}live/", sent(**EVENT, **rows)))
    assert "id_AEG-1-start_date" in beside(live)
    removed = text_of(client.post(f"{FORM}live/", sent(**EVENT, **rows, **{"AEG-1-DELETE": "on"})))
    assert "id_AEG-1-start_date" not in beside(removed)


def test_every_line_leads_to_something_on_the_page(people: People, infused: Subject, signed_in: SignedIn) -> None:
    for address in ("D3/CRS/1/", "D3/VS/1/", "D3/ICANS/1/"):
        page = text_of(signed_in(people.coordinator).post(f"/subjects/01-001/{address}", sent(heart_rate="70")))
        lines = {**summary(page), **beside(page)}
        assert lines and all(f'id="{identifier}"' in page for identifier in lines), address
        missing = [words for words in beside(page).values() if "missing" in words]
        assert len(missing) == len(summary(page)), address


@pytest.mark.req("R08")
def test_a_missing_reason_for_change_is_in_the_summary(people: People, infused: Subject, signed_in: SignedIn) -> None:
    vitals(people, infused, "D3", action="complete")
    texts = VITALS | {"assessed_date": today().isoformat(), "heart_rate": "99"}
    page = text_of(signed_in(people.coordinator).post("/subjects/01-001/D3/VS/1/", sent(**texts, version="1")))
    assert "<title>Error:" in page and 'id="id_reason_code"' in page
    assert summary(page) == {"id_reason_code": "Reason for change: Choose why saved values change."}
