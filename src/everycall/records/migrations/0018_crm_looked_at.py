"""When a CRM was asked last: it is asked once a minute, whatever becomes of the job that asks.

Currencies of one's own have longer names than three letters.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0017_longer_keys")]

    operations = [
        migrations.AddField(
            model_name="crmaccount",
            name="looked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="wondeal",
            name="currency",
            field=models.CharField(blank=True, max_length=12),
        ),
    ]
