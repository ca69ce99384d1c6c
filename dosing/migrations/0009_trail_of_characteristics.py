"""Put the operating characteristics kept with the minutes under the audit trail."""

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("dosing", "0008_storedcharacteristics"), ("audit", "0002_trail")]

    operations = [
        audit_table("dosing_storedcharacteristics", "dosing.storedcharacteristics", root="decision_id"),
    ]
