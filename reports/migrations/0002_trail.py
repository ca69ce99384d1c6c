"""Put the documents under the audit trail; their bytes are covered by the checksum beside them."""

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("audit", "0002_trail")]

    operations = [
        audit_table("reports_reportfile", "reports.reportfile", subject="", root="id", ignored="content"),
    ]
