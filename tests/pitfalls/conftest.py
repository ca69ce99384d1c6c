"""The same subjects and browsers as in the tests of pages."""

from __future__ import annotations

from tests.casebook.conftest import elsewhere, infused, signed_in

__all__ = ["elsewhere", "infused", "signed_in"]
