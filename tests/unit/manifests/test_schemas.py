"""The schema files as editors see them."""

import json

import jsonschema
import pytest
from referencing import Registry, Resource

from reconciler.resources import demo_path, policies_path, schemas_path

FOLDER = schemas_path() / "v1"
FILES = sorted(FOLDER.glob("*.json"))


def parts(schema):
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from parts(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from parts(value)


@pytest.fixture(params=FILES, ids=lambda file: file.name)
def schema(request):
    return json.loads(request.param.read_text())


def test_they_are_there():
    assert [file.name.split(".")[0] for file in FILES] == [
        "expectation",
        "foundation",
        "guardrail",
        "manifest",
        "snapshot",
        "space",
        "template",
        "waiver",
    ]


def test_they_are_schemas(schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"]
    assert schema["title"]
    assert schema["description"]
    assert schema["examples"]


def test_every_key_is_described(schema):
    for key, value in schema["properties"].items():
        assert value.get("description") or "$ref" in value, key
    for name, part in schema.get("$defs", {}).items():
        assert part["description"], name
        for key, value in part.get("properties", {}).items():
            assert value.get("description") or "$ref" in value, (name, key)


def test_no_mapping_is_open_by_accident(schema):
    if schema["title"] == "c2c manifest":
        return
    for part in parts(schema):
        if part.get("type") == "object" and "properties" in part:
            assert part["additionalProperties"] is False


def test_the_kinds_share_their_words():
    shared: dict[str, list] = {}
    for kind in ("space", "template", "guardrail", "waiver", "expectation"):
        for name, part in json.loads((FOLDER / f"{kind}.schema.json").read_text())["$defs"].items():
            shared.setdefault(name, []).append(part)
    own = {"port", "ingress", "source", "sourceMapping"}  # in a template with references to parameters
    for name in shared.keys() - own:
        assert all(part == shared[name][0] for part in shared[name]), name


@pytest.mark.parametrize(
    ("document", "fits"),
    [
        ({"apiVersion": "c2c/v1", "kind": "Space", "org": "a", "space": "b", "apps": []}, True),
        ({"apiVersion": "c2c/v1", "kind": "Space", "org": "a", "space": "b"}, False),
        ({"apiVersion": "c2c/v1", "kind": "Foundation", "name": "x"}, True),
        ({"apiVersion": "c2c/v1", "kind": "Foundation"}, False),
        ({"apiVersion": "c2c/v1", "kind": "Snapshot"}, True),
        ({"apiVersion": "c2c/v1", "kind": "Template", "name": "t", "app": {"routes": ["a.b"]}}, True),
        ({"apiVersion": "c2c/v1", "kind": "Template", "name": "t"}, False),
        ({"apiVersion": "c2c/v1", "kind": "Guardrail", "name": "t", "enforcement": "deny", "limits": {}}, False),
        ({"apiVersion": "c2c/v1", "kind": "Waiver", "name": "t"}, False),
        ({"apiVersion": "c2c/v1", "kind": "Expectation", "name": "t", "expect": []}, False),
        ({"apiVersion": "c2c/v1", "kind": "Other"}, False),
        ({"kind": "Snapshot"}, False),
    ],
)
def test_one_schema_for_any_document(document, fits):
    schemas = [json.loads(file.read_text()) for file in FILES]
    registry = Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in schemas)
    whole = next(schema for schema in schemas if schema["title"] == "c2c manifest")
    assert jsonschema.Draft202012Validator(whole, registry=registry).is_valid(document) is fits


def test_a_checkout_uses_its_own_files():
    assert (schemas_path().parent / "pyproject.toml").is_file()
    assert policies_path().parent == demo_path().parent == schemas_path().parent


def test_an_installed_package_uses_the_files_inside_it(monkeypatch, tmp_path):
    monkeypatch.setattr("reconciler.resources._PACKAGE", str(tmp_path / "site-packages" / "reconciler"))
    inside = tmp_path / "site-packages" / "reconciler" / "data"
    assert (schemas_path(), policies_path(), demo_path()) == (inside / "schemas", inside / "policies", inside / "demo")
