"""One case as a small form: a control per input of a rule, and the request that its texts make."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from trial_edc.bench.registry import BenchModel, BenchRule

#: Names of the controls begin with one of these, apart from the page's own: an input, a parameter of this case.
PREFIX, PARAMETER = "in-", "config-"
#: What a required input may be besides a value; left empty, its key would be missing.
NULL_HINT = "or null"
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,30})(\.\d{1,30})?", re.ASCII)


@dataclass(frozen=True)
class Control:
    """One input or parameter: `kind` is choice, number, text, date or json; `required` ones have no default."""

    name: str
    kind: str
    required: bool
    choices: tuple[str, ...] = ()
    hint: str = ""
    value: str = ""
    prefix: str = PREFIX

    @property
    def html_name(self) -> str:
        return self.prefix + self.name


def controls(rule: BenchRule, typed: Mapping[str, Any] | None = None) -> list[Control]:
    """Return the controls of a rule in the order of its inputs, holding what was typed."""
    return _controls(rule.input_model, typed or {}, PREFIX)


def parameters(rule: BenchRule, typed: Mapping[str, Any] | None = None) -> list[Control]:
    """Return the controls of a rule's parameters; one left empty takes the protocol's."""
    return _controls(rule.config_model, typed or {}, PARAMETER)


def _controls(model: type[BenchModel], typed: Mapping[str, Any], prefix: str) -> list[Control]:
    schema = model.model_json_schema()
    definitions, required = schema.get("$defs", {}), schema.get("required", ())
    return [
        replace(
            _control(name, meaning, definitions, str(typed.get(prefix + name, "")), name in required), prefix=prefix
        )
        for name, meaning in schema.get("properties", {}).items()
    ]


def _control(name: str, meaning: dict[str, Any], definitions: dict[str, Any], value: str, required: bool) -> Control:
    options = [_resolved(each, definitions) for each in meaning.get("anyOf", [meaning])]
    given = {str(option.get("type")) for option in options}
    kinds = given - {"null"}
    unknown = NULL_HINT if required and "null" in given else ""
    choices = tuple(str(choice) for option in options for choice in option.get("enum", ()))
    if kinds & {"array", "object"}:
        return Control(name, "json", required, hint="JSON", value=value)
    if choices:
        return Control(name, "choice", required, choices, value=value)
    if "boolean" in kinds:
        return Control(name, "choice", required, ("true", "false"), value=value)
    if kinds & {"number", "integer"}:
        return Control(name, "number", required, hint=f"{_limits(options)} {unknown}".strip(), value=value)
    is_date = any(option.get("format") == "date" for option in options)
    hint = "YYYY-MM-DD" if is_date else unknown
    return Control(name, "date" if is_date else "text", required, hint=hint, value=value)


def _resolved(option: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    reference = str(option.get("$ref", "")).rpartition("/")[2]
    found: dict[str, Any] = definitions[reference] if reference else option
    return found


def _limits(options: list[dict[str, Any]]) -> str:
    for option in options:
        low, high = option.get("minimum"), option.get("maximum")
        if low is not None and high is not None:
            return f"{_plain(low)}–{_plain(high)}"
    return ""


def _plain(number: float) -> str:
    """A limit without exponent: 1000000, 0.5."""
    return f"{Decimal(str(number)).normalize():f}"


def request_of(rule: BenchRule, typed: Mapping[str, Any]) -> str:
    """Return the request with the one case that was typed; an empty control leaves its key out.

    Numbers are passed on as they were typed, so that nothing is rounded on the way.
    """
    config = _pairs(parameters(rule, typed))
    own = f'"config": {{{config}}}, ' if config else ""
    return f'{{"cases": [{{"id": "1", {own}"input": {{{_pairs(controls(rule, typed))}}}}}]}}'


def _pairs(typed: list[Control]) -> str:
    return ", ".join(f"{json.dumps(control.name)}: {_json(control)}" for control in typed if control.value.strip())


def _json(control: Control) -> str:
    text = control.value.strip()
    if text == "null":
        return text
    if control.kind == "json":
        try:
            json.loads(text)
        except ValueError:
            return json.dumps(text)  # not JSON: the rule itself says what it expects
        return text
    is_plain = control.kind == "number" and _NUMBER.fullmatch(text)
    is_yes_or_no = control.choices == ("true", "false") and text in control.choices
    return text if is_plain or is_yes_or_no else json.dumps(text, ensure_ascii=False)
