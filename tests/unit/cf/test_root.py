from __future__ import annotations

import httpx
import pytest

from reconciler.cf.root import Root, read_root
from reconciler.errors import NotFoundError, UnexpectedAnswerError

API = "https://api.example.test"


def read(make_http, body, **options):
    return read_root(make_http(lambda _: httpx.Response(200, json=body)), API, **options)


def test_reads_where_the_parts_are(make_http, root_body):
    expected = Root("https://uaa.example.test", "/networking/v1/external", "3.228.0")
    assert read(make_http, root_body) == expected


def test_the_login_server_stands_in_for_the_uaa(make_http, root_body):
    del root_body["links"]["uaa"]
    assert read(make_http, root_body).uaa == "https://login.example.test"


def test_a_foundation_without_policies_or_version_is_readable(make_http, root_body):
    root_body["links"]["network_policy_v1"] = None
    root_body["links"]["cloud_controller_v3"] = {"href": "x"}
    assert read(make_http, root_body) == Root("https://uaa.example.test", None, None)


@pytest.mark.parametrize(
    ("link", "href", "words"),
    [
        ("network_policy_v1", "https://evil.test/networking/v1/external", "link to another place, https://evil.test"),
        ("network_policy_v1", "http://api.example.test/networking", "link to another place, http://api.example.test"),
        ("network_policy_v1", "https://api.example.test:8443/x", "link to another place"),
        ("network_policy_v1", "//evil.test/x", "unusable network_policy_v1 link"),
        ("network_policy_v1", "/np\x00x", "unusable network_policy_v1 link"),
        ("network_policy_v1", "/np\n", "unusable network_policy_v1 link"),
        ("network_policy_v1", "/n p", "unusable network_policy_v1 link"),
        ("network_policy_v1", "/\\evil.test/np", "unusable network_policy_v1 link"),
        ("network_policy_v1", "/\u2603", "unusable network_policy_v1 link"),
        ("network_policy_v1", "/" + "a" * 70_000, "unusable network_policy_v1 link: it is too long"),
        ("network_policy_v1", f"{API}/" + "a" * 70_000, "unusable network_policy_v1 link: it is too long"),
        ("uaa", "https://a..b", "links.uaa.href is not usable: its host is malformed"),
        ("uaa", "https://xn--zz--.example", "links.uaa.href is not usable: its host is malformed"),
        ("uaa", "https://\u2603\ufe0f.example", "links.uaa.href is not usable"),
        ("uaa", "https://uaa.example.test/" + "a" * 70_000, "links.uaa.href is not usable: it is too long"),
        ("uaa", "https://" + "a" * 70_000, "links.uaa.href is not usable: it is too long"),
        ("network_policy_v1", "javascript:alert(1)", "unusable network_policy_v1 link"),
        ("network_policy_v1", "https://api.example.test@evil.test/x", "carries a user name"),
        ("uaa", "http://uaa.example.test", "names a UAA without TLS"),
        ("uaa", "ftp://uaa.example.test", "links.uaa.href is not usable"),
        ("uaa", "https://u:p@uaa.example.test", "links.uaa.href is not usable"),
        ("uaa", "https://uaa.example.test?x=", "links.uaa.href is not usable"),
        ("uaa", 7, "uaa.href is not a string"),
    ],
)
def test_a_link_that_would_carry_secrets_elsewhere_is_refused(make_http, root_body, link, href, words):
    root_body["links"][link] = {"href": href}
    with pytest.raises(UnexpectedAnswerError) as caught:
        read(make_http, root_body)
    assert words in caught.value.summary


def test_a_plain_uaa_is_accepted_only_when_tls_is_not_checked_anyway(make_http, root_body):
    root_body["links"]["uaa"]["href"] = "http://uaa.example.test"
    assert read(make_http, root_body, skip_ssl_validation=True).uaa == "http://uaa.example.test"


@pytest.mark.parametrize("body", [[], {}, {"links": []}, {"links": {}}, {"links": {"uaa": {}}}, "x", 7])
def test_what_is_no_root_is_an_unexpected_answer(make_http, body):
    with pytest.raises(UnexpectedAnswerError, match="Cloud Controller to GET / is not as the API") as caught:
        read(make_http, body)
    assert caught.value.hint == ("check that CF_API names a Cloud Foundry API and that no proxy rewrites its answers")


def test_a_web_site_is_no_api(make_http):
    with pytest.raises(UnexpectedAnswerError, match="is not JSON"):
        read_root(make_http(lambda _: httpx.Response(200, text="<html>hello</html>")), API)
    with pytest.raises(NotFoundError):
        read_root(make_http(lambda _: httpx.Response(404, text="<html>hello</html>")), API)
