from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0006_serious_listing'),
    ]

    operations = [
        migrations.AlterField(
            model_name='job',
            name='kind',
            field=models.CharField(choices=[('safety', 'Cumulative safety report'), ('serious', 'Listing of serious adverse events'), ('efficacy', 'Efficacy report'), ('kinetics', 'Report of CAR-T cells and cytokines'), ('casebook', 'Casebook of a subject'), ('cohorts', 'DLT and cohort report'), ('metrics', 'Query and source verification report'), ('src-pack', 'Meeting pack of the safety review committee'), ('trail', 'Audit trail as CSV')], max_length=12),
        ),
    ]
