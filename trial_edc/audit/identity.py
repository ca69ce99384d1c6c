"""Who signs: every component at the first signature of a session, later the password alone (21 CFR 11.200)."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from trial_edc.accounts.authenticator import code_matches, device_of, is_recovery_code, wrong_code
from trial_edc.accounts.models import User
from trial_edc.accounts.sessions import SIGNING_CONFIRMED
from trial_edc.audit.signatures import confirm_password, note


@dataclass(frozen=True)
class Second:
    """What a signer gave beside the password, and the session it was given in.

    Without a session every signature counts as the first.
    """

    code: str = ""
    session: MutableMapping[str, Any] | None = None


PASSWORD_ALONE = Second()


def needs_code(user: User, session: MutableMapping[str, Any] | None) -> bool:
    """Test whether the next signature takes a code: the person has an authenticator and gave no code yet to sign."""
    if device_of(user) is None:
        return False
    return session is None or session.get(SIGNING_CONFIRMED) != str(user.pk)


def confirm_identity(user: User, password: str, second: Second = PASSWORD_ALONE) -> None:
    """Raise WrongPassword or WrongCode, after noting the attempt, unless the signer is who they say."""
    confirm_password(user, password)
    if not needs_code(user, second.session):
        return
    if not code_matches(user, second.code):
        note(user, "signature refused", "wrong code")
        raise wrong_code()
    if is_recovery_code(second.code):
        note(user, "recovery code used", "to sign")
    if second.session is not None:
        second.session[SIGNING_CONFIRMED] = str(user.pk)
