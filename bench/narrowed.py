"""Prepares the database of `bench.narrow`, answered in JSON: `python -m bench.narrowed`.

A million customers get own fields of every type, with values as rare and as frequent as they come; and people who are
responsible for some of them: one who sees their own 5,000, and one who sees their team's 50,000.
"""

import json

import django

django.setup()

from django.db import connection  # noqa: E402 — Django must be set up before
from django.utils import timezone  # noqa: E402

from setia.accounts.models import Role, Team, User  # noqa: E402
from setia.accounts.queries import owners  # noqa: E402
from setia.customers import actions  # noqa: E402
from setia.customers.models import CustomField, FieldOption  # noqa: E402

PASSWORD = "toba-hijau-1250-meter"
TYPES = {
    "Limit": "MONEY",
    "Points": "NUMBER",
    "Contract": "DATE",
    "Tier": "CHOICE",
    "Taste": "TEXT",
    "Seller": "REFERENCE",
}
OPTIONS = ("Half", "Rest", "Tenth", "Hundredth", "Thousandth")

_VALUES = """
UPDATE customers_customer SET
  extra = jsonb_strip_nulls(jsonb_build_object(
    '{limit}', CASE WHEN random() < .8 THEN round((random() ^ 4 * 1e6)::numeric) * 1000 END,
    '{points}', floor(random() * 1000),
    '{contract}', CASE WHEN random() < .6 THEN (date '2020-01-01' + floor(random() * 2500)::int)::text END,
    '{tier}', CASE WHEN id % 1000 = 7 THEN {options[4]} WHEN id % 100 = 13 THEN {options[3]}
                   WHEN id % 10 = 3 THEN {options[2]} WHEN id % 2 = 0 THEN {options[0]} ELSE {options[1]} END,
    '{taste}', CASE WHEN random() < .5
                    THEN (ARRAY['manis', 'pahit', 'asam', 'sangat manis', 'gurih sekali'])[1 + floor(random() * 5)::int]
                         || CASE WHEN random() < .001 THEN ' langka' ELSE '' END END,
    '{seller}', CASE WHEN random() < .1 THEN {first} + floor(random() * 100)::int END)),
  owner_id = CASE WHEN id % 200 = 1 THEN {people[0]} WHEN id % 200 < 11 THEN (ARRAY{people})[1 + id % 10] END
"""


def main() -> dict[str, object]:
    """The fields' keys by label, the options' keys, and how the two people sign in."""
    owner, at = owners()[0], timezone.now()
    people = [_person(number) for number in range(10)]
    team, _new = Team.objects.get_or_create(name="Toko Medan")
    team.members.set(people)
    if not CustomField.objects.exists():
        for label, type_ in TYPES.items():
            options = OPTIONS if type_ == "CHOICE" else ()
            actions.add_field(by=owner, at=at, label=label, type=type_, options=options, quick=True)
        _fill([one.pk for one in people])
        for field in CustomField.objects.all():
            actions.index_field(field_id=field.pk)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (FULL, ANALYZE) customers_customer")
            cursor.execute("VACUUM ANALYZE portraits_portrait")
    keys = {one.label: one.key for one in CustomField.objects.all()}
    logins = {"own": people[0].email, "team": people[1].email, "password": PASSWORD}
    return {"keys": keys, "options": _options(), "first": _first(), **logins}


def _person(number: int) -> User:
    email = f"rekan{number}@setia.invalid"
    Role.objects.get_or_create(
        code="BENCH", defaults={"name": "Team lead", "sees": "TEAM", "verbs": ["customers.view", "customers.change"]}
    )
    role = "BENCH" if number == 1 else "SALES"
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(email, PASSWORD, name=f"Rekan {number}", role=role)


def _fill(people: list[int]) -> None:
    by_label = {one.label: one.key for one in CustomField.objects.all()}
    values = {label.lower(): by_label[label] for label in TYPES}
    with connection.cursor() as cursor:
        cursor.execute(_VALUES.format(**values, options=_options(), first=_first(), people=people))


def _options() -> list[int]:
    return list(FieldOption.objects.order_by("pk").values_list("pk", flat=True))


def _first() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM customers_customer")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    print(json.dumps(main()))
