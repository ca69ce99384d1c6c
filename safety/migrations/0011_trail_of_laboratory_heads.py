"""The first rows of a laboratory file stand in the trail no more than its bytes do."""

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("safety", "0010_laboratory_jobs"), ("audit", "0002_trail")]

    operations = [
        audit_table("safety_laboratoryimport", "safety.laboratoryimport", subject="", root="id", ignored="content,head"),
    ]
