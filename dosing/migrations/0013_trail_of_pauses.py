"""Put the answers to pauses under the audit trail."""

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("dosing", "0012_pause_resolution"), ("audit", "0002_trail")]

    operations = [
        audit_table("dosing_pauseresolution", "dosing.pauseresolution", root="id"),
    ]
