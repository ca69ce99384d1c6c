"""Closures and requests to unlock are in the trail."""

from __future__ import annotations

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("review", "0003_closures"), ("audit", "0002_trail")]

    operations = [
        audit_table("review_closure", "review.closure", subject="subject_id", root="id", ignored=""),
        audit_table("review_unlockrequest", "review.unlockrequest", subject="subject_id", root="id", ignored=""),
    ]
