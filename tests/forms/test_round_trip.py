"""Every kind of item shows what was saved so that sending it back, untouched, is the same value again."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import AdverseEvent, CrsAssessment
from tests.casebook.entering import row_texts
from tests.forms.page_controls import Controls
from tests.forms.test_bad_input import address, browser, hidden
from tests.people import People
from trial_edc.audit.models import ItemChange
from trial_edc.crf import entry_fields as kinds
from trial_edc.crf import registry
from trial_edc.crf.forms import entry_field
from trial_edc.crf.spec import Item
from trial_edc.protocol.partial_dates import FIRST_YEAR, LAST_YEAR, PartialDate

PLAIN = Item("ANY")
CHOICES = [("A", "first"), ("B", "second"), ("0", "nought"), ("不详", "not known")]
#: Anything a person can type in one line; control characters and lone surrogates are no text.
LINES = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=80).map(str.strip)
DATES = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))
PARTIAL = DATES.flatmap(
    lambda day: st.sampled_from(
        [PartialDate(day.year), PartialDate(day.year, day.month), PartialDate(day.year, day.month, day.day)]
    ).map(PartialDate.iso)
)
TIMES = st.times().map(lambda moment: time(moment.hour, moment.minute))

#: For every kind: the field, and the values that can be saved.
KINDS: dict[str, tuple[forms.Field, st.SearchStrategy[Any]]] = {
    "date": (kinds.DateEntry(PLAIN), st.none() | DATES),
    "partial_date": (kinds.PartialDateEntry(PLAIN), st.just("") | PARTIAL),
    "time": (kinds.TimeEntry(PLAIN), st.none() | st.just(time(0, 0)) | TIMES),
    "decimal": (
        kinds.DecimalEntry(PLAIN, places=4),
        st.none() | st.sampled_from([Decimal("0.0000"), Decimal("-0.5000"), Decimal("36.6000")])
        | st.decimals(-(10**9), 10**9, places=4).map(lambda number: number + 0),
    ),
    "integer": (kinds.IntegerEntry(PLAIN), st.none() | st.just(0) | st.integers(-(10**12), 10**12)),
    "yes_no": (kinds.YesNoEntry(PLAIN), st.sampled_from([None, True, False])),
    "choice": (kinds.ChoiceEntry(PLAIN, choices=CHOICES), st.sampled_from(["", *(c for c, _words in CHOICES)])),
    "choice of numbers": (
        kinds.ChoiceEntry(PLAIN, choices=[(n, str(n)) for n in range(-1, 6)], coerce=int, empty_value=None),
        st.none() | st.integers(-1, 5),
    ),
    "multi_choice": (
        kinds.MultiChoiceEntry(PLAIN, choices=CHOICES),
        st.lists(st.sampled_from([c for c, _words in CHOICES]), unique=True).map(sorted),
    ),
    "text": (kinds.TextEntry(PLAIN, max_length=200), st.sampled_from(["0", "False", "=1+1", "😷"]) | LINES),
    "long_text": (
        kinds.TextEntry(PLAIN, long=True), st.lists(LINES, max_size=4).map(lambda found: "\r\n".join(found).strip()),
    ),
}  # fmt: skip


def sent_back(field: forms.Field, value: Any) -> Any:
    """Return what the field reads when a browser sends back the control that shows `value`."""
    shown = Controls(field.widget.render("item", field.prepare_value(value)))
    post = QueryDict(mutable=True)
    post.setlist("item", shown.values.get("item", []))
    return field.clean(field.widget.value_from_datadict(post, {}, "item"))


def test_no_kind_is_left_out() -> None:
    tables = [*registry.all_forms(), *registry.all_rows()]
    used = {getattr(entry_field(field), "kind", "") for table in tables for field, _item in registry.items(table)}
    assert used <= {name.partition(" of ")[0] for name in KINDS}


@pytest.mark.req("P01")
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_shown_is_read_as_the_same_value(kind: str, data: st.DataObject) -> None:
    field, values = KINDS[kind]
    value = data.draw(values)
    again = sent_back(field, value)
    again = sorted(again) if isinstance(again, list) else again
    assert (again, type(again)) == (value, type(value))
    assert str(again) == str(value), "not even its zeros have changed"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("36,6", "36.60"), ("36.60", "36.60"), ("36,60", "36.60"), ("-0,5", "-0.50"), ("+2", "2.00"), ("0", "0.00"),
        ("-0", "0.00"), ("007", "7.00"), (" 1.5 ", "1.50"), ("36.6000", "36.60"), ("0.00000000", "0.00"),
    ],
)  # fmt: skip
def test_a_number_as_people_type_it_is_the_number_the_table_keeps(typed: str, kept: str) -> None:
    field = kinds.DecimalEntry(PLAIN, places=2)
    read = field.clean(typed)
    assert (read, str(read)) == (Decimal(kept), kept)
    assert sent_back(field, read) == read


@pytest.mark.parametrize("typed", ["36.601", "1" * 40 + ".555", "0.001"])
def test_digits_that_would_be_lost_are_refused_however_long_the_number(typed: str) -> None:
    with pytest.raises(ValidationError, match="at most 2 decimal places"):
        kinds.DecimalEntry(PLAIN, places=2).clean(typed)


def test_the_order_of_ticking_is_no_change_and_unknown_answers_are_refused() -> None:
    field = kinds.MultiChoiceEntry(PLAIN, choices=CHOICES)
    assert field.clean(["0", "B", "A", "B"]) == ["A", "B", "0"]
    with pytest.raises(ValidationError):
        field.clean(["A", "Z"])


@pytest.mark.parametrize("text", ["x" * 10_000, "汉" * 10_000, "😷" * 10_000])
def test_ten_thousand_characters_are_kept_or_refused_and_never_cut(text: str) -> None:
    assert sent_back(kinds.TextEntry(PLAIN, long=True), text) == text
    with pytest.raises(ValidationError, match=r"at most 200 characters \(it has 10000\)"):
        kinds.TextEntry(PLAIN, max_length=200).clean(text)


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


TEXTS_OF_CRS = st.fixed_dictionaries(
    {
        "assessed_date": st.sampled_from(["2026-11-05", "5nov26", "05112026"]),
        "assessed_time": st.sampled_from(["", "00:00", "0810", "23.59"]),
        "max_temperature_c": st.sampled_from(["", "38", "38,0", "39.4", "40.10"]),
        "fever_other_cause": st.sampled_from(["", "true", "false"]),
        "crs_already_diagnosed": st.sampled_from(["", "true", "false"]),
        "tocilizumab_given": st.sampled_from(["", "true", "false"]),
        "hypotension": st.just("true"),
        "vasopressors": st.lists(st.sampled_from(["NOREPINEPHRINE", "VASOPRESSIN"]), unique=True),
        "oxygen_support": st.just("nasal_cannula"),
        "oxygen_flow_l_min": st.sampled_from(["", "3", "6,0", "0"]),
    }
)
TEXTS_OF_AE = st.fixed_dictionaries(
    {
        "term": st.just("neutrophil count decreased"),
        "onset_date": st.sampled_from(["2026", "UN-Nov-2026", "10-Nov-2026", "2026年11月10日"]),
        "outcome": st.just("NOT RECOVERED/NOT RESOLVED"),
        "serious": st.sampled_from(["", "false"]),
        "treatment": st.sampled_from(["0", "False", "😷 对症治疗", "<b>&amp;</b> \"'", "=1+1"]) | LINES,
    }
)
#: A page takes a second: a failing example is reported as it was found.
SLOW = settings(
    max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


def values_of(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field, _item in registry.items(type(record))}


def send_twice(people: People, subject: Subject, where: str, model: Any, texts: dict[str, Any]) -> None:
    """Save a form, read its page, send the page back untouched: nothing has changed, and the trail is still."""
    client = browser(people.coordinator)
    saved = client.post(address(subject, where), hidden() | texts)
    assume(saved.status_code == 302)
    before, changes = values_of(model.objects.get()), ItemChange.objects.count()
    shown = Controls(client.get(saved["Location"]).content.decode()).values
    data = {name: values for name, values in shown.items() if name != "csrfmiddlewaretoken"}
    again = client.post(saved["Location"], data | {"token": str(uuid4()), "action": "save"})
    assert again.status_code == 302, again.content.decode()[-3000:]
    assert values_of(model.objects.get()) == before
    fresh = ItemChange.objects.order_by("pk")[changes:]
    assert [str(change) for change in fresh] == []


@SLOW
@given(texts=TEXTS_OF_CRS)
def test_an_assessment_sent_back_untouched_writes_nothing(
    people: People, subject: Subject, texts: dict[str, Any]
) -> None:
    with transaction.atomic():
        send_twice(people, subject, "D1/CRS/1", CrsAssessment, texts)
        transaction.set_rollback(True)


@SLOW
@given(texts=TEXTS_OF_AE, grades=st.lists(st.sampled_from(["2", "3", "4"]), max_size=2, unique=True).map(sorted))
def test_an_event_with_rows_sent_back_untouched_writes_nothing(
    people: People, subject: Subject, texts: dict[str, Any], grades: list[str]
) -> None:
    rows = [{"grade": grade, "start_date": f"{12 + n}-Nov-2026"} for n, grade in enumerate(grades)]
    with transaction.atomic():
        send_twice(people, subject, "LOG/AE/1", AdverseEvent, texts | row_texts("AEG", rows))
        transaction.set_rollback(True)
