"""The second component of a sign-in: the code of an authenticator application, or a recovery code.

Codes follow RFC 6238 (time-based one-time passwords, 6 digits, 30 seconds). A code works once; after each wrong one
the device waits longer before it looks at another.
"""

from __future__ import annotations

from base64 import b32encode, b64encode
from uuid import UUID

import qrcode
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django_otp import verify_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathImage

from trial_edc.accounts.models import User
from trial_edc.errors import DomainError

RECOVERY_CODES = 10
DIGITS = 6


class WrongCode(DomainError):
    """The code did not match, was used before, or came too soon after a wrong one."""


def device_of(user: User) -> TOTPDevice | None:
    """Return the authenticator a person has set up, if any."""
    found: TOTPDevice | None = TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).first()
    return found


def people_with_device() -> set[UUID]:
    """Return who has set up an authenticator."""
    return set(TOTPDevice.objects.filter(confirmed=True).values_list("user_id", flat=True))


def unconfirmed_device(user: User) -> TOTPDevice | None:
    """Return the authenticator that a person has begun to set up and not confirmed yet."""
    found: TOTPDevice | None = TOTPDevice.objects.filter(user_id=user.pk, confirmed=False).first()
    return found


@transaction.atomic
def begin_device(user: User) -> TOTPDevice:
    """Make a fresh key to be set up; one begun earlier is forgotten. Refused where an authenticator is set up."""
    User.objects.select_for_update().get(pk=user.pk)
    if device_of(user) is not None:
        raise DomainError(_("An authenticator is set up already. Take it off first."))
    TOTPDevice.objects.filter(user_id=user.pk, confirmed=False).delete()
    made: TOTPDevice = TOTPDevice.objects.create(user_id=user.pk, name="authenticator", confirmed=False)
    return made


def confirm_device(user: User, code: str) -> list[str]:
    """Set the authenticator up with its first code and return the recovery codes, in clear only now."""
    device = unconfirmed_device(user)
    if device is None:
        raise DomainError(_("Begin to set up an authenticator first."))
    if verify_token(user, device.persistent_id, _plain(code)) is None:
        raise wrong_code()
    codes = [StaticToken.random_token() for _number in range(RECOVERY_CODES)]
    with transaction.atomic():
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        StaticDevice.objects.filter(user_id=user.pk).delete()
        recovery = StaticDevice.objects.create(user_id=user.pk, name="recovery codes")
        StaticToken.objects.bulk_create(StaticToken(device=recovery, token=_fingerprint(each)) for each in codes)
    return codes


@transaction.atomic
def remove_device(user: User) -> bool:
    """Forget the authenticator and its recovery codes; return whether there was one."""
    StaticDevice.objects.filter(user_id=user.pk).delete()
    removed, _kinds = TOTPDevice.objects.filter(user_id=user.pk).delete()
    return bool(removed)


def recovery_codes_left(user: User) -> int:
    """Return how many recovery codes were not used yet."""
    return int(StaticToken.objects.filter(device__user_id=user.pk).count())


def is_recovery_code(code: str) -> bool:
    """Test whether what was typed can only be a recovery code: codes of the application are six digits."""
    plain = _plain(code)
    return not (plain.isdecimal() and len(plain) == DIGITS)


def code_matches(user: User, code: str) -> bool:
    """Test a code of the authenticator or a recovery code, and use it up. The outcome is kept whatever follows."""
    plain, device = _plain(code), device_of(user)
    if device is None or not plain:
        return False
    if not is_recovery_code(plain):
        return verify_token(user, device.persistent_id, plain) is not None
    recovery = StaticDevice.objects.filter(user_id=user.pk).first()
    return recovery is not None and verify_token(user, recovery.persistent_id, _fingerprint(plain)) is not None


def wrong_code() -> WrongCode:
    """Return the refusal of a code, in words that help whoever mistyped it."""
    sentence = _("The code is not right. Each code works once: wait for the next one, then type it.")
    return WrongCode(sentence, field="code")


def key_text(device: TOTPDevice) -> str:
    """Return the key in groups of four letters, for whoever cannot scan the picture."""
    letters = b32encode(device.bin_key).decode()
    return " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def key_picture(device: TOTPDevice) -> str:
    """Return the picture an authenticator application scans, as a data address of an SVG image."""
    drawn = qrcode.make(device.config_url, image_factory=SvgPathImage)
    return "data:image/svg+xml;base64," + b64encode(drawn.to_string()).decode()


def _plain(code: str) -> str:
    return "".join(letter for letter in code.casefold() if letter.isalnum())[:20]


def _fingerprint(code: str) -> str:
    """What the database keeps of a recovery code: who reads the table cannot sign in with it."""
    return salted_hmac("recovery code", code).hexdigest()[:16]
