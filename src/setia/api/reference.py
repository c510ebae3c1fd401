"""The interface's description (OpenAPI) laid out for a person: operations by subject, their fields in plain rows."""

from typing import Any, NamedTuple

from setia.api.description import described


class Field(NamedTuple):
    """One field or parameter: its name, what it holds, whether it is needed, what is said about it."""

    name: str
    kind: str
    needed: bool
    about: str


class Operation(NamedTuple):
    """One operation, for reading."""

    name: str
    method: str
    path: str
    summary: str
    scope: str
    parameters: list[Field]
    body: list[Field]
    answer: list[Field]
    status: str


class Subject(NamedTuple):
    """Operations about one thing."""

    name: str
    title: str
    operations: list[Operation]


def reference() -> list[Subject]:
    """All operations by subject, in the reader's language."""
    whole = described()
    titles = {tag["name"]: tag["x-title"] for tag in whole["tags"]}
    found: dict[str, list[Operation]] = {name: [] for name in titles}
    for path, operations in whole["paths"].items():
        for method, one in operations.items():
            found[one["tags"][0]].append(_operation(path, method.upper(), one, whole))
    return [Subject(name, titles[name], operations) for name, operations in found.items()]


def _operation(path: str, method: str, one: dict[str, Any], whole: dict[str, Any]) -> Operation:
    status = min(one["responses"])
    good = one["responses"][status].get("content", {}).get("application/json", {}).get("schema", {})
    bodies: list[dict[str, Any]] = list(one.get("requestBody", {}).get("content", {}).values())
    body: dict[str, Any] = bodies[0]["schema"] if bodies else {}
    parameters = [
        Field(
            each["name"], _kind(each.get("schema", {}), whole), each.get("required", False), each.get("description", "")
        )
        for each in one.get("parameters", [])
    ]
    return Operation(
        name=one["operationId"],
        method=method,
        path=path,
        summary=one["summary"],
        scope=one["x-scope"],
        parameters=parameters,
        body=_fields(body, whole),
        answer=_fields(good, whole),
        status=status,
    )


def _fields(schema: dict[str, Any], whole: dict[str, Any]) -> list[Field]:
    schema = _resolved(schema, whole)
    needed = set(schema.get("required", []))
    return [
        Field(name, _kind(each, whole), name in needed, each.get("description", ""))
        for name, each in schema.get("properties", {}).items()
    ]


def _resolved(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        found: dict[str, Any] = whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return found
    return schema


def _kind(schema: dict[str, Any], whole: dict[str, Any]) -> str:
    """What a field holds, in the words of JSON: `string`, `array of {kind, value}`, `PERSON | COMPANY`."""
    schema = _resolved(schema, whole)
    if "enum" in schema:
        return " | ".join(str(one) if one != "" else '""' for one in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    if parts := schema.get("anyOf"):
        kinds = [_kind(part, whole) for part in parts]
        return " | ".join(dict.fromkeys(kinds))
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}), whole)}]"
    if schema.get("type") == "object" and (properties := schema.get("properties")):
        return "{" + ", ".join(properties) + "}"
    kind = str(schema.get("type", "any"))
    return f"{kind} ({schema['format']})" if "format" in schema else kind
