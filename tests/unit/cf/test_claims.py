from __future__ import annotations

import pytest

from reconciler.cf.claims import Claims, decode_claims


def test_reads_a_user_token(make_jwt):
    token = make_jwt(scope=["network.admin", "openid"], sub="u-1", user_name="ada", client_id="cf", exp=1700)
    claims = decode_claims(f"bearer {token}")
    assert claims == Claims(frozenset({"network.admin", "openid"}), "u-1", "ada", "cf", 1700.0)
    assert claims.sees_all_policies


def test_scopes_may_be_one_text(make_jwt):
    claims = decode_claims(make_jwt(scope="network.write openid"))
    assert claims.scopes == {"network.write", "openid"}
    assert not claims.sees_all_policies


@pytest.mark.parametrize(
    "token", ["", "opaque", "a.b", "a.b.c", "..", "a.!!!.c", "x" * 9, "é.é.é", "a.W10.c", "a.bnVsbA.c"]
)
def test_tokens_that_are_no_jwt_have_no_claims(token):
    assert decode_claims(token) == Claims()


def test_claims_of_other_types_are_none(make_jwt):
    assert decode_claims(make_jwt(scope=[1, None], sub=7, exp="soon", user_name=[], client_id=None)) == Claims()
    assert decode_claims(make_jwt(exp=True)).expires_at is None
