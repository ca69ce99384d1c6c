"""Reviews of the list of users are in the trail."""

from __future__ import annotations

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("audit", "0007_trainings_trail"), ("accounts", "0005_user_review")]

    operations = [audit_table("accounts_userreview", "accounts.userreview", subject="", root="id", ignored="")]
