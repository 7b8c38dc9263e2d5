import os
from datetime import date

import pytest

from reconciler.cli.session import user_cache
from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.parsing import cache as parsed_files
from reconciler.manifests.parsing import files as parsing
from reconciler.manifests.parsing.cache import ParsedFiles
from reconciler.manifests.parsing.source import parse_documents

TODAY = date(2026, 11, 20)
APP = """\
  - name: app-{0}
    routes: [app-{0}.apps.internal]
    ports: [{{name: api, tls: auto}}]
    ingress: [{{from: "caller", ports: [api], until: 2026-11-2{0}}}]
"""
TEXT = "apiVersion: c2c/v1\nkind: Space\norg: acme\nspace: web\napps:\n" + "".join(map(APP.format, range(8)))


@pytest.fixture(autouse=True)
def short_entries(monkeypatch):
    monkeypatch.setattr(parsed_files, "SMALLEST", 1)


@pytest.fixture
def manifest(tmp_path):
    file = tmp_path / "policies" / "web.yml"
    file.parent.mkdir()
    file.write_text(TEXT)
    return file


@pytest.fixture
def cache(tmp_path):
    return ParsedFiles.open(tmp_path / "cache")


def entries(tmp_path):
    return sorted((tmp_path / "cache" / "parsed").iterdir())


def load(manifest, cache):
    return load_bundle((str(manifest.parent),), today=TODAY, cache=cache)


def test_the_second_reading_parses_nothing_and_says_the_same(manifest, cache, monkeypatch):
    first = load(manifest, cache)
    monkeypatch.setattr(parsing, "parse_documents", lambda *_: pytest.fail("it was parsed"))
    second = load(manifest, cache)
    assert second.diagnostics == first.diagnostics == load_bundle_without(manifest, monkeypatch).diagnostics
    assert len(first.diagnostics) == 8
    assert second.bundle.digest == first.bundle.digest
    assert [item.value for item in second.bundle.spaces] == [item.value for item in first.bundle.spaces]


def load_bundle_without(manifest, monkeypatch):
    monkeypatch.setattr(parsing, "parse_documents", parse_documents)
    return load(manifest, None)


def test_other_bytes_are_another_file(manifest, cache):
    load(manifest, cache)
    manifest.write_text(TEXT.replace("app-7", "app-9"))
    loaded = load(manifest, cache)
    assert loaded.bundle.spaces[0].value.apps[-1].name == "app-9"


def test_the_name_of_the_file_is_not_kept(manifest, cache):
    load(manifest, cache)
    moved = manifest.rename(manifest.with_name("other.yml"))
    assert load(moved, cache).diagnostics[0].span.file == str(moved)


@pytest.mark.parametrize(
    "damage", [lambda entry: entry[:-1], lambda _: b"", lambda entry: entry[:40] + b" " + entry[41:]]
)
def test_a_damaged_entry_is_as_good_as_none(manifest, cache, tmp_path, damage):
    first = load(manifest, cache)
    (entry,) = entries(tmp_path)
    entry.write_bytes(damage(entry.read_bytes()))
    assert load(manifest, cache).diagnostics == first.diagnostics


def test_an_exchanged_entry_is_as_good_as_none(manifest, cache, tmp_path):
    load(manifest, cache)
    (entry,) = entries(tmp_path)
    manifest.write_text(TEXT.replace("app-7", "app-9"))
    load(manifest, cache)
    (other,) = set(entries(tmp_path)) - {entry}
    other.write_bytes(entry.read_bytes())
    assert load(manifest, cache).bundle.spaces[0].value.apps[-1].name == "app-9"


def test_an_entry_that_is_a_pipe_is_not_waited_for(manifest, cache, tmp_path):
    first = load(manifest, cache)
    (entry,) = entries(tmp_path)
    entry.unlink()
    os.mkfifo(entry)
    assert load(manifest, cache).diagnostics == first.diagnostics


def test_files_with_problems_are_not_kept(manifest, cache, tmp_path):
    manifest.write_text(TEXT + "apps: []\n")
    assert load(manifest, cache).bundle is None
    assert entries(tmp_path) == []


def test_what_does_not_fit_the_schema_is_told_every_time(manifest, cache):
    manifest.write_text(TEXT.replace("tls: auto", "tls: soon"))
    first, second = load(manifest, cache), load(manifest, cache)
    assert first.bundle is None
    assert second.diagnostics == first.diagnostics


def test_the_folder_is_private(tmp_path):
    ParsedFiles.open(tmp_path / "cache")
    for folder in (tmp_path / "cache", tmp_path / "cache" / "parsed"):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_can_write_to_is_not_used(tmp_path):
    (tmp_path / "cache" / "parsed").mkdir(parents=True)
    (tmp_path / "cache" / "parsed").chmod(0o777)
    assert ParsedFiles.open(tmp_path / "cache") is None


def test_a_link_is_no_folder(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "cache").mkdir(mode=0o700)
    (tmp_path / "cache" / "parsed").symlink_to(tmp_path / "elsewhere")
    assert ParsedFiles.open(tmp_path / "cache") is None


def test_no_place_is_no_cache(tmp_path):
    (tmp_path / "cache").write_text("a file")
    assert ParsedFiles.open(tmp_path / "cache") is None


def test_the_oldest_entries_go_first(manifest, cache, tmp_path, monkeypatch):
    load(manifest, cache)
    (old,) = entries(tmp_path)
    monkeypatch.setattr(parsed_files, "MAX_BYTES", old.stat().st_size * 3 // 2)
    manifest.write_text(TEXT.replace("app-7", "app-9"))
    load(manifest, cache)
    assert old not in entries(tmp_path)


def test_the_environment_decides(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.setenv("C2C_NO_CACHE", "1")
    assert user_cache() is None
    monkeypatch.delenv("C2C_NO_CACHE")
    assert user_cache() is not None
    assert (tmp_path / "caches" / "c2c" / "parsed").is_dir()
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert user_cache() is not None
    assert (tmp_path / "home" / ".cache" / "c2c" / "parsed").is_dir()
