"""The key in the address that answers are posted to has 43 signs; PostgreSQL held only 40."""

import secrets

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0016_shared_counts")]

    operations = [
        migrations.AlterField(
            model_name="textgateway",
            name="key",
            field=models.CharField(default=secrets.token_urlsafe, max_length=64, unique=True),
        ),
    ]
