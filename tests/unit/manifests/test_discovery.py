import os
from pathlib import Path

import pytest

from reconciler.manifests.discovery import find_manifests
from reconciler.manifests.reading import read_file


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(*names):
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()


def codes(problems):
    return [problem.code for problem in problems]


def test_a_folder_gives_its_manifests_sorted_as_the_caller_wrote_it(here):
    write("p/b.yml", "p/a/z.yaml", "p/a.yml", "p/README.md", "p/c.yml.bak")
    assert find_manifests(["p"]) == (["p/a.yml", "p/a/z.yaml", "p/b.yml"], [])
    assert find_manifests(["p/"])[0] == ["p/a.yml", "p/a/z.yaml", "p/b.yml"]
    assert find_manifests([str(here / "p")])[0][0] == str(here / "p/a.yml")


def test_hidden_files_and_folders_are_not_manifests():
    write("p/a.yml", "p/.git/x.yml", "p/.hidden.yml", "p/._a.yml")
    assert find_manifests(["p"])[0] == ["p/a.yml"]


def test_a_file_that_is_named_may_end_with_anything():
    write("x.txt", ".hidden.yml")
    assert find_manifests(["x.txt", ".hidden.yml"]) == ([".hidden.yml", "x.txt"], [])


def test_a_file_counts_once_however_often_it_is_named():
    write("p/a.yml")
    Path("p/b.yml").symlink_to("a.yml")
    assert find_manifests(["p/a.yml", "p", "./p"])[0] == ["p/a.yml"]


def test_the_order_of_the_paths_does_not_matter():
    write("a/1.yml", "b/2.yml")
    assert find_manifests(["b", "a"]) == find_manifests(["a", "b"])


def test_links_that_go_round_end():
    write("p/a.yml")
    Path("p/again").symlink_to(".")
    Path("p/up").symlink_to("..")
    assert find_manifests(["p"]) == (["p/a.yml"], [])


def test_links_into_other_folders_are_followed():
    write("shared/a.yml")
    Path("p").mkdir()
    Path("p/s").symlink_to("../shared")
    assert find_manifests(["p"]) == (["p/s/a.yml"], [])


def test_a_missing_path_is_a_problem():
    assert codes(find_manifests(["nowhere"])[1]) == ["path-not-found"]
    Path("dangling.yml").symlink_to("gone.yml")
    assert codes(find_manifests(["."])[1]) == ["path-not-found"]


def test_a_folder_without_manifests_is_a_problem():
    Path("empty").mkdir()
    (problem,) = find_manifests(["empty"])[1]
    assert problem.code == "no-manifests"
    assert problem.hint
    assert str(problem.span) == "empty:1:1"


def test_pipes_and_devices_are_refused_without_waiting():
    os.mkfifo("pipe.yml")
    assert codes(find_manifests(["."])[1]) == ["not-a-file"]
    assert codes(find_manifests(["/dev/null"])[1]) == ["not-a-file"]
    assert read_file("pipe.yml").code == "not-a-file"


def test_a_path_that_cannot_be_is_a_problem():
    assert codes(find_manifests(["a\0b"])[1]) == ["unreadable-file"]
    assert read_file("a\0b").code == "unreadable-file"
    assert read_file("x" * 5000).code == "unreadable-file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_a_problem():
    write("p/a.yml", "q/b.yml")
    Path("p/a.yml").chmod(0)
    Path("q").chmod(0)
    assert read_file("p/a.yml").code == "unreadable-file"
    assert codes(find_manifests(["q"])[1]) == ["unreadable-file"]
    Path("q").chmod(0o700)
