import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0024_request_reminded"),
        ("sales", "0017_at_volume"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="activity",
            name="kind",
            field=models.CharField(
                choices=[
                    ("TASK", "Task"),
                    ("CALL", "Call"),
                    ("EMAIL", "E-mail"),
                    ("MEETING", "Meeting"),
                    ("VISIT", "Visit"),
                    ("NOTE", "Note"),
                ],
                max_length=7,
            ),
        ),
        migrations.CreateModel(
            name="Sequence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("NEW", "New"),
                            ("WORKING", "In talks"),
                            ("QUALIFIED", "Qualified"),
                            ("UNQUALIFIED", "Not suitable"),
                            ("WON", "Won"),
                        ],
                        default="",
                        help_text="Of a prospect; '': of any open one.",
                        max_length=11,
                    ),
                ),
                (
                    "starts_itself",
                    models.BooleanField(
                        default=False, help_text="When an opportunity enters the stage; else somebody starts it."
                    ),
                ),
                (
                    "working_days",
                    models.BooleanField(
                        default=True,
                        help_text="Days are counted, and fall, on working days of the firm only (`SalesDesk.days`).",
                    ),
                ),
                (
                    "ends_on",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("REACHED", "Talked with them"),
                                ("UNREACHED", "Not reached"),
                                ("WANTS", "They want it"),
                                ("LATER", "Later, ask again"),
                                ("REFUSED", "They do not want it"),
                            ],
                            max_length=9,
                        ),
                        blank=True,
                        default=list,
                        help_text="Outcomes of an activity with the customer that end it: codes of `Activity.Outcome`.",
                        size=None,
                    ),
                ),
                ("archived_at", models.DateTimeField(help_text="Starts no more; what runs goes on.", null=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "pipeline",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sales.pipeline",
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        db_index=False,
                        help_text="Null: of any stage.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sales.stage",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("RUNNING", "Running"), ("PAUSED", "Paused"), ("DONE", "Done"), ("ENDED", "Ended")],
                        default="RUNNING",
                        max_length=7,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("HAND", "ended by hand"),
                            ("ANSWERED", "they answered"),
                            ("WON", "the opportunity was won"),
                            ("LOST", "the opportunity was lost"),
                            ("MOVED", "it stands elsewhere now"),
                            ("REJECTED", "they are not suitable"),
                            ("BOUGHT", "they have bought"),
                            ("UNDONE", "what started it was taken back"),
                            ("NOBODY", "nobody is responsible who sees the customer"),
                            ("ERASED", "the customer's data was erased"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, help_text="The step it stands in, from 1.")),
                ("started_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("updated_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "opportunity",
                    models.ForeignKey(
                        db_index=False,
                        help_text="Null: a prospect.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="sales.opportunity",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        db_index=False,
                        help_text="Null: it started by itself.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sequence",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sales.sequence",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SequenceStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(help_text="From 1.")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("TASK", "Task"),
                            ("CALL", "Call"),
                            ("EMAIL", "E-mail"),
                            ("MEETING", "Meeting"),
                            ("VISIT", "Visit"),
                            ("NOTE", "Note"),
                        ],
                        max_length=7,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("note", models.TextField(blank=True, default="")),
                ("days", models.PositiveSmallIntegerField(default=0)),
                (
                    "counted",
                    models.CharField(
                        choices=[("START", "after the start"), ("BEFORE", "after the step before")],
                        default="BEFORE",
                        max_length=6,
                    ),
                ),
                (
                    "sequence",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="sales.sequence",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FollowStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("skipped_at", models.DateTimeField(null=True)),
                (
                    "activity",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sales.activity"
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="taken",
                        to="sales.followup",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("follow_up", "position"), name="sales_follow_step_position")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="sequence",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"), name="sales_sequence_name_folded"
            ),
        ),
        migrations.AddConstraint(
            model_name="sequence",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="sales_sequence_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="sequence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("pipeline__isnull", False), ("status", "")),
                    models.Q(("pipeline", None), ("stage", None)),
                    _connector="OR",
                ),
                name="sales_sequence_for_one_or_the_other",
            ),
        ),
        migrations.AddConstraint(
            model_name="sequence",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts_itself", False), ("stage__isnull", False), _connector="OR"),
                name="sales_sequence_starts_in_a_stage",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                models.F("customer"),
                models.OrderBy(models.F("started_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="sales_followups_of",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                models.F("opportunity"),
                models.OrderBy(models.F("started_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("opportunity__isnull", False)),
                name="sales_followups_to_win",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("closed_at", None)), fields=["sequence"], name="sales_followups_running"
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None), ("opportunity__isnull", False)),
                fields=("opportunity", "sequence"),
                name="sales_followup_once_an_opportunity",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None), ("opportunity", None)),
                fields=("customer", "sequence"),
                name="sales_followup_once_a_prospect",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("state__in", ["RUNNING", "PAUSED"]), ("why", "")),
                    models.Q(("closed_at__isnull", False), ("state", "DONE"), ("why", "")),
                    models.Q(("closed_at__isnull", False), ("state", "ENDED"), models.Q(("why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="sales_followup_open_or_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="sequencestep",
            constraint=models.UniqueConstraint(fields=("sequence", "position"), name="sales_sequence_step_position"),
        ),
        migrations.AddConstraint(
            model_name="sequencestep",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="sales_sequence_step_says_what"
            ),
        ),
    ]
