"""Put slots, adjudications and decision records under the audit trail."""

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("dosing", "0003_slots_and_decisions"), ("audit", "0002_trail")]

    operations = [
        audit_table("dosing_dltadjudication", "dosing.dltadjudication", subject="subject_id", root="id"),
        audit_table("dosing_dosedecision", "dosing.dosedecision", root="id"),
        audit_table("dosing_slot", "dosing.slot", subject="subject_id", root="id"),
    ]
