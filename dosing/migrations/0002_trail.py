"""Put the tables of this application under the audit trail."""

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("dosing", "0001_initial"), ("audit", "0002_trail")]

    operations = [
        audit_table("dosing_dltassessment", "DLT", subject="subject_id", root="id", ignored="version"),
        audit_table("dosing_infusion", "INF", subject="subject_id", root="id", ignored="version"),
        audit_table("dosing_lymphodepletion", "LD", subject="subject_id", root="id", ignored="version"),
    ]
