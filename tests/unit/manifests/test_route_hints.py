"""The route that is suggested for an app: its own name, as far as a host can be made of it."""

from __future__ import annotations

from datetime import date

import pytest

from reconciler.manifests.bundle import load_bundle

MANIFEST = """\
apiVersion: c2c/v1
kind: Space
org: acme
space: web
apps: [{{name: "{name}", ports: [{{name: api, tls: auto}}]}}]
"""


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("shop", "shop"),
        ("My_Shop 2", "my-shop-2"),
        ("shop.v2", "shop-v2"),
        ("_", "my-app"),
        ("決済", "my-app"),
        ("a" * 62 + "-b", "a" * 62),
    ],
)
def test_an_app_gets_a_route_of_its_own_name(tmp_path, name, host):
    (tmp_path / "web.yml").write_text(MANIFEST.format(name=name), encoding="utf-8")
    loaded = load_bundle([str(tmp_path / "web.yml")], today=date(2026, 11, 20))
    (found,) = (item for item in loaded.diagnostics if item.code == "auto-without-route")
    assert found.hint == f"add one, such as `routes: [{host}.apps.internal]`"
