"""Roles become rows, teams come in. Everybody keeps the role they had, by its code: owners, and members.

A member could do nearly everything with every record and still can: the role Member stays, beside narrower ones.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

BUILT_IN = {
    "OWNER": "ALL",
    "MANAGER": "ALL",
    "SALES": "OWN",
    "AGENT": "ALL",
    "MARKETER": "ALL",
    "ANALYST": "ALL",
    "FINANCE": "ALL",
    "MEMBER": "ALL",
}
SEED = [
    ("INSERT INTO accounts_role (code, name, built_in, sees, verbs) VALUES (%s, '', true, %s, '{}')", [code, sees])
    for code, sees in BUILT_IN.items()
]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_erasable"),
    ]

    operations = [
        migrations.CreateModel(
            name="Role",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False)),
                (
                    "name",
                    models.CharField(blank=True, default="", help_text="Empty for a built-in role.", max_length=60),
                ),
                ("built_in", models.BooleanField(default=False)),
                (
                    "sees",
                    models.CharField(
                        choices=[
                            ("OWN", "Their own customers"),
                            ("TEAM", "Their team's customers"),
                            ("ALL", "All customers"),
                        ],
                        default="OWN",
                        max_length=4,
                    ),
                ),
                (
                    "verbs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        blank=True,
                        default=list,
                        help_text="Of a role people made.",
                        size=None,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        condition=models.Q(("name", ""), _negated=True),
                        name="accounts_role_name_folded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("built_in", True), ("name", "")),
                            models.Q(("built_in", False), models.Q(("name", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="accounts_role_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code", "OWNER"), _negated=True), ("sees", "ALL"), _connector="OR"
                        ),
                        name="accounts_role_owner_sees_all",
                    ),
                ],
            },
        ),
        migrations.RunSQL(SEED, "DELETE FROM accounts_role"),
        migrations.AlterField(
            model_name="user",
            name="role",
            field=models.ForeignKey(
                db_column="role",
                db_index=False,
                default="MEMBER",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="people",
                to="accounts.role",
            ),
        ),
        migrations.AlterField(
            model_name="invitation",
            name="role",
            field=models.ForeignKey(
                db_column="role",
                db_index=False,
                default="MEMBER",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.role",
            ),
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("members", models.ManyToManyField(related_name="teams", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"), name="accounts_team_name_folded"
                    )
                ],
            },
        ),
    ]
