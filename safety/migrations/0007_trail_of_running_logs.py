"""Put the tables of the running logs under the audit trail."""

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("safety", "0006_running_logs"), ("audit", "0002_trail")]

    operations = [
        audit_table("safety_seriouseventreport", "SAE", subject="subject_id", root="id", ignored="version"),
        audit_table("safety_medication", "CM", subject="subject_id", root="id", ignored="version"),
        audit_table("safety_transfusion", "TX", subject="subject_id", root="id", ignored="version"),
        audit_table("safety_hospitalstay", "HOSP", subject="subject_id", root="id", ignored="version"),
        audit_table("safety_intensivecare", "HOSPI", subject="subject_id", root="record_id", ignored=""),
    ]
