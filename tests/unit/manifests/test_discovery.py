import os
import shutil
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from reconciler.manifests import discovery
from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.discovery import find_manifests, printable
from reconciler.manifests.parsing import reading
from reconciler.manifests.parsing.reading import read_file
from reconciler.manifests.snapshots.file import load_snapshot
from reconciler.report.json_text import encode_diagnostics, render_json


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


@pytest.mark.parametrize("path", ["p", "p/", "./p", ".//p//", "."])
def test_code_hosts_know_the_file_by_the_name_that_it_gets(path):
    write("p/q/a.yml")
    assert find_manifests([path])[0] == ["p/q/a.yml"]


def test_the_order_of_the_paths_does_not_matter():
    write("a/1.yml", "b/2.yml")
    assert find_manifests(["b", "a"]) == find_manifests(["a", "b"])


def link(name, target):
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).symlink_to(target)


def test_links_that_go_round_end():
    write("p/a.yml", "p/sub/b.yml")
    link("p/again", ".")
    link("p/sub/up", "..")
    assert find_manifests(["p"]) == (["p/a.yml", "p/sub/b.yml"], [])


@pytest.mark.parametrize("target", ["/", "..", "../shared", "../p2"])
def test_a_link_to_a_folder_outside_is_refused_and_not_walked(target):
    write("p/a.yml", "shared/x.yml", "p2/y.yml")
    link("p/s", target)
    files, (problem,) = find_manifests(["p"])
    assert files == ["p/a.yml"]
    assert (problem.code, str(problem.span)) == ("unreadable-file", "p/s:1:1")
    assert "leads out of the folder" in problem.message


def test_a_link_to_a_file_outside_is_refused():
    write("secret.yml", "p/a.yml", "p2/b.yml")
    link("p/x.yml", "../secret.yml")
    link("p/y.yml", "../p2/b.yml")
    link("p/z.yml", "a.yml")
    files, problems = find_manifests(["p"])
    assert files == ["p/a.yml"]
    assert [(problem.code, problem.span.file) for problem in problems] == [
        ("unreadable-file", "p/x.yml"),
        ("unreadable-file", "p/y.yml"),
    ]


def test_links_lead_wherever_another_path_does():
    write("p/a.yml", "shared/b.yml", "one.yml")
    link("p/s", "../shared")
    link("p/b.yml", "../shared/b.yml")
    link("p/one.yml", "../one.yml")
    assert find_manifests(["p", "shared", "one.yml"]) == (["p/a.yml", "p/b.yml", "p/one.yml"], [])


def test_a_path_that_is_named_may_be_a_link():
    write("real/a.yml", "real/sub/b.yml")
    link("p", "real")
    link("c.yml", "real/a.yml")
    assert find_manifests(["p"]) == (["p/a.yml", "p/sub/b.yml"], [])
    assert find_manifests(["c.yml"]) == (["c.yml"], [])


def test_a_folder_mounted_as_kubernetes_does_is_read():
    write("p/..2026/a.yml")
    link("p/..data", "..2026")
    link("p/a.yml", "..data/a.yml")
    assert find_manifests(["p"]) == (["p/a.yml"], [])


def test_a_link_to_a_hidden_folder_is_refused_since_nothing_there_is_found():
    write("p/a.yml", "p/.releases/1/b.yml")
    link("p/current", ".releases/1")
    assert codes(find_manifests(["p"])[1]) == ["unreadable-file"]


def test_the_root_of_the_machine_is_a_folder_like_any_other(monkeypatch):
    monkeypatch.setattr(os, "walk", lambda *_args, **_options: [("/", [], ["a.yml"])])
    assert codes(find_manifests(["/"])[1]) == ["path-not-found"]


def test_a_folder_that_vanishes_meanwhile_is_a_problem(monkeypatch):
    write("p/a.yml", "p/sub/b.yml", "p/sub/c/d.yml")
    walk = os.walk

    def vanishing(*args, **options):
        for item in walk(*args, **options):
            if item[0] == "p/sub":
                shutil.rmtree("p/sub")
            yield item

    monkeypatch.setattr(discovery.os, "walk", vanishing)
    files, problems = find_manifests(["p"])
    assert files == ["p/a.yml"]
    assert set(codes(problems)) == {"path-not-found"}


def test_an_empty_path_is_called_so():
    for (problem,) in (find_manifests([""])[1], load_snapshot("")[1], load_bundle([""], today=TODAY).diagnostics):
        assert (problem.code, problem.message, problem.span) == ("path-not-found", "a path is empty", None)


TODAY = date(2026, 11, 20)
NOT_TEXT = os.fsdecode(b"caf\xe9.yml")
GOOD = "apiVersion: c2c/v1\nkind: Space\norg: acme\nspace: web\napps: []\n"


def test_a_name_that_is_no_text_is_opened_and_shown():
    Path("p").mkdir()
    Path("p", NOT_TEXT).write_text(GOOD)
    bundle = load_bundle(["p"], today=TODAY).bundle
    assert bundle.files == (printable(f"p/{NOT_TEXT}"),) == ("p/caf\\udce9.yml",)
    assert bundle.spaces[0].document.span().file == bundle.files[0]


@pytest.mark.parametrize("content", ["a: [", "a: 1\n", "\0", GOOD.replace("[]", "[{name: x}, {name: x}]")])
def test_a_problem_in_a_file_whose_name_is_no_text_can_be_written_out(content):
    Path("p").mkdir()
    Path("p", NOT_TEXT).write_text(content)
    problems = [*load_bundle(["p"], today=TODAY).diagnostics, *load_snapshot(f"p/{NOT_TEXT}")[1]]
    assert problems
    assert "caf" in render_json(encode_diagnostics(problems))


def test_paths_that_are_no_text_can_be_written_out():
    Path(NOT_TEXT).mkdir()
    os.mkfifo(f"{NOT_TEXT}/{NOT_TEXT}")
    link("p/" + NOT_TEXT, "..")
    Path("empty" + NOT_TEXT).mkdir()
    problems = find_manifests(["nowhere" + NOT_TEXT, NOT_TEXT, "p", "empty" + NOT_TEXT])[1]
    assert codes(problems) == ["path-not-found", "not-a-file", "unreadable-file", "no-manifests"]
    assert "caf" in render_json(encode_diagnostics(problems))
    with Path(NOT_TEXT, "large.yml").open("wb") as file:
        file.truncate(2**30)
    assert "caf" in render_json(encode_diagnostics([read_file(f"{NOT_TEXT}/large.yml")]))


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


@pytest.mark.parametrize("said", [0, 1, 9, 10, 11])
def test_a_file_that_grows_while_it_is_read_is_read_whole_or_refused(monkeypatch, said):
    Path("a.yml").write_bytes(b"0123456789")
    status = SimpleNamespace(st_mode=Path("a.yml").stat().st_mode, st_size=said)
    monkeypatch.setattr(reading.os, "fstat", lambda _: status)
    for limit in (11, 12, 1000):
        assert read_file("a.yml", limit) == b"0123456789"
    assert read_file("a.yml", 10) == b"0123456789" or said == 11
    assert read_file("a.yml", 9).code == "file-too-large"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_a_problem():
    write("p/a.yml", "q/b.yml")
    Path("p/a.yml").chmod(0)
    Path("q").chmod(0)
    assert read_file("p/a.yml").code == "unreadable-file"
    assert codes(find_manifests(["q"])[1]) == ["unreadable-file"]
    Path("q").chmod(0o700)
