"""Whatever comes, the bench answers it or names what is wrong, and it is fast."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rules.bench_cases import GOOD, RULES, ask
from trial_edc.bench import engine

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 40)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["2025-03-03", "2025-03", "2025-03-04T10:00", "possible", "untested", "protocol", "normal", "CRS"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def mutated(content: Any, choose: Any) -> Any:
    """The content with some values replaced by anything JSON can hold."""
    if choose(st.integers(0, 5)) == 0:
        return choose(json_values)
    if isinstance(content, dict):
        return {key: mutated(value, choose) for key, value in content.items() if choose(st.integers(0, 9))}
    if isinstance(content, list):
        return [mutated(value, choose) for value in content]
    return content


@pytest.mark.parametrize("name", GOOD)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_whatever_comes_is_answered_or_named(name: str, data: st.DataObject) -> None:
    keys = list(next(rule for rule in RULES if rule.name == name).input_model.model_fields)
    content = {key: data.draw(json_values) for key in keys if data.draw(st.booleans())} | GOOD[name][0]
    result = ask(name, mutated(content, data.draw))[0]
    assert ("error" in result) != ("output" in result)
    assert "Traceback" not in json.dumps(result)


@pytest.mark.parametrize("name", GOOD)
def test_ten_thousand_cases_take_seconds(name: str) -> None:
    text = json.dumps({"cases": [{"id": str(number), "input": GOOD[name][0]} for number in range(10_000)]})
    started = time.process_time()
    answered, status = engine.answer(name, text)
    engine.as_json(answered)
    assert status == engine.OK
    assert time.process_time() - started < 4  # the target is 2 s; a loaded machine gets room
