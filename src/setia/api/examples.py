"""Examples that run: what the page of documentation shows is what the tests execute, letter by letter.

They are written for a shell (curl) or Python's standard library, and find the address and the token in the environment:
SETIA_URL and SETIA_TOKEN. They follow one another: a later one uses what an earlier one made.
"""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Example(NamedTuple):
    """One example. `language` is `shell` or `python`."""

    code: str
    title: Promise
    language: str
    text: str


EXAMPLES = (
    Example(
        "add-customer",
        _("Add a customer; repeated with the same key it is added once"),
        "shell",
        """\
curl --fail-with-body -sS "$SETIA_URL/api/v1/customers" \\
  -H "Authorization: Bearer $SETIA_TOKEN" \\
  -H "Content-Type: application/json" \\
  -H "Idempotency-Key: signup-2026-0001" \\
  -d '{"number": "K-1001", "name": "Ratna Dewi", "tax_number": "3273014107880002", "tags": ["VIP"],
       "contacts": [{"kind": "WHATSAPP", "value": "0812-9000-1001"}]}'
""",
    ),
    Example(
        "find-customer",
        _("Find a customer by a telephone number, however it is written"),
        "shell",
        """\
curl --fail-with-body -sS -G "$SETIA_URL/api/v1/customers" \\
  -H "Authorization: Bearer $SETIA_TOKEN" \\
  --data-urlencode "contact=+62 812 9000 1001"
""",
    ),
    Example(
        "add-products",
        _("Add or change many products at once, by their code"),
        "shell",
        """\
curl --fail-with-body -sS "$SETIA_URL/api/v1/products/bulk" \\
  -H "Authorization: Bearer $SETIA_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{"items": [{"code": "KS", "name": "Kopi susu", "price": "18000"},
                 {"code": "TH", "name": "Teh tarik", "price": "12000"}]}'
""",
    ),
    Example(
        "add-order",
        _("Enter an order"),
        "shell",
        """\
curl --fail-with-body -sS "$SETIA_URL/api/v1/orders" \\
  -H "Authorization: Bearer $SETIA_TOKEN" \\
  -H "Content-Type: application/json" \\
  -H "Idempotency-Key: till-1-000042" \\
  -d '{"customer_number": "K-1001", "channel": "Toko",
       "lines": [{"product_code": "KS", "quantity": 2}, {"product_code": "TH"}]}'
""",
    ),
    Example(
        "change-customer",
        _("Change a customer, unless somebody else has meanwhile"),
        "python",
        """\
import json, os, urllib.request

base = os.environ["SETIA_URL"] + "/api/v1"
headers = {"Authorization": "Bearer " + os.environ["SETIA_TOKEN"], "Content-Type": "application/json"}


def ask(method, path, body=None, **more):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data, headers | more, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer), answer.headers


found, _ = ask("GET", "/customers?number=K-1001")
key = found["items"][0]["id"]
customer, seen = ask("GET", f"/customers/{key}")
changed, _ = ask("PATCH", f"/customers/{key}", {"region": "Bandung"}, **{"If-Match": seen["ETag"]})
print(changed["name"], changed["region"])
""",
    ),
    Example(
        "walk-list",
        _("Read a whole list, page by page"),
        "python",
        """\
import json, os, urllib.parse, urllib.request

address = os.environ["SETIA_URL"] + "/api/v1/orders?"
headers = {"Authorization": "Bearer " + os.environ["SETIA_TOKEN"]}
cursor = ""
while cursor is not None:
    query = urllib.parse.urlencode({"limit": 100, "sort": "oldest", "cursor": cursor})
    with urllib.request.urlopen(urllib.request.Request(address + query, headers=headers)) as answer:
        page = json.load(answer)
    for order in page["items"]:
        print(order["number"], order["day"], order["total"])
    cursor = page["next"]
""",
    ),
    Example(
        "import-file",
        _("Take a file in and follow it"),
        "shell",
        """\
printf 'nomor,nama,whatsapp\\nK-2001,Budi Santoso,0813-9000-2001\\n' > pelanggan.csv
curl --fail-with-body -sS "$SETIA_URL/api/v1/imports" \\
  -H "Authorization: Bearer $SETIA_TOKEN" \\
  -F "what=CUSTOMERS" -F "file=@pelanggan.csv"
curl --fail-with-body -sS "$SETIA_URL/api/v1/imports?limit=1" \\
  -H "Authorization: Bearer $SETIA_TOKEN"
""",
    ),
)

CHECKING = Example(
    "check-signature",
    _("Check that a message is ours, in the system that receives it"),
    "python",
    """\
import base64, hashlib, hmac, time


def is_ours(secret, headers, body):
    \"\"\"`headers` by lower-case names, `body` as bytes, before anything has parsed it.\"\"\"
    sent_at = int(headers["webhook-timestamp"])
    if abs(time.time() - sent_at) > 300:
        return False
    signed = f"{headers['webhook-id']}.{sent_at}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    ours = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(f"v1,{ours}", one) for one in headers["webhook-signature"].split())
""",
)
"""For receivers of webhooks."""
