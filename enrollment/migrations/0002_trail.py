"""Put the tables of this application under the audit trail."""

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0001_initial"), ("audit", "0002_trail")]

    operations = [
        audit_table("enrollment_cd70result", "CD70", subject="subject_id", root="id", ignored="version"),
        audit_table("enrollment_consent", "IC", subject="subject_id", root="id", ignored="version"),
        audit_table("enrollment_demographics", "DM", subject="subject_id", root="id", ignored="version"),
        audit_table("enrollment_disposition", "EOS", subject="subject_id", root="id", ignored="version"),
        audit_table("enrollment_eligibility", "IE", subject="subject_id", root="id", ignored="version"),
        audit_table("enrollment_subject", "enrollment.subject", subject="id", root="id", ignored=""),
    ]
