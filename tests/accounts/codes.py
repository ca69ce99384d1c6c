"""An authenticator in a test's hand: a device that is set up, and the codes it would show."""

from __future__ import annotations

import time

from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.people import PASSWORD
from trial_edc.accounts.authenticator import begin_device, confirm_device, device_of, unconfirmed_device
from trial_edc.accounts.models import User

STEP = 30


def code_of(device: TOTPDevice, steps: int = 0) -> str:
    """Return the code the device shows now, or `steps` of 30 seconds later."""
    return f"{totp(device.bin_key, t0=-steps * STEP + device.t0):06d}"


def wrong_code_of(device: TOTPDevice) -> str:
    """Return six digits that the device does not show at any moment it accepts."""
    near = {code_of(device, steps) for steps in (-2, -1, 0, 1, 2)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555") if code not in near)


def set_up(user: User) -> list[str]:
    """Give a person an authenticator, set up a while ago: its next code is fresh. Return the recovery codes."""
    begin_device(user)
    waiting = unconfirmed_device(user)
    assert waiting is not None
    codes = confirm_device(user, code_of(waiting))
    TOTPDevice.objects.filter(user_id=user.pk).update(last_t=int(time.time()) // STEP - 10)
    return codes


def fresh_code(user: User) -> str:
    """Return a code that was not used yet, as if time had passed since the last one."""
    TOTPDevice.objects.filter(user_id=user.pk).update(last_t=int(time.time()) // STEP - 10)
    device = device_of(user)
    assert device is not None
    return code_of(device)


def wrong_code(user: User) -> str:
    """Return a code that the person's device does not show."""
    device = device_of(user)
    assert device is not None
    return wrong_code_of(device)


def with_password(client: Client, user: User) -> str:
    """Take the first step of signing in; return where it leads to."""
    answer = client.post("/sign-in/", {"username": user.username, "password": PASSWORD})
    assert answer.status_code == 302
    return answer["Location"]


def is_signed_in(client: Client) -> bool:
    """Test whether the browser is somebody's."""
    return client.post("/session/keep-alive/").status_code == 200
