"""`make test` looks at few pages instead of all: none that shows something new may be among those left out."""

from __future__ import annotations

from tests.a11y.shapes import fewest

PLAIN = "<main><h1>Une page</h1><p>Des mots</p></main>"


def test_pages_that_differ_in_words_only_are_looked_at_once() -> None:
    assert len(fewest([PLAIN, PLAIN.replace("Des mots", "D’autres"), PLAIN * 3])) == 1


def test_whatever_is_new_on_a_page_brings_it_in() -> None:
    for new in (
        '<main><h1>Une page</h1><p class="warning">Des mots</p></main>',  # another look
        '<main><h1>Une page</h1><p role="alert">Des mots</p></main>',  # another thing to hear
        "<main><h1>Une page</h1><div><p>Des mots</p></div></main>",  # another place
        '<main><h1>Une page</h1><p>Des mots</p><button type="submit"></button></main>',
    ):
        assert fewest([PLAIN, new])[-1] == 1


def test_a_page_whose_every_part_is_shown_by_larger_ones_is_left_out() -> None:
    assert fewest([PLAIN, PLAIN + "<footer><a href='/'>x</a></footer>"]) == [1]


def test_an_error_is_seen_though_the_field_looks_the_same() -> None:
    assert fewest(['<input type="text" aria-invalid="false">', '<input type="text" aria-invalid="true">']) == [0, 1]
