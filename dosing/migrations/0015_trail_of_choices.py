"""Put explicit choices and kept places under the audit trail."""

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("dosing", "0014_explicit_choices"), ("audit", "0002_trail")]

    operations = [
        audit_table("dosing_explicitchoice", "dosing.explicitchoice", subject="subject_id", root="id"),
        audit_table("dosing_reservation", "dosing.reservation", subject="subject_id", root="id"),
    ]
