"""Checks a value against a JSON schema (draft 2020-12), as far as ours use it."""

import re

TYPES = {
    "object": dict, "array": list, "string": str, "null": type(None),
    "boolean": bool,
}
# What `check` understands; anything else in a schema is an error there.
KNOWN = {"$schema", "$id", "$defs", "$ref", "title", "description", "type",
         "properties", "required", "additionalProperties", "items", "enum",
         "const", "pattern", "minimum", "maximum", "oneOf"}


def is_type(value, name):
    if name in ("integer", "number"):
        return not isinstance(value, bool) and isinstance(
            value, int if name == "integer" else (int, float))
    return isinstance(value, TYPES[name])


def check(value, schema, root=None, path="$"):
    """What is wrong, one line each."""
    root = schema if root is None else root
    unknown = set(schema) - KNOWN
    if unknown:
        raise ValueError("the schema has %s" % unknown)
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from check(value, root["$defs"][name], root, path)
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(is_type(value, name) for name in types):
        yield "%s: %r is not %s" % (path, value, " or ".join(types))
        return
    if "enum" in schema and value not in schema["enum"]:
        yield "%s: %r is not one of %s" % (path, value, schema["enum"])
    if "const" in schema and value != schema["const"]:
        yield "%s: %r is not %r" % (path, value, schema["const"])
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield "%s: %r does not fit %s" % (path, value, schema["pattern"])
    if is_type(value, "number"):
        if value < schema.get("minimum", value) or value > schema.get("maximum", value):
            yield "%s: %r is out of range" % (path, value)
    if "oneOf" in schema:
        fits = [one for one in schema["oneOf"]
                if not list(check(value, one, root, path))]
        if len(fits) != 1:
            yield "%s: %r fits %d of oneOf" % (path, value, len(fits))
    if isinstance(value, dict):
        yield from check_object(value, schema, root, path)
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from check(item, schema["items"], root, "%s[%d]" % (path, number))


def check_object(value, schema, root, path):
    properties = schema.get("properties", {})
    other = schema.get("additionalProperties", True)
    for name in schema.get("required", []):
        if name not in value:
            yield "%s: %s is missing" % (path, name)
    for name, item in value.items():
        inner = "%s.%s" % (path, name)
        if name in properties:
            yield from check(item, properties[name], root, inner)
        elif other is False:
            yield "%s: nobody knows it" % inner
        elif other is not True:
            yield from check(item, other, root, inner)
