"""Reviews of the trail are in the trail."""

from __future__ import annotations

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_trail_review")]

    operations = [audit_table("audit_trailreview", "audit.trailreview", subject="", root="id", ignored="")]
