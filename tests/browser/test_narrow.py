from __future__ import annotations


def test_on_a_narrow_screen_every_cell_is_in_sight_and_says_what_it_is(opened):
    page = opened("forty", width=390)
    cells = page.run(
        """return [...document.querySelectorAll("#connections-table tbody tr:first-child td")].map((cell) =>
            [cell.dataset.column, getComputedStyle(cell, "::before").content, cell.getBoundingClientRect().right])"""
    )
    assert [name for name, _, _ in cells][:3] == ["Change", "Source", "Destination"]
    assert [words for _, words, _ in cells] == [f'"{name}"' for name, _, _ in cells]
    assert max(right for _, _, right in cells) <= 390


def test_on_a_wide_screen_the_columns_are_named_above_them(opened):
    page = opened("forty")
    assert page.run("return getComputedStyle(document.querySelector('td'), '::before').content") == "none"
