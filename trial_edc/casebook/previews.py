"""What a person was shown before many things happen at once: exactly that is done, or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.utils.translation import gettext as _

from trial_edc.errors import DomainError


def seen(parts: Iterable[str]) -> str:
    """Return the mark of a preview: how many things it lists, and which in which version.

    >>> seen(["b", "a"]) == seen(["a", "b"]), seen(["a"]).split(":")[0]
    (True, '1')
    """
    ordered = sorted(parts)
    return f"{len(ordered)}:{hashlib.sha256(chr(10).join(ordered).encode()).hexdigest()[:32]}"


def refuse_changed(shown: str, now: str) -> None:
    """Raise DomainError unless what is there now is exactly what was shown."""
    if shown == now:
        return
    before, after = shown.partition(":")[0], now.partition(":")[0]
    if before == after or not before.isdecimal():
        raise DomainError(_("The data have changed since this list was made. Nothing was done; look at it again."))
    raise DomainError(
        _("The list showed %(before)s, and now there are %(after)s. Nothing was done; look at it again.")
        % {"before": before, "after": after}
    )
