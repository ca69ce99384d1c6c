"""Put the tables of this application under the audit trail."""

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("safety", "0001_initial"), ("audit", "0002_trail")]

    operations = [
        audit_table("safety_adverseevent", "AE", subject="subject_id", root="id", ignored="version"),
        audit_table("safety_crsassessment", "CRS", subject="subject_id", root="id", ignored="version"),
        audit_table("safety_death", "DTH", subject="subject_id", root="id", ignored="version"),
        audit_table("safety_gradechange", "AEG", subject="subject_id", root="record_id", ignored=""),
        audit_table("safety_icansassessment", "ICANS", subject="subject_id", root="id", ignored="version"),
        audit_table("safety_vitalsigns", "VS", subject="subject_id", root="id", ignored="version"),
    ]
