"""Icons from the product's own sprite."""

from __future__ import annotations

from functools import cache

from django.templatetags.static import static
from django.utils.html import escape
from django.utils.safestring import SafeString


@cache
def _sprite_address() -> str:
    """Address of the sprite, looked up once: manifest storage costs microseconds and a page shows hundreds of icons."""
    return static("icons.svg")


@cache
def _decorative(name: str, classes: str) -> SafeString:
    css = f"i {classes}".rstrip()
    return SafeString(
        f'<svg class="{css}" aria-hidden="true" focusable="false"><use href="{_sprite_address()}#{name}"/></svg>'
    )


def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """SVG of sprite symbol ``name``; silent to screen readers unless ``label`` says what it means."""
    if not label:
        return _decorative(name, classes)
    css = f"i {classes}".rstrip()
    return SafeString(
        f'<svg class="{css}" role="img" aria-label="{escape(label)}" focusable="false">'
        f'<use href="{_sprite_address()}#{name}"/></svg>'
    )
