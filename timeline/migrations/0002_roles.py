"""Makes the groups reader, editor, reviewer and administrator with their permissions.

What they may do is written out here as it was when this was made; timeline/roles.py may change later.
"""

from django.db import migrations

THINGS = ["actor", "contract", "event", "eventkind", "place", "role", "source", "tag", "timeline"]
LINES = [
    "affiliation", "alias", "checknote", "citation", "contractitem", "contractparty", "distinction", "eventrelation",
    "identifier", "milestone", "participation", "paymentterm", "timelineentry",
]
RECORDS = ["merge"]
READ = ["view"]
EDIT = ["view", "add", "change"]
ALL = ["view", "add", "change", "delete"]
ROLES = {
    "reader": [("timeline", THINGS, READ), ("timeline", LINES, READ), ("timeline", RECORDS, READ)],
    "editor": [("timeline", THINGS, EDIT), ("timeline", LINES, ALL), ("timeline", RECORDS, READ)],
    "reviewer": [
        ("timeline", THINGS, ALL),
        ("timeline", LINES, ALL),
        ("timeline", RECORDS, READ),
        ("timeline", ["contract", "event"], ["publish"]),
    ],
    "administrator": [
        ("timeline", THINGS, ALL),
        ("timeline", LINES, ALL),
        ("timeline", RECORDS, READ),
        ("timeline", ["contract", "event"], ["publish"]),
        ("timeline", ["erasure"], ["view", "add"]),
        ("timeline", ["user"], ALL),
        ("timeline", ["token"], ["view", "add", "delete"]),
        ("auth", ["group"], ALL),
    ],
}


def make_roles(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    for role, rights in ROLES.items():
        group, _ = groups.get_or_create(name=role)
        for app, nouns, actions in rights:
            for noun in nouns:
                group.permissions.add(*permissions(apps, schema_editor, app, noun, actions))


def permissions(apps, schema_editor, app, noun, actions):
    """Django makes permissions after all migrations, and then leaves those that are there."""
    alias = schema_editor.connection.alias
    content_types = apps.get_model("contenttypes", "ContentType").objects.using(alias)
    content_type, _ = content_types.get_or_create(app_label=app, model=noun)
    name = apps.get_model(app, noun)._meta.verbose_name_raw
    for action in actions:
        permission, _ = apps.get_model("auth", "Permission").objects.using(alias).get_or_create(
            content_type=content_type,
            codename=f"{action}_{noun}",
            defaults={"name": f"Can {action} {name}"},
        )
        yield permission


class Migration(migrations.Migration):

    dependencies = [
        ("timeline", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    # Backwards the groups stay: people are in them.
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
