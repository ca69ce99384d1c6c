"""The rule bench as a page: choose a rule, put cases to it, read its answer. Nothing is stored."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from trial_edc.accounts.access import require
from trial_edc.accounts.models import user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.bench import engine, small_form
from trial_edc.bench.registry import BenchRule, find, rules

#: Bytes; longer requests belong to the command line, which answers the same contract.
LONGEST_FILE = 2_000_000
MOST_SHOWN, LONGEST_SHOWN = 50, 200_000
#: Characters of one value in the list of answers; the JSON below it holds all of them.
LONGEST_PART = 160


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show a rule; a post answers its cases: typed into the form, pasted as JSON, or in a file."""
    user = user_from_request(request)
    require(user, Permission.USE_BENCH)
    asked = request.POST if request.method == "POST" else request.GET
    rule = find(str(asked.get("rule", ""))) or next(iter(rules()), None)
    typed, error = _typed(request, rule)
    answer = ""
    if request.method == "POST" and not error:
        answer, error = _answered(rule, typed)
        if answer and rule and request.POST.get("action") == "download":
            return _download(rule, answer)
    return render(
        request, "bench/page.html", _context(request, rule, typed, answer, error), status=422 if error else 200
    )


def _context(request: HttpRequest, rule: BenchRule | None, typed: str, answer: str, error: str) -> dict[str, Any]:
    posted = request.POST if request.method == "POST" else None
    results = json.loads(answer)["results"] if answer else []
    own_parameters = small_form.parameters(rule, posted) if rule else []
    return {
        "heading": _("Rule bench"),
        "lead": _("The rules exactly as the product runs them, on cases of your own. The study is not touched."),
        "rules": rules(),
        "rule": rule,
        "criterion": criterion(rule.name) if rule else "",
        "parameters": _parameters(rule) if rule else [],
        "controls": small_form.controls(rule, posted) if rule else [],
        "own_parameters": own_parameters,
        "own_given": any(control.value for control in own_parameters),
        "schema": engine.as_json(engine.schema(rule.name)) if rule else "",
        "typed": typed,
        "answer": answer[:LONGEST_SHOWN],
        "cut": len(answer) > LONGEST_SHOWN,
        "results": [_shown(result) for result in results[:MOST_SHOWN]],
        "n_cases": len(results),
        "n_wrong": sum("error" in result for result in results),
        "error": error,
        "failed": bool(error),
    }


def _shown(result: dict[str, Any]) -> dict[str, Any]:
    """Return a result with its output as texts, each short enough for a line or two."""
    parts = {name: json.dumps(value, ensure_ascii=False) for name, value in result.get("output", {}).items()}
    return result | {
        "parts": [
            (name, text if len(text) <= LONGEST_PART else f"{text[:LONGEST_PART]}…") for name, text in parts.items()
        ]
    }


def _parameters(rule: BenchRule) -> list[tuple[str, str]]:
    """Return the protocol parameters of a rule with the value that holds when a case names none, as JSON writes it."""
    return [
        (name, _as_json(field.get_default(call_default_factory=True)))
        for name, field in rule.config_model.model_fields.items()
    ]


def _as_json(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(_as_json, value))}]"
    return json.dumps(value) if value is None or isinstance(value, bool) else str(value)


def _typed(request: HttpRequest, rule: BenchRule | None) -> tuple[str, str]:
    """Return (the request as JSON text, '') or ('', why it cannot be read)."""
    if request.method != "POST":
        return _example(rule), ""
    if request.POST.get("action") == "form" and rule is not None:
        return small_form.request_of(rule, request.POST), ""
    file = request.FILES.get("file")
    if file is None:
        return str(request.POST.get("cases", "")), ""
    if (file.size or 0) > LONGEST_FILE:
        return "", _("The file is larger than %(most)s MB.") % {"most": LONGEST_FILE // 1_000_000}
    try:
        return file.read().decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return "", _("The file is not text in UTF-8.")


def _download(rule: BenchRule, answer: str) -> HttpResponse:
    response = HttpResponse(answer, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{rule.name}-answers.json"'
    return response


def _answered(rule: BenchRule | None, typed: str) -> tuple[str, str]:
    """Return (answer as JSON, '') or ('', the reason why there is none)."""
    if rule is None:
        return "", _("There is no rule.")
    if len(typed) > LONGEST_FILE:
        return "", _("The request is longer than %(most)s characters.") % {"most": f"{LONGEST_FILE:,}"}
    try:
        content, _status = engine.answer(rule.name, typed)
    except engine.Refused as refusal:
        return "", str(refusal)
    return engine.as_json(content), ""


def criterion(name: str) -> str:
    """Return the published text of a rule: the docstring of the module that declares itself to be it, less examples."""
    for module in list(sys.modules.values()):
        if getattr(module, "RULE", None) == name and getattr(module, "VERSION", None):
            return (module.__doc__ or "").partition("\n>>> ")[0].strip()
    return ""


def _example(rule: BenchRule | None) -> str:
    """Return a request with one case that names every input, to be filled in."""
    if rule is None:
        return ""
    properties = rule.input_model.model_json_schema().get("properties", {})
    needed = {name: _sample(meaning) for name, meaning in properties.items() if "default" not in meaning}
    return json.dumps({"cases": [{"id": "1", "input": needed}]}, indent=2)


def _sample(meaning: dict[str, Any]) -> Any:
    kinds = {"integer": 0, "number": 0, "boolean": False, "array": [], "object": {}}
    return kinds.get(str(meaning.get("type")), "")
