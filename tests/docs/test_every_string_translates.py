"""Every string a person reads goes through gettext, so that a second language needs a catalogue and no code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SOURCES = sorted(
    path
    for config in apps.get_app_configs()
    if ROOT in Path(config.path).parents and ".venv" not in config.path
    for path in Path(config.path).rglob("*.py")
)
LEFT_OUT = re.compile(
    r"{%\s*comment.*?endcomment\s*%}|{#.*?#}|<!--.*?-->|{%\s*blocktranslate\b.*?endblocktranslate\s*%}", re.DOTALL
)
TAGS = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
READ_OUT = re.compile(r'\b(?:aria-label|title|alt|placeholder)="([^"]*)"')
WORD = re.compile(r"[^\W\d_]{2,}")
#: Names and notations that are the same in every language, and the state a page keeps in a block.
SAME_EVERYWHERE = frozenset({"PDF", "CSV", "SHA", "EDC", "Nov", "signed", "out"})
#: Calls whose first text a person reads.
SPOKEN = frozenset({"DomainError", "ValidationError", "success", "info", "warning", "error"})


def words_outside(text: str) -> list[str]:
    """Return the words of a template that stand outside its translated parts.

    >>> words_outside('<p title="Late">{% translate "Due" %} now</p>')
    ['now', 'Late']
    """
    kept = LEFT_OUT.sub(" ", text)
    seen = re.sub(r"<[^>]*>", " ", TAGS.sub(" ", kept))
    told = " ".join(TAGS.sub(" ", each) for each in READ_OUT.findall(kept))
    return [word for word in WORD.findall(f"{seen} {told}") if word not in SAME_EVERYWHERE]


def plain_texts(source: str) -> Iterator[int]:
    """Yield the lines at which a message or a refusal is a text that is not translated.

    >>> list(plain_texts('raise DomainError("No")')), list(plain_texts('raise DomainError(_("No"))'))
    ([1], [])
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func) in SPOKEN:
            texts = node.args[1:2] if isinstance(node.func, ast.Attribute) else node.args[:1]
            if any(_is_sentence(part) for text in texts for part in _parts(text)):
                yield node.lineno


def _name(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr if isinstance(called.value, ast.Name) and called.value.id == "messages" else ""
    return called.id if isinstance(called, ast.Name) else ""


def _parts(node: ast.expr) -> list[ast.expr]:
    return node.values if isinstance(node, ast.JoinedStr) else [node]


def _is_sentence(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(WORD.search(node.value))


@pytest.mark.ui(30)
def test_no_template_holds_a_word_that_is_not_translated() -> None:
    assert words_outside('<p aria-label="Late">{% translate "Due" %} now</p>') == ["now", "Late"]
    found = {str(path.relative_to(ROOT)): words_outside(path.read_text()) for path in TEMPLATES}
    assert {path: words for path, words in found.items() if words} == {}
    assert len(TEMPLATES) > 100


def test_no_refusal_and_no_message_is_a_plain_text() -> None:
    assert list(plain_texts('raise DomainError("No")\nmessages.info(request, f"{x} done")')) == [1, 2]
    found = {str(path.relative_to(ROOT)): list(plain_texts(path.read_text())) for path in SOURCES}
    assert {path: lines for path, lines in found.items() if lines} == {}
    assert len(SOURCES) > 300


@pytest.mark.ui(30)
@pytest.mark.django_db
def test_a_page_names_its_language() -> None:
    assert '<html lang="en' in Client().get("/sign-in/").content.decode()
