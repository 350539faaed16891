"""An alert over a number that somebody closed does not open again before it was over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0019_answers_by_gateway")]

    operations = [
        migrations.AddField(
            model_name="alert", name="rests", field=models.BooleanField(default=False)
        ),
    ]
