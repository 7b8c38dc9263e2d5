"""Every code that loading can report, with what it means. A code is stable: people search for it."""

from __future__ import annotations

from types import MappingProxyType

CODES = MappingProxyType(
    {
        # files
        "path-not-found": "A path that was given does not exist.",
        "unreadable-file": "A file or folder cannot be opened.",
        "not-a-file": "A path leads to a pipe, a device or another thing that is no regular file.",
        "no-manifests": "A folder holds no *.yml or *.yaml file.",
        "rules-left-out": "Rules stand beside the paths that were given, and bind nothing because they were not read.",
        "file-too-large": "A file is larger than a manifest can be; it was not read.",
        "not-utf-8": "A file is not UTF-8 text.",
        "forbidden-character": "A file holds a control character, or one that editors and YAML count differently.",
        "too-many-problems": "A file has more problems than are shown.",
        # YAML
        "yaml-syntax": "A document is not YAML.",
        "duplicate-key": "A key stands twice in one mapping.",
        "bad-key": "A key is not text.",
        "merge-key": "`<<` is used, which YAML 1.2 does not know.",
        "bad-tag": "A tag is not one of YAML's core tags, or its value does not fit it.",
        "bad-alias": "An alias names nothing above it, or something that contains it.",
        "bad-number": "A number is infinite, or does not fit into 64 bits.",
        "too-deep": "Lists and mappings nest deeper than a manifest needs.",
        "too-many-aliases": "Aliases repeat more values than a manifest needs.",
        # documents
        "unknown-api-version": "A document is written for another version of the language.",
        "unknown-kind": "There is no such kind of document.",
        "unsupported-kind": "A kind of document does not belong among manifests.",
        "unknown-key": "A key is not part of the language.",
        "misplaced-key": "A key is known, but means nothing beside the others that are there.",
        "missing-key": "A required key is not there.",
        "wrong-type": "A value is of the wrong type, for example a number where a name is expected.",
        "bad-value": "A value is of the right type but not one that is allowed.",
        "empty-value": "A text or list is empty.",
        "too-long": "A text is longer than is allowed.",
        "duplicate-item": "A list names something twice.",
        # what the words mean together
        "unknown-port": "A grant names a port that the app does not have.",
        "bad-selector": "A label selector is not one that Cloud Controller takes.",
        "duplicate-port-name": "Two ports of an app have the same name.",
        "duplicate-port": "An app has the same ports and protocol twice.",
        "two-auto-ports": "An app has two ports with `tls: auto`.",
        "auto-without-route": "An app has a port with `tls: auto`, but no internal route.",
        "reserved-port": "A port is one that the platform keeps for itself.",
        "platform-tls-port": "The platform's TLS port is opened by number.",
        "backwards-range": "A range of ports ends before it begins.",
        "duplicate-app": "Two entries of one space have the same name.",
        "app-claimed-twice": "Two entries stand for the same live app.",
        "too-many-patterns": "A space has too many patterns and names to compare.",
        "space-claimed-twice": "A space is managed as a whole, and by another document too.",
        "conflicting-manages": "Two documents for one space differ in `manages`.",
        "route-claimed-twice": "Two spaces declare the same internal route.",
        "unknown-domain": "A route is not on one of the Foundation's internal domains.",
        "second-foundation": "There is more than one Foundation.",
        "space-outside-foundation": "A Space is not among those that the Foundation allows.",
        "expired": "The last day of a grant, of plaintext or of a waiver has passed.",
        "expires-soon": "The last day of a grant, of plaintext or of a waiver is near.",
        "misspelt-source": "A source app is declared nowhere, and its name is close to one that is.",
        "misspelt-space": "A space or organization is declared nowhere, and its name is close to one that is.",
        # templates, guardrails, waivers, expectations
        "duplicate-name": "Two documents of one kind have the same name.",
        "unknown-template": "There is no template of this name.",
        "unknown-parameter": "A template has no parameter of this name.",
        "missing-parameter": "The use of a template leaves a parameter out that has no default.",
        "bad-parameter": "A value does not fit the schema of its parameter.",
        "bad-parameter-schema": "The schema of a parameter is not a JSON Schema, or too costly to check.",
        "bad-default": "The default of a parameter does not fit its schema.",
        "unused-parameter": "Nothing in a template stands for one of its parameters.",
        "too-many-templated-values": "Templates give more to the apps that use them than any foundation could hold.",
        "unknown-guardrail": "A waiver names a guardrail that does not exist.",
        # against the live world
        "space-not-found": "A space does not exist on the foundation, or is closed to the caller.",
        "too-many-policies": "The manifests ask for more policies than any foundation could hold.",
        "not-an-internal-domain": "A route is on a domain that is not internal on this foundation.",
        "route-owned-elsewhere": "A declared hostname belongs to another space.",
        # expressions
        "bad-expression": "A CEL expression does not compile, reads what is not there, or is not true or false.",
        "costly-expression": "A CEL expression is longer, deeper or more costly than a guardrail needs.",
        # formatting
        "cannot-format": "A file that `fmt` would damage.",
        # snapshots
        "no-snapshot": "A file that should hold one Snapshot holds something else.",
        "unknown-reference": "A snapshot names an app, a space or a domain that it does not list.",
        "json-syntax": "A file whose name ends with .json is not JSON.",
    }
)
