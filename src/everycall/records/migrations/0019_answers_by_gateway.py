"""An answer is known by its gateway and its id there: two gateways may count alike."""

import django.db.models.deletion
from django.db import migrations, models

ANSWERS = models.Q(kind="answer") & ~models.Q(remote="")


class Migration(migrations.Migration):
    dependencies = [("records", "0018_crm_looked_at")]

    operations = [
        migrations.AddField(
            model_name="text",
            name="gateway",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to="records.textgateway",
            ),
        ),
        migrations.RemoveConstraint(model_name="text", name="one_row_per_answer"),
        migrations.AddConstraint(
            model_name="text",
            constraint=models.UniqueConstraint(
                fields=["gateway", "remote"], condition=ANSWERS, name="one_row_per_answer"
            ),
        ),
    ]
