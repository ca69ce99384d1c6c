"""The work on laboratory files as jobs; what a person sees of a file to name its columns."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('safety', '0009_trail_of_laboratory_files'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveField(
            model_name='laboratoryimport',
            name='failure_reason',
        ),
        migrations.AddField(
            model_name='laboratoryimport',
            name='head',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='laboratoryimport',
            name='size',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='laboratoryimport',
            name='state',
            field=models.CharField(choices=[('checked', 'Not taken in'), ('done', 'Taken in')], default='checked', max_length=8),
        ),
        migrations.CreateModel(
            name='LaboratoryJob',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('parameters', models.JSONField(default=dict)),
                ('stage_counts', models.JSONField(default=dict)),
                ('progress', models.PositiveSmallIntegerField(default=0)),
                ('attempt', models.PositiveSmallIntegerField(default=1)),
                ('failure_reason', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('queued_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('heartbeat_at', models.DateTimeField(blank=True, null=True)),
                ('kind', models.CharField(choices=[('check', 'Check of the file'), ('take', 'Saving of the samples')], max_length=5)),
                ('state', models.CharField(choices=[('QUEUED', 'Waiting'), ('RUNNING', 'At work'), ('DONE', 'Done'), ('FAILED', 'Failed'), ('CANCELLED', 'Cancelled')], default='QUEUED', max_length=10)),
                ('stage', models.CharField(blank=True, choices=[('read', 'Rows read'), ('check', 'Rows checked'), ('compare', 'Samples compared'), ('save', 'Forms saved')], max_length=10)),
                ('found', models.JSONField(default=dict)),
                ('faults', models.JSONField(default=list)),
                ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to='safety.laboratoryimport')),
            ],
            options={
                'ordering': ['-created_at'],
                'indexes': [models.Index(fields=['state', 'heartbeat_at'], name='laboratory_jobs_by_state')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('QUEUED', 'RUNNING'))), fields=('upload',), name='one_job_at_a_time_for_a_file'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'FAILED'), _negated=True), models.Q(('failure_reason', ''), _negated=True), _connector='OR'), name='a_failed_laboratory_job_says_why')],
            },
        ),
    ]
