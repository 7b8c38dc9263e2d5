from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from reconciler.cf.cf_session import SIZE_LIMIT, read_session, session_file
from reconciler.errors import UsageError


def refused(file: Path) -> UsageError:
    with pytest.raises(UsageError) as caught:
        read_session(file)
    return caught.value


def test_finds_the_file_in_cf_home_or_home():
    assert session_file({"CF_HOME": "/x"}, Path("/h")) == Path("/x/.cf/config.json")
    assert session_file({"CF_HOME": ""}, Path("/h")) == Path("/h/.cf/config.json")


def test_reading_leaves_the_file_as_it_was(tmp_path):
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"ConfigVersion": 4, "Target": "https://a.test", "AccessToken": "bearer t"}))
    file.chmod(0o400)
    before = file.read_bytes()
    session = read_session(file)
    assert file.read_bytes() == before
    assert session.credentials is not None
    assert session.credentials.access_token == "t"
    assert session.credentials.client_id == "cf"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "does not exist"),
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"{not json", "is not a JSON object"),
        (b"\xff\xfe", "is not a JSON object"),
        (b"[1]", "is not a JSON object"),
        (b"{}", "version other than 4"),
        (b'{"ConfigVersion": 3}', "version other than 4"),
        (b'{"ConfigVersion": 5, "AccessToken": "bearer t"}', "version other than 4"),
        (b'{"ConfigVersion": 4, "AccessToken": 7}', "AccessToken is not a string"),
        (b'{"ConfigVersion": 4, "CFOnK8s": {"Enabled": true}}', "CF on Kubernetes"),
        (b'{"ConfigVersion": 4, "AccessToken": "bearer a b c"}', "does not hold an access token"),
    ],
)
def test_a_session_that_cannot_be_used_says_why_and_what_to_do(tmp_path, content, words):
    file = tmp_path / "config.json"
    if content is not None:
        file.write_bytes(content)
    error = refused(file)
    assert words in error.summary
    assert error.hint is not None
    assert "cf login" in error.hint or "cf oauth-token" in error.hint


def test_a_broken_file_does_not_show_its_tokens(tmp_path):
    file = tmp_path / "config.json"
    file.write_text('{"ConfigVersion": 4, "AccessToken": "bearer very-secret", oops')
    error = refused(file)
    seen: BaseException | None = error
    while seen is not None:
        assert "very-secret" not in str(seen) + repr(seen) + repr(vars(seen))
        seen = seen.__cause__ or seen.__context__


def test_a_directory_in_its_place_is_an_error_too(tmp_path):
    assert "cannot be read" in refused(tmp_path).summary


def test_what_never_ends_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "config.json")
    assert "it is no regular file" in refused(tmp_path / "config.json").summary
    assert "it is no regular file" in refused(Path("/dev/zero")).summary
    (tmp_path / "large.json").write_bytes(b" " * (SIZE_LIMIT + 1))
    assert "it is larger than 16 MiB" in refused(tmp_path / "large.json").summary
