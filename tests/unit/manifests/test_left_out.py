from pathlib import Path

import pytest

from reconciler.manifests.left_out import MOST_FILES, rules_left_out

RULE = "apiVersion: c2c/v1\nkind: {}\nname: x\n"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(name, text="apiVersion: c2c/v1\nkind: Space\n"):
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text)


def told(*paths, loaded=()):
    return [(item.code, str(item.span), item.message.rpartition(": ")[2]) for item in rules_left_out(paths, loaded)]


@pytest.mark.parametrize("kind", ["Foundation", "Guardrail", "'Guardrail'", "Expectation"])
@pytest.mark.parametrize("path", ["policies/acme", "policies/acme/web.yml", "policies/acme/deep/er"])
def test_rules_above_and_beside_a_path_are_told(kind, path):
    write("policies/acme/web.yml")
    write("policies/acme/deep/er/web.yml")
    write("policies/a.yml")
    write("policies/rules/one.yml", RULE.format(kind))
    expected = ("rules-left-out", "policies/rules/one.yml:1:1", "policies/rules/one.yml")
    assert told(path) == [expected]
    write("policies/two.yml", RULE.format(kind))
    assert told(path) == [(*expected[:2], "policies/rules/one.yml and 1 more")]
    assert told(path, loaded=["policies/rules/one.yml", "policies/two.yml"]) == []


def test_what_is_no_rule_of_ours_is_not_told():
    write("policies/acme/web.yml")
    write("policies/a.yml", "apiVersion: example.com/v1\nkind: Guardrail\n")
    write("policies/b.yml", RULE.format("Guardrails"))
    write("policies/.hidden/c.yml", RULE.format("Guardrail"))
    write("policies/d.txt", RULE.format("Guardrail"))
    assert told("policies/acme") == []


def test_it_ends_at_the_current_folder_or_at_the_root_of_the_repository(monkeypatch):
    write("rule.yml", RULE.format("Guardrail"))
    write("network/rule.yml", RULE.format("Guardrail"))
    write("network/policies/web.yml")
    assert told("network") == []
    assert [item[1] for item in told("network/policies")] == ["network/rule.yml:1:1"]
    monkeypatch.chdir("network")
    assert told("policies") == []
    Path("../.git").mkdir()
    assert [item[1] for item in told("policies")] == ["rule.yml:1:1"]


def test_a_file_in_the_current_folder_has_its_neighbours():
    write("web.yml")
    write("rule.yml", RULE.format("Guardrail"))
    assert [item[1] for item in told("web.yml")] == ["rule.yml:1:1"]


def test_only_so_many_files_are_looked_into():
    write("policies/acme/web.yml")
    for number in range(MOST_FILES):
        write(f"policies/{number:04}.yml")
    write("policies/last.yml", RULE.format("Guardrail"))
    assert told("policies/acme") == []
