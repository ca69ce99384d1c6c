"""Put the tables of this application under the audit trail."""

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("casebook", "0001_initial"), ("audit", "0002_trail")]

    operations = [
        audit_table("casebook_subjectvisit", "casebook.subjectvisit", subject="subject_id", root="id", ignored=""),
    ]
