"""Put the tables of this application under the audit trail."""

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("review", "0001_initial"), ("audit", "0002_trail")]

    operations = [
        audit_table("review_missingreason", "review.missingreason", subject="subject_id", root="id", ignored=""),
        audit_table("review_query", "review.query", subject="subject_id", root="id", ignored=""),
        audit_table("review_querymessage", "review.querymessage", subject="subject_id", root="id", ignored=""),
        audit_table("review_ruleresult", "review.ruleresult", subject="subject_id", root="root", ignored=""),
        audit_table("review_softconfirmation", "review.softconfirmation", subject="subject_id", root="id", ignored=""),
        audit_table("review_sourceverification", "review.sourceverification", subject="subject_id", root="id", ignored="record,root_record,field,verified_at,verified_by_id"),
    ]
