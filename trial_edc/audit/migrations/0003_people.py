"""Put people and their rights under the trail, and create the account that tasks write under."""

from django.db import migrations

from trial_edc.audit.operations import audit_table

SYSTEM = "00000000-0000-4000-8000-000000000001"
CREATE_SYSTEM = f"""
SELECT set_config('edc.user_id', '{SYSTEM}', true), set_config('edc.user_name', 'System', true),
    set_config('edc.reason', 'set-up', true), set_config('edc.source', 'migration', true);
INSERT INTO accounts_user (id, username, full_name, password, is_active)
VALUES ('{SYSTEM}', 'system', 'System', '!', false);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_trail"), ("accounts", "0001_initial")]

    operations = [
        audit_table("accounts_delegation", "accounts.delegation", subject="", root="id", ignored=""),
        audit_table("accounts_membership", "accounts.membership", subject="", root="id", ignored=""),
        audit_table("accounts_site", "accounts.site", subject="", root="id", ignored=""),
        audit_table("accounts_user", "accounts.user", subject="", root="id", ignored="password,last_login"),
        migrations.RunSQL(CREATE_SYSTEM, migrations.RunSQL.noop),
    ]
