"""Put the choices of the recommended phase 2 dose under the audit trail."""

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("dosing", "0010_rp2d_decision"), ("audit", "0002_trail")]

    operations = [
        audit_table("dosing_rp2ddecision", "dosing.rp2ddecision", root="id"),
    ]
