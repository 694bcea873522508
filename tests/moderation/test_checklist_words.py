"""A word on a point of the list: some stay with who reviews, some reach the holder, and only once they are sent."""

from __future__ import annotations

from app.core.database import db
from app.core.outbox import OutboxMail
from app.moderation.models import ChecklistNote
from app.moderation.rules import CHECKLIST
from tests.moderation.world import REFUSAL, World

INSIDE, MEANT = "Le devis <b>date</b> de 2019.", "Joignez un devis de cette année."
ASKED = {"field": "budget", "reason": "outdated", "text": "Un devis récent, s’il vous plaît."}


def words(code: str, *, inside: str = INSIDE, meant: str = MEANT) -> dict[str, str]:
    return {f"{code}_inside": inside, f"{code}_to_holder": meant}


def read_by_holder(world: World) -> str:
    return world.holder.get(world.holder_page).get_data(as_text=True)


def test_the_words_for_the_holder_leave_with_the_requests_and_the_others_never_do(world: World):
    world.do(world.first, "prendre")
    assert world.do(world.first, "liste", budget_balances="to_fix", **words("budget_balances")) == 303
    page = world.first.get(world.review_page).get_data(as_text=True)
    assert "Le devis &lt;b&gt;date&lt;/b&gt; de 2019." in page, "kept in the form, and escaped"
    assert MEANT not in read_by_holder(world), "nothing was sent yet"
    world.do(world.first, "demandes", **ASKED)
    assert world.do(world.first, "demandes/envoyer") == 303
    text = read_by_holder(world)
    assert MEANT in text
    assert "2019" not in text
    with world.app.app_context():
        mail = db.session.scalars(
            db.select(OutboxMail.text).where(OutboxMail.subject == "Quelques modifications avant la publication")
        ).one()
    assert MEANT in mail
    assert "2019" not in mail
    second = world.second.get(world.review_page).get_data(as_text=True)
    assert MEANT in second
    assert "2019" in second, "whoever reviews reads both"


def test_what_was_told_stays_as_it_was_until_it_is_sent_again_and_is_settled_when_the_point_is_met(world: World):
    world.do(world.first, "prendre")
    world.do(world.first, "liste", readable="to_fix", clear="ok", **words("readable"), **words("clear", meant="Bravo."))
    world.do(world.first, "demandes", **ASKED)
    world.do(world.first, "demandes/envoyer")
    assert "Bravo." not in read_by_holder(world), "a point that is met asks nothing"
    world.do(world.first, "liste", readable="to_fix", **words("readable", meant="Autre chose."))
    assert MEANT in read_by_holder(world)
    assert "Autre chose." not in read_by_holder(world)
    assert "réglé" not in read_by_holder(world)
    assert world.do(world.first, "liste", readable="ok") == 303, "a page without its lines keeps the words"
    assert "réglé" in read_by_holder(world)
    with world.app.app_context():
        note = db.session.scalars(db.select(ChecklistNote).where(ChecklistNote.code == "readable")).one()
        assert (note.inside, note.to_holder) == (INSIDE, "Autre chose.")


def test_a_decision_tells_them_too_and_a_word_too_long_comes_back(world: World):
    world.do(world.first, "prendre")
    too_long = world.first.post(
        f"{world.review_page}/liste", {"readable": "to_fix", **words("readable", meant="x" * 301)}, page="/compte"
    )
    assert too_long.status_code == 422
    assert "x" * 301 in too_long.get_data(as_text=True), "what was typed is not lost"
    world.do(world.first, "liste", readable="to_fix", **words("readable"), **words("inconnu"))
    world.do(world.first, "proposer-refus", **REFUSAL)
    assert MEANT not in read_by_holder(world)
    world.decide(world.second)
    assert MEANT in read_by_holder(world)


def test_a_colleague_without_the_file_writes_nothing_and_a_recused_one_reads_nothing(world: World):
    world.do(world.first, "prendre")
    assert world.do(world.second, "liste", readable="to_fix", **words("readable")) == 409
    assert world.do(world.elsewhere, "liste", readable="to_fix", **words("readable")) == 404
    assert world.do(world.holder, "liste", readable="to_fix", **words("readable")) == 404
    world.do(world.first, "liste", **dict.fromkeys(CHECKLIST, "ok"), **words("readable"))
    world.do(world.second, "deport", reason="Une amie.")
    assert world.second.get(world.review_page).status_code == 404
