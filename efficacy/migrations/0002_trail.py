"""Put the tables of this application under the audit trail."""

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("efficacy", "0001_forms_of_response_and_kinetics"), ("audit", "0002_trail")]

    operations = [
        audit_table("efficacy_blooddetermination", "PKBR", subject="subject_id", root="record_id", ignored=""),
        audit_table("efficacy_bloodkinetics", "PKB", subject="subject_id", root="id", ignored="version"),
        audit_table("efficacy_cytokineresult", "CYTR", subject="subject_id", root="record_id", ignored=""),
        audit_table("efficacy_cytokines", "CYT", subject="subject_id", root="id", ignored="version"),
        audit_table("efficacy_newlesion", "NLN", subject="subject_id", root="record_id", ignored=""),
        audit_table("efficacy_newlesionfinding", "NLS", subject="subject_id", root="record_id", ignored=""),
        audit_table("efficacy_newlesions", "NL", subject="subject_id", root="id", ignored="version"),
        audit_table("efficacy_nontargetfinding", "NTLS", subject="subject_id", root="record_id", ignored=""),
        audit_table("efficacy_nontargetlesion", "NTLB", subject="subject_id", root="record_id", ignored=""),
        audit_table("efficacy_nontargetlesions", "NTL", subject="subject_id", root="id", ignored="version"),
        audit_table("efficacy_responseassessment", "RESP", subject="subject_id", root="id", ignored="version"),
        audit_table("efficacy_targetlesion", "TLB", subject="subject_id", root="record_id", ignored=""),
        audit_table("efficacy_targetlesions", "TL", subject="subject_id", root="id", ignored="version"),
        audit_table("efficacy_targetmeasurement", "TLM", subject="subject_id", root="record_id", ignored=""),
        audit_table("efficacy_tumourdetermination", "PKTR", subject="subject_id", root="record_id", ignored=""),
        audit_table("efficacy_tumourkinetics", "PKT", subject="subject_id", root="id", ignored="version"),
    ]
