from typing import Any

import django.db.models.functions.text
from django.db import migrations, models

RIGHTS = {
    "Author": ("view",),
    "Reviewer": ("view",),
    "Editor": ("view", "add", "change", "delete"),
}


def give_rights(apps: Any, schema_editor: Any) -> None:
    """To the groups of a site that has them; a new site gets them with these rights."""
    using = schema_editor.connection.alias
    Group = apps.get_model("auth", "Group")
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    for group in Group.objects.using(using).filter(name__in=RIGHTS):
        model, _ = ContentType.objects.using(using).get_or_create(
            app_label="conditions", model="alias"
        )
        for verb in RIGHTS[group.name]:
            permission, _ = Permission.objects.using(using).get_or_create(
                content_type=model,
                codename=f"{verb}_alias",
                defaults={"name": f"Can {verb} alias"},
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("conditions", "0004_search"),
    ]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="condition_id",
            field=models.PositiveBigIntegerField(
                db_index=True, help_text="Empty where no condition is meant", null=True
            ),
        ),
        migrations.RemoveConstraint(model_name="alias", name="alias_once_a_code"),
        migrations.AddConstraint(
            model_name="alias",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"),
                models.F("code"),
                name="alias_once_a_code",
                violation_error_message="This code has this name already.",
            ),
        ),
        migrations.RunPython(give_rights, migrations.RunPython.noop),
    ]
