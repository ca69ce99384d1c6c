"""Put the tables of examinations and laboratory under the audit trail."""

from django.db import migrations

from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("safety", "0004_examinations_and_laboratory"), ("audit", "0002_trail")]

    operations = [
        audit_table("safety_chemistry", "CHEM", subject="subject_id", root="id", ignored="version"),
        audit_table("safety_chemistryresult", "CHEMR", subject="subject_id", root="record_id", ignored=""),
        audit_table("safety_coagulation", "COAG", subject="subject_id", root="id", ignored="version"),
        audit_table("safety_coagulationresult", "COAGR", subject="subject_id", root="record_id", ignored=""),
        audit_table("safety_echocardiogram", "ECHO", subject="subject_id", root="id", ignored="version"),
        audit_table("safety_electrocardiogram", "ECG", subject="subject_id", root="id", ignored="version"),
        audit_table("safety_haematology", "HEM", subject="subject_id", root="id", ignored="version"),
        audit_table("safety_haematologyresult", "HEMR", subject="subject_id", root="record_id", ignored=""),
        audit_table("safety_immunology", "IMM", subject="subject_id", root="id", ignored="version"),
        audit_table("safety_immunologyresult", "IMMR", subject="subject_id", root="record_id", ignored=""),
        audit_table("safety_infectionserology", "SER", subject="subject_id", root="id", ignored="version"),
        audit_table("safety_normalrange", "safety.normalrange", subject="", root="id", ignored=""),
        audit_table("safety_physicalexamination", "PE", subject="subject_id", root="id", ignored="version"),
        audit_table("safety_pregnancytest", "PREG", subject="subject_id", root="id", ignored="version"),
        audit_table("safety_systemfinding", "PES", subject="subject_id", root="record_id", ignored=""),
    ]
