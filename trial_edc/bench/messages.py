"""Turn validation errors into one sentence that names the key and says what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from trial_edc.bench.inputs import RepeatedKey

_MOST_ERRORS = 3
_LONGEST_VALUE = 60

#: Type of error -> words after the key; `context` holds limits and expected values.
_WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "missing": lambda context: "is required",
    "extra_forbidden": lambda context: "is not a key this rule knows",
    "bool_type": lambda context: "must be true or false",
    "string_type": lambda context: "must be text",
    "list_type": lambda context: "must be a list",
    "model_type": lambda context: "must be an object",
    "dict_type": lambda context: "must be an object",
    "literal_error": lambda context: f"must be {context['expected']}",
    "greater_than_equal": lambda context: f"must be at least {context['ge']}",
    "greater_than": lambda context: f"must be above {context['gt']}",
    "less_than_equal": lambda context: f"must be at most {context['le']}",
    "less_than": lambda context: f"must be below {context['lt']}",
    "string_unicode": lambda context: "must be text that Unicode can hold",
    "string_too_short": lambda context: "must not be empty",
    "string_too_long": lambda context: f"must have at most {context['max_length']} characters",
    "too_short": lambda context: (
        "must not be empty" if context["min_length"] == 1 else f"must have at least {context['min_length']} entries"
    ),
    "too_long": lambda context: f"must have at most {context['max_length']} entries",
    "value_error": lambda context: str(context["error"]),
}

#: Errors about a key itself, where repeating the value would say nothing.
_ABOUT_KEY = frozenset({"missing", "extra_forbidden"})


def readable(error: ValidationError, *, prefix: str = "") -> str:
    """The first errors as one line: "ice: must be at most 10, not 11"."""
    found = error.errors(include_url=False)
    lines = list(dict.fromkeys(_line(dict(item), prefix) for item in found))
    more = f"; and {len(lines) - _MOST_ERRORS} more" if len(lines) > _MOST_ERRORS else ""
    return "; ".join(lines[:_MOST_ERRORS]) + more


def _line(item: dict[str, Any], prefix: str) -> str:
    key = _key(item["loc"], prefix)
    if isinstance(item.get("input"), RepeatedKey):
        return f"{key}: is given twice"
    words = _WORDS.get(item["type"])
    sentence = words(item.get("ctx", {})) if words else str(item["msg"])
    in_full = item["type"] == "value_error" and isinstance(item.get("input"), list)  # the sentence says which entry
    if item["type"] in _ABOUT_KEY or in_full:
        return f"{key}: {sentence}"
    return f"{key}: {sentence}, not {shown(item.get('input'))}"


def _key(location: tuple[int | str, ...], prefix: str) -> str:
    """ae.grade_history[0].grade"""
    text = prefix
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part[:_LONGEST_VALUE]}" if text else part[:_LONGEST_VALUE]
    return text or "input"


def shown(value: Any) -> str:
    """A value as the sentence repeats it, shortened."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
