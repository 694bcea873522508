"""What is gone and what is new in a text, and never a word lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.core.differences import GONE, NEW, SAME, changed_share, compare

TEXTS = st.text(st.sampled_from(" \nabcé’<>"), max_size=60)


@given(TEXTS, TEXTS)
def test_the_pieces_spell_both_texts_whole(old, new):
    pieces = compare(old, new)
    assert "".join(p.text for p in pieces if p.kind != NEW) == old
    assert "".join(p.text for p in pieces if p.kind != GONE) == new


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text):
    assert all(piece.kind == SAME for piece in compare(text, text))
    assert changed_share(text, text) == 0


def test_one_word_of_a_paragraph_is_shown_and_nothing_else():
    pieces = compare("Un four à pain.\nPour tous.", "Un four à bois.\nPour tous.")
    assert [(p.kind, p.text) for p in pieces if p.kind != SAME] == [(GONE, "pain.\n"), (NEW, "bois.\n")]


def test_a_rewritten_text_has_changed_much_and_a_typing_error_little():
    story = "Nous ouvrons un four au village pour que chaque famille vienne y cuire son pain le samedi matin. " * 5
    assert changed_share(story, story.replace("samedi", "dimanche", 1)) < 0.05
    assert changed_share(story, "Envoyez l’argent ici.") > 0.9
