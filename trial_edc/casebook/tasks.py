"""The platform's work in the background."""

from __future__ import annotations

from celery import shared_task

from trial_edc.casebook import notices
from trial_edc.casebook.standings.settling import settle
from trial_edc.crf.registry import subject_model


@shared_task
def tell_people() -> int:
    """Note what there is to tell, then send the e-mails that wait; return how many notices are new."""
    fresh = notices.look_around()
    notices.send_mails()
    return fresh


@shared_task
def settle_casebooks() -> int:
    """Read the casebooks that changed, so that people who open a list need not wait; return how many they were.

    Lists settle what they show in any case: this makes them quick after an import or a release, never right.
    """
    return settle(subject_model().objects.all())
