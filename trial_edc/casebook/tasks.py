"""The platform's work in the background."""

from __future__ import annotations

from celery import shared_task

from trial_edc.casebook import notices


@shared_task
def tell_people() -> int:
    """Note what there is to tell, then send the e-mails that wait; return how many notices are new."""
    fresh = notices.look_around()
    notices.send_mails()
    return fresh
