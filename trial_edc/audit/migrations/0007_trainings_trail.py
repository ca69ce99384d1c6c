"""Trainings are in the trail: they decide who may enter data."""

from __future__ import annotations

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_trail_review_trail"), ("accounts", "0004_training")]

    operations = [audit_table("accounts_training", "accounts.training", subject="", root="id", ignored="")]
