"""The interface described by itself: OpenAPI 3.1, in the reader's language.

Summaries and what is said about fields are English in the code, marked for translation there, and put into the reader's
language here. Problems are given their own media type, and each operation the scope it asks for.
"""

import json
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, gettext, gettext_noop

import setia
from setia.api.mount import api

_ABOUT = gettext_noop(
    "Customers, prospects, products, orders, opportunities, subscriptions, units, contracts, complaints, portraits and"
    " imports of this firm. Send the header “Authorization: Bearer” with a token made under Settings, API. Lists come"
    " in pages: take “next” as the cursor of the next one. Money is text with a decimal point. Every problem says what"
    " is wrong, where, and what to do (RFC 9457)."
)
_TITLES = {
    "Customers": gettext_noop("Customers"),
    "Products": gettext_noop("Products"),
    "Opportunities": gettext_noop("Opportunities"),
    "Orders": gettext_noop("Orders"),
    "Subscriptions": gettext_noop("Subscriptions"),
    "Plans": gettext_noop("Plans"),
    "Units": gettext_noop("Installed units"),
    "Contracts": gettext_noop("Contracts"),
    "Revisions and complaints": gettext_noop("Revisions and complaints"),
    "Prospects": gettext_noop("Prospects"),
    "Activities": gettext_noop("Activities"),
    "Reports": gettext_noop("Reports"),
    "Portraits": gettext_noop("Portraits"),
    "Imports": gettext_noop("Imports"),
    "Bulk": gettext_noop("Many at once"),
}


def described() -> dict[str, Any]:
    """The description as one JSON object."""
    return _described(get_language() or "id")


@lru_cache(maxsize=4)
def _described(language: str) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="api/v1/")))
    whole["info"] = {"title": "Setia", "version": f"1 ({setia.__version__})", "description": gettext(_ABOUT)}
    whole["tags"] = [{"name": name, "x-title": gettext(title)} for name, title in _TITLES.items()]
    whole["components"]["securitySchemes"] = {"Bearer": {"type": "http", "scheme": "bearer"}}
    for operations in whole["paths"].values():
        for operation in operations.values():
            _tidy(operation)
    for schema in whole["components"]["schemas"].values():
        _translate(schema)
    whole.pop("servers", None)
    return whole


def _tidy(operation: dict[str, Any]) -> None:
    summary = str(operation["summary"])
    operation["summary"] = gettext(summary)
    operation.pop("description", None)
    operation["security"] = [{"Bearer": []}]
    for parameter in operation.get("parameters", []):
        _translate(parameter)
    for status, response in operation["responses"].items():
        if int(status) >= 400 and "content" in response:
            response["content"] = {"application/problem+json": response["content"]["application/json"]}


def _translate(value: Any) -> None:
    if isinstance(value, dict):
        words = value.get("description")
        if isinstance(words, str):
            value["description"] = gettext(words) if words else ""
        for one in value.values():
            _translate(one)
    elif isinstance(value, list):
        for one in value:
            _translate(one)
