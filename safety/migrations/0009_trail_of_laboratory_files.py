"""Put the laboratory files under the audit trail; their bytes stand in it by their checksum alone."""

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("safety", "0008_laboratory_files"), ("audit", "0002_trail")]

    operations = [
        audit_table("safety_laboratoryimport", "safety.laboratoryimport", subject="", root="id", ignored="content"),
    ]
