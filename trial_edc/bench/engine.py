"""The bench's core: a JSON request in, a JSON answer and an exit status out. No framework, no database.

Request  {"cases": [{"id": "A1", "config": {…}, "input": {…}}, …]}
Answer   {"rule": …, "version": …, "results": [{"id": "A1", "output": {…}, "because": "…"} | {"id": …, "error": "…"}]}
Status   0 all answered; 1 some case is wrong, the others are answered. A request that cannot be read at all, and an
         unknown rule, raise Refused (the command prints one line and exits with 2).
"""

from __future__ import annotations

import difflib
import json
from decimal import Decimal
from typing import Any, NoReturn

from pydantic import ValidationError

from trial_edc.bench.inputs import RepeatedKey
from trial_edc.bench.messages import readable
from trial_edc.bench.registry import BenchModel, BenchRule, CaseError, find, rules

OK, SOME_CASES_WRONG, REFUSED = 0, 1, 2

#: Answers are made here and never hold themselves.
_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False)
_CASE_KEYS = ("id", "config", "input")
#: Longer integers than any clinical one are kept as decimals, which the field types then refuse by name.
_LONGEST_INTEGER = 40


class Refused(ValueError):
    """A request that cannot be answered at all; the text is one readable line."""


class _WrongCase(ValueError):
    """A case that cannot be answered."""


def listing() -> str:
    """One line per rule: name, version, title, separated by tabs."""
    return "\n".join(f"{rule.name}\t{rule.version}\t{rule.title}" for rule in rules())


def schema(rule_name: str) -> dict[str, Any]:
    """The JSON Schemas of a rule's input and configuration. Raises Refused for an unknown rule."""
    rule = _rule(rule_name)
    return {
        "rule": rule.name,
        "version": rule.version,
        "title": rule.title,
        "source": rule.source,
        "input": rule.input_model.model_json_schema(),
        "config": rule.config_model.model_json_schema(),
    }


def answer(rule_name: str, request_text: str) -> tuple[dict[str, Any], int]:
    """Answer a request: (answer, exit status 0 or 1). Raises Refused for an unknown rule or an unreadable request."""
    rule = _rule(rule_name)
    cases = _cases(request_text)
    seen: set[str | int] = set()
    results = [_result(rule, case, seen) for case in cases]
    wrong = any("error" in result for result in results)
    return {"rule": rule.name, "version": rule.version, "results": results}, SOME_CASES_WRONG if wrong else OK


def as_json(content: dict[str, Any]) -> str:
    """An answer or a schema as JSON text that any encoding can carry: one line per result."""
    lines = [f"{_compact(key)}: {_value(value)}" for key, value in content.items()]
    return "{" + ",\n ".join(lines) + "}"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ",\n  ".join(map(_compact, value)) + "]"
    return _compact(value)


def _compact(value: Any) -> str:
    # Text may hold half a character pair (an escape such as \\ud800), which UTF-8 refuses: it stays an escape.
    text = _ENCODER.encode(value)
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _rule(name: str) -> BenchRule:
    rule = find(name)
    if rule is None:
        names = [known.name for known in rules()]
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; the rules are: {', '.join(names)}"
        raise Refused(f"unknown rule {name[:60]!r}{hint}")
    return rule


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; a key given twice is marked, so that validation names it instead of silently taking the last."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    found = {}
    for key, value in pairs:
        found[key] = RepeatedKey() if key in found else value
    return found


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= _LONGEST_INTEGER else Decimal(text)


def _cases(request_text: str) -> list[Any]:
    """The cases of a request. Raises Refused with the reason."""
    try:
        request = json.loads(
            request_text.removeprefix("\ufeff"),
            parse_float=Decimal,
            parse_int=_integer,
            parse_constant=Decimal,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise Refused(f"malformed JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise Refused("malformed JSON: nested too deeply") from None
    except (ValueError, ArithmeticError):
        raise Refused("malformed JSON: a number cannot be read") from None
    if not isinstance(request, dict):
        raise Refused('the request must be an object: {"cases": [...]}')
    unknown = [key for key in request if key != "cases"]
    if unknown:
        raise Refused(f"unknown key {unknown[0][:60]!r} in the request; it has only 'cases'")
    if not isinstance(request.get("cases"), list):
        raise Refused("the request needs 'cases', a list, once")
    return list(request["cases"])


def _result(rule: BenchRule, case: Any, seen: set[str | int]) -> dict[str, Any]:
    """One case's result: its output and reason, or its error. Never raises."""
    identifier: str | int | None = None
    try:
        identifier = _identifier(case)
        if identifier in seen:
            raise _WrongCase(f"id: {identifier!r} is the id of an earlier case")
        seen.add(identifier)
        outcome = _evaluate(rule, case)
    except (_WrongCase, CaseError) as error:
        return {"id": identifier, "error": str(error)}
    return {"id": identifier, "output": dict(outcome.output), "because": outcome.because}


def _identifier(case: Any) -> str | int:
    if not isinstance(case, dict):
        raise _WrongCase("a case must be an object with 'id' and 'input'")
    identifier = case.get("id")
    if isinstance(identifier, bool) or not isinstance(identifier, (str, int)) or identifier == "":
        raise _WrongCase("id: every case needs an id, a text or a whole number")
    return identifier


def _evaluate(rule: BenchRule, case: dict[str, Any]) -> Any:
    for key in case:
        if key not in _CASE_KEYS:
            raise _WrongCase(f"{key[:60]}: not a key of a case; the keys are id, config and input")
    if "input" not in case:
        raise _WrongCase("input: is required")
    given = _validated(rule.input_model, case["input"], "input")
    config = _validated(rule.config_model, case.get("config", {}), "config")
    return rule.evaluate(given, config)


def _validated(model: type[BenchModel], content: Any, name: str) -> BenchModel:
    if not isinstance(content, dict):
        _refuse(f"{name}: must be an object" if not isinstance(content, RepeatedKey) else f"{name}: is given twice")
    try:
        return model.model_validate(content)
    except ValidationError as error:
        return _refuse(readable(error, prefix="config" if name == "config" else ""))


def _refuse(sentence: str) -> NoReturn:
    raise _WrongCase(sentence)
