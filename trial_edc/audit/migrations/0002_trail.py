"""The function that writes the trail, and the guards around the trail itself."""

from django.db import migrations

from trial_edc.audit import triggers
from trial_edc.audit.operations import audit_table


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(triggers.DIGEST_FUNCTION, "DROP FUNCTION audit_digest"),
        migrations.RunSQL(triggers.AUDIT_FUNCTION, "DROP FUNCTION audit_item_change"),
        migrations.RunSQL(triggers.REFUSE_FUNCTION, "DROP FUNCTION audit_refuse"),
        migrations.RunSQL(triggers.APPEND_ONLY.format(table="audit_itemchange"), migrations.RunSQL.noop),
        migrations.RunSQL(triggers.APPEND_ONLY.format(table="audit_accessevent"), migrations.RunSQL.noop),
        migrations.RunSQL(triggers.APPEND_ONLY.format(table="audit_signature"), migrations.RunSQL.noop),
        audit_table("audit_signature", "audit.signature", subject="subject_key", root="root", ignored=""),
    ]
