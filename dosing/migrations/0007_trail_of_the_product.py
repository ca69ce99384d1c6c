"""Put leukapheresis, product milestones, release certificates and bags under the audit trail."""

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("dosing", "0006_product_chain"), ("audit", "0002_trail")]

    operations = [
        audit_table("dosing_infusionbag", "INFBAG", subject="subject_id", root="record_id", ignored=""),
        audit_table("dosing_leukapheresis", "APH", subject="subject_id", root="id", ignored="version"),
        audit_table("dosing_productmilestone", "PROD", subject="subject_id", root="id", ignored="version"),
        audit_table("dosing_releasecertificate", "REL", subject="subject_id", root="id", ignored="version"),
    ]
