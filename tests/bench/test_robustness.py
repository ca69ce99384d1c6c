"""Whatever comes, the bench answers it or names what is wrong, and it is fast."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rules.bench_cases import GOOD, RULES, ask
from trial_edc.bench import engine, registry

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
    content = mutated(
        {key: data.draw(json_values) for key in keys if data.draw(st.booleans())} | GOOD[name][0], data.draw
    )
    result = ask(name, content)[0]
    assert ("error" in result) != ("output" in result)
    assert "Traceback" not in json.dumps(result)
    if "error" in result:
        assert names_a_key(result["error"], {"input", *keys, *(content if isinstance(content, dict) else ())})


def names_a_key(error: str, keys: set[str]) -> bool:
    """Whether a sentence begins with one of these keys, or with something inside of it, and goes on."""
    return any(
        error.startswith((f"{key}: ", f"{key}.", f"{key}[")) for key in (each[:60] for each in keys)
    ) and not error.endswith(": ")


@pytest.mark.parametrize("name", GOOD)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_configuration_is_refused_by_name(name: str, data: st.DataObject) -> None:
    keys = list(next(rule for rule in RULES if rule.name == name).config_model.model_fields)
    config = data.draw(st.dictionaries(st.sampled_from([*keys, "unknown_key"]), json_values, min_size=1, max_size=3))
    result = ask(name, GOOD[name][0], config=config)[0]
    if "error" in result and not names_a_key(result["error"], {f"config.{key}" for key in config}):
        # A configuration that is valid by itself may contradict the case: then a key of the case is named.
        assert names_a_key(result["error"], set(GOOD[name][0]))


def test_no_rule_of_the_bench_escapes() -> None:
    """Every rule that an application registers has its good case here, and is therefore fuzzed and timed."""
    assert {rule.name for rule in registry.rules()} == set(GOOD) == {rule.name for rule in RULES}


@pytest.mark.parametrize("name", GOOD)
def test_ten_thousand_cases_take_seconds(name: str) -> None:
    text = json.dumps({"cases": [{"id": str(number), "input": GOOD[name][0]} for number in range(10_000)]})
    started = time.process_time()
    answered, status = engine.answer(name, text)
    engine.as_json(answered)
    assert status == engine.OK
    assert time.process_time() - started < 4  # the target is 2 s; a loaded machine gets room
