"""What people do about their own account, and what an administrator does when a phone is lost. All of it is noted."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from trial_edc.accounts import authenticator
from trial_edc.accounts.access import may
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.accounts.sessions import end_sessions
from trial_edc.audit.context import acting
from trial_edc.audit.signatures import note
from trial_edc.errors import DomainError


def change_password(*, by: User, old: str, new: str) -> None:
    """Replace the person's own password; the caller ends the other sessions. A refusal names its field."""
    _require_password(by, old, "password change refused", field="old_password")
    if old == new:
        raise DomainError(_("This is the password you have. Choose another."), field="new_password")
    try:
        validate_password(new, by)
    except ValidationError as problem:
        raise DomainError(" ".join(problem.messages), field="new_password") from None
    with acting(by):
        by.set_password(new)
        by.must_change_password = False
        by.save(update_fields=["password", "must_change_password"])
    note(by, "password changed")


def end_other_sessions(*, by: User, keep: str | None) -> int:
    """End every session of the person but the one to `keep`; return how many there were."""
    ended = end_sessions(by, keep=keep)
    note(by, "other sessions ended", str(ended))
    return ended


def begin_authenticator(*, by: User, password: str) -> TOTPDevice:
    """Make a key to be scanned; nothing changes at the sign-in before its first code is entered."""
    _require_password(by, password, "authenticator refused")
    return authenticator.begin_device(by)


def confirm_authenticator(*, by: User, code: str) -> list[str]:
    """Set the authenticator up with its first code; return the recovery codes, which are shown once."""
    try:
        codes = authenticator.confirm_device(by, code)
    except authenticator.WrongCode:
        note(by, "authenticator refused", "wrong code")
        raise
    note(by, "authenticator set up")
    return codes


def may_take_off(user: User) -> bool:
    """Test whether a person may go back to the password alone: whoever manages accounts may not."""
    return not may(user, Permission.MANAGE_USERS)


def take_off_authenticator(*, by: User, password: str, code: str) -> None:
    """Take the person's own authenticator off, with both components."""
    if not may_take_off(by):
        raise DomainError(_("Whoever manages accounts keeps an authenticator; another administrator can remove it."))
    _require_password(by, password, "authenticator removal refused")
    if not authenticator.code_matches(by, code):
        note(by, "authenticator removal refused", "wrong code")
        raise authenticator.wrong_code()
    authenticator.remove_device(by)
    note(by, "authenticator removed", "by the person")


def remove_authenticator(*, by: User, user: User, reason: str) -> None:
    """Remove the authenticator of someone who lost it: another person does it, and open sessions end."""
    if user.pk == by.pk:
        raise DomainError(_("Another administrator removes your authenticator."))
    if not authenticator.remove_device(user):
        raise DomainError(_("%(person)s has no authenticator.") % {"person": user.full_name})
    end_sessions(user)
    note(by, "authenticator removed", f"{user.username}: {reason}")


def _require_password(user: User, password: str, action: str, field: str = "password") -> None:
    if not check_password(password, user.password):
        note(user, action, "wrong password")
        raise DomainError(_("The password is not right."), field=field)
