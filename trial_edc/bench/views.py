"""The rule bench as a page: choose a rule, put cases to it, read its answer. Nothing is stored."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from trial_edc.accounts.access import require
from trial_edc.accounts.models import user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.bench import engine
from trial_edc.bench.registry import BenchRule, find, rules

#: Longer requests belong to the command line, which answers the same contract.
LONGEST_REQUEST = 200_000


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show a rule; a post answers the cases in it."""
    user = user_from_request(request)
    require(user, Permission.USE_BENCH)
    asked = request.POST if request.method == "POST" else request.GET
    rule = find(str(asked.get("rule", ""))) or next(iter(rules()), None)
    typed = str(asked.get("cases", "")) if request.method == "POST" else _example(rule)
    answer, error = _answered(rule, typed) if request.method == "POST" else ("", "")
    context = {
        "heading": _("Rule bench"),
        "lead": _("The rules exactly as the product runs them, on cases of your own. The study is not touched."),
        "rules": rules(),
        "rule": rule,
        "criterion": criterion(rule.name) if rule else "",
        "schema": engine.as_json(engine.schema(rule.name)) if rule else "",
        "typed": typed,
        "answer": answer,
        "error": error,
        "failed": bool(error),
    }
    return render(request, "bench/page.html", context, status=422 if error else 200)


def _answered(rule: BenchRule | None, typed: str) -> tuple[str, str]:
    """Return (answer as JSON, '') or ('', the reason why there is none)."""
    if rule is None:
        return "", _("There is no rule.")
    if len(typed) > LONGEST_REQUEST:
        return "", _("The request is longer than %(most)s characters.") % {"most": f"{LONGEST_REQUEST:,}"}
    try:
        content, _status = engine.answer(rule.name, typed)
    except engine.Refused as refusal:
        return "", str(refusal)
    return engine.as_json(content), ""


def criterion(name: str) -> str:
    """Return the published text of a rule: the docstring of the module that declares itself to be this rule."""
    for module in list(sys.modules.values()):
        if getattr(module, "RULE", None) == name and getattr(module, "VERSION", None):
            return (module.__doc__ or "").strip()
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
