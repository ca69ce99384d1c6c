"""A query knows its form, who has to act next, the rule that raised it, and how often it came back."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from trial_edc.accounts.models import SYSTEM_USER_ID

#: The trail wants a name for the values that queries of earlier versions are given; until now every query sat on an
#: item of a form itself, and an answered one goes back to whoever asked.
FILL = f"""
SELECT set_config('edc.user_id', '{SYSTEM_USER_ID}', true), set_config('edc.user_name', 'System', true),
    set_config('edc.reason', 'values for new columns', true), set_config('edc.source', 'migration', true);
UPDATE review_query q SET root_record = record,
    assigned_to_id = CASE WHEN state = 'answered' THEN opened_by_id END,
    assigned_role = CASE WHEN state = 'answered' THEN '' ELSE assigned_role END,
    reopened = (SELECT greatest(count(*) - 1, 0) FROM review_querymessage m
                WHERE m.query_id = q.id AND m.new_state = 'open');
SELECT set_config('edc.user_id', '', true), set_config('edc.user_name', '', true),
    set_config('edc.reason', '', true), set_config('edc.source', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0004_signature_entity"),
        ("enrollment", "0002_trail"),
        ("review", "0004_closures_trail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("query", "assigned_role", models.CharField(blank=True, default="coordinator", max_length=20)),
        migrations.AddField(
            "query", "assigned_to",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField("query", "reopened", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("query", "rule", models.CharField(blank=True, max_length=60)),
        migrations.AddField("query", "root_record", models.UUIDField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField("query", "root_record", models.UUIDField()),
        migrations.AlterField(
            "query", "origin",
            models.CharField(
                choices=[("person", "Person"), ("check", "Edit check"), ("rule", "Rule")], default="person", max_length=8
            ),
        ),
        migrations.AddIndex("query", models.Index(fields=["root_record"], name="queries_of_form")),
        migrations.AddIndex(
            "sourceverification", models.Index(fields=["record", "field"], name="verifications_of_item")
        ),
        migrations.AddConstraint(
            "query",
            models.UniqueConstraint(
                fields=["record", "field", "rule"],
                condition=models.Q(("state__in", ("open", "answered")), models.Q(("rule", ""), _negated=True)),
                name="one_unresolved_query_per_rule",
            ),
        ),
    ]
