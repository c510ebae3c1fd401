import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# History is never rewritten. It moves with a merge (the key alone changes), and an erasure takes out what tells who it
# was; `setia.erasing` is set for the length of that one transaction. A person who left becomes NULL in `by`.
FORWARD = """
CREATE FUNCTION customers_consent_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - '{customer_id,by_id}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{customer_id,by_id}'::text[] THEN
    RAISE EXCEPTION 'the history of consent is append-only: entry % may not be changed', OLD.id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER customers_consent_keep BEFORE UPDATE ON customers_consententry FOR EACH ROW
  WHEN (COALESCE(current_setting('setia.erasing', true), '') <> 'on') EXECUTE FUNCTION customers_consent_keep();
DROP TRIGGER customers_timeline_keep_changed ON customers_timelineentry;
CREATE TRIGGER customers_timeline_keep_changed BEFORE UPDATE ON customers_timelineentry FOR EACH ROW
  WHEN (COALESCE(current_setting('setia.erasing', true), '') <> 'on') EXECUTE FUNCTION customers_timeline_keep();
"""
BACK = """
DROP TRIGGER customers_timeline_keep_changed ON customers_timelineentry;
CREATE TRIGGER customers_timeline_keep_changed BEFORE UPDATE ON customers_timelineentry
  FOR EACH ROW EXECUTE FUNCTION customers_timeline_keep();
DROP TRIGGER customers_consent_keep ON customers_consententry;
DROP FUNCTION customers_consent_keep();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0006_tags"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("MARKETING", "Offers and news"),
                            ("SURVEY", "Questions and surveys"),
                            ("SHARING", "Passing data on to partners"),
                            ("SERVICE", "Orders and service"),
                        ],
                        max_length=10,
                    ),
                ),
                ("language", models.CharField(default="id", max_length=2)),
                ("version", models.PositiveIntegerField()),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ConsentEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("MARKETING", "Offers and news"),
                            ("SURVEY", "Questions and surveys"),
                            ("SHARING", "Passing data on to partners"),
                            ("SERVICE", "Orders and service"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("PHONE", "Phone"),
                            ("WHATSAPP", "WhatsApp"),
                            ("EMAIL", "E-mail"),
                            ("INSTAGRAM", "Instagram"),
                            ("FACEBOOK", "Facebook"),
                            ("TELEGRAM", "Telegram"),
                            ("LINE", "LINE"),
                            ("TIKTOK", "TikTok"),
                            ("ADDRESS", "Address"),
                        ],
                        max_length=12,
                    ),
                ),
                ("state", models.CharField(choices=[("GRANTED", "yes"), ("WITHDRAWN", "no")], max_length=9)),
                ("at", models.DateTimeField()),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("FORM", "Web form"),
                            ("PAPER", "Signed paper"),
                            ("SPOKEN", "Said in person or by telephone"),
                            ("MESSAGE", "Written message"),
                            ("IMPORT", "From a file"),
                            ("API", "From another system"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "guardian",
                    models.CharField(blank=True, default="", help_text="Who agreed for a child.", max_length=200),
                ),
                (
                    "evidence",
                    models.CharField(blank=True, default="", help_text="Where the proof lies.", max_length=500),
                ),
                (
                    "written_at",
                    models.DateTimeField(help_text="When it was written down; `at` is when the customer said it."),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.consenttext",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("MARKETING", "Offers and news"),
                            ("SURVEY", "Questions and surveys"),
                            ("SHARING", "Passing data on to partners"),
                            ("SERVICE", "Orders and service"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("PHONE", "Phone"),
                            ("WHATSAPP", "WhatsApp"),
                            ("EMAIL", "E-mail"),
                            ("INSTAGRAM", "Instagram"),
                            ("FACEBOOK", "Facebook"),
                            ("TELEGRAM", "Telegram"),
                            ("LINE", "LINE"),
                            ("TIKTOK", "TikTok"),
                            ("ADDRESS", "Address"),
                        ],
                        max_length=12,
                    ),
                ),
                ("state", models.CharField(choices=[("GRANTED", "yes"), ("WITHDRAWN", "no")], max_length=9)),
                ("at", models.DateTimeField()),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("FORM", "Web form"),
                            ("PAPER", "Signed paper"),
                            ("SPOKEN", "Said in person or by telephone"),
                            ("MESSAGE", "Written message"),
                            ("IMPORT", "From a file"),
                            ("API", "From another system"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "guardian",
                    models.CharField(blank=True, default="", help_text="Who agreed for a child.", max_length=200),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.consenttext",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer_key", models.BigIntegerField(unique=True)),
                ("made_at", models.DateTimeField()),
                ("pseudonym", models.CharField(max_length=20, unique=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PrivacyRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ACCESS", "Copy of their data"),
                            ("CORRECT", "Correction"),
                            ("WITHDRAW", "Stop contacting them"),
                            ("ERASE", "Erasure"),
                            ("BREACH", "Breach to be told"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("OPEN", "Open"), ("DONE", "Done"), ("REFUSED", "Refused")],
                        default="OPEN",
                        max_length=7,
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("note", models.TextField(blank=True, default="", help_text="What was asked, in the person's words.")),
                ("data", models.JSONField(default=dict, help_text="What a breach notice says, by part.")),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "answer",
                    models.TextField(blank=True, default="", help_text="What was answered; why it was refused."),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True)),
                ("days", models.PositiveIntegerField()),
                ("on", models.BooleanField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("days__gte", 1)), name="customers_retention_days")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="consenttext",
            constraint=models.UniqueConstraint(
                fields=("purpose", "language", "version"), name="customers_consent_text_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="consenttext",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="customers_consent_text_not_empty"
            ),
        ),
        migrations.AddIndex(
            model_name="consententry",
            index=models.Index(
                models.F("customer"), models.OrderBy(models.F("id"), descending=True), name="customers_consent_history"
            ),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["purpose", "channel", "state", "customer"], name="customers_consent_state"),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(
                fields=("customer", "purpose", "channel"), name="customers_consent_once"
            ),
        ),
        migrations.AddIndex(
            model_name="privacyrequest",
            index=models.Index(
                condition=models.Q(("state", "OPEN")), fields=["due_at", "id"], name="customers_request_due"
            ),
        ),
        migrations.AddIndex(
            model_name="privacyrequest",
            index=models.Index(
                models.OrderBy(models.F("closed_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("state", "OPEN"), _negated=True),
                name="customers_request_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="privacyrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("state", "OPEN")),
                    models.Q(models.Q(("state", "OPEN"), _negated=True), ("closed_at__isnull", False)),
                    _connector="OR",
                ),
                name="customers_request_closed_says_when",
            ),
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
