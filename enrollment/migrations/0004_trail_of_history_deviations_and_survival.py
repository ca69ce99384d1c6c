"""Put the tables of history, deviations and survival under the audit trail."""

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0003_history_deviations_and_survival"), ("audit", "0002_trail")]

    operations = [
        audit_table("enrollment_medicalhistory", "MH", subject="subject_id", root="id", ignored="version"),
        audit_table("enrollment_priortherapy", "PT", subject="subject_id", root="id", ignored="version"),
        audit_table("enrollment_protocoldeviation", "DV", subject="subject_id", root="id", ignored="version"),
        audit_table("enrollment_survivalstatus", "SURV", subject="subject_id", root="id", ignored="version"),
        audit_table("enrollment_subsequenttherapy", "SURVT", subject="subject_id", root="record_id", ignored=""),
    ]
