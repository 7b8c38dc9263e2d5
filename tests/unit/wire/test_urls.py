from __future__ import annotations

import pytest

from reconciler.errors import UsageError
from reconciler.wire.urls import api_url, origin_of


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("api.example.test", "https://api.example.test"),
        ("https://API.Example.test/", "https://api.example.test"),
        (" https://api.example.test:443 ", "https://api.example.test"),
        ("http://127.0.0.1:8080///", "http://127.0.0.1:8080"),
        ("api.example.test:8443", "https://api.example.test:8443"),
        ("https://[::1]:9000", "https://[::1]:9000"),
    ],
)
def test_one_api_has_one_form(written, meant):
    assert api_url(written, "--api") == meant


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("https://ada:hunter2@api.example.test", "carries a user name or a password"),
        ("https://api.example.test?a=b", "has a query or a fragment"),
        ("https://api.example.test/#", "has a query or a fragment"),
        ("https://api.example.test/v3", "has a path"),
        ("ftp://api.example.test", "does not begin with https:// or http://"),
        ("https://", "names no host"),
        ("https://api.example.test:99999", "port is not a number"),
        ("https://api.example.test:x", "port is not a number"),
        ("https://api example.test", "holds a space"),
        ("https://api.example.test\\@evil.test", "a backslash"),
        ("https://api.example.test\nX: y", "control character"),
        ("https://[::1", "its host is malformed"),
        ("https://ada:hunter2@\u2100.test", "a character that has to be encoded"),
        ("https://a..b", "its host is malformed"),
        ("https://.a", "its host is malformed"),
        ("https://-a.test", "its host is malformed"),
        ("https://a%2eb.test", "its host is malformed"),
        ("https://xn--zz--.example", "its host is malformed"),
        ("https://" + "a" * 64 + ".test", "its host is malformed"),
        ("https://" + "a." * 127 + "test", "its host is malformed"),
        ("https://[::1%eth0]", "its host is malformed"),
        ("https://\udc80.test", "a character that has to be encoded"),
        ("https://" + "a" * 70_000, "it is too long"),
    ],
)
def test_what_is_no_api_address_is_refused_without_repeating_it(written, reason):
    with pytest.raises(UsageError) as caught:
        api_url(written, "CF_API")
    assert reason in caught.value.summary
    assert "CF_API" in caught.value.summary
    assert "hunter2" not in caught.value.summary
    assert caught.value.hint == "write it as https://api.example.com"


def test_the_default_port_is_the_same_place():
    assert origin_of("https://a.test/x") == origin_of("https://A.test:443/y")
    assert origin_of("https://a.test") != origin_of("http://a.test")
    assert origin_of("https://a.test") != origin_of("https://a.test:444")
