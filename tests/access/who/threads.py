"""The doors of news and questions: a line per route."""

from __future__ import annotations

from app.core import clock
from app.core.database import db, transaction
from app.threads.models import News, Question
from tests.access.objects import CAMPAIGN, CAMPAIGN_EDIT, PLATFORM, Door, doors
from tests.access.people import EVERYBODY

WHO: dict[str, Door] = {
    **doors(
        "threads",
        Door(CAMPAIGN, CAMPAIGN_EDIT),
        """
        news_list write_news edit_news publish_news remove_news questions answer decline
    """,
    ),
    "threads.news": Door(CAMPAIGN, EVERYBODY),
    **doors("threads", Door(PLATFORM, EVERYBODY), "ask stop_news confirm_question"),  # the last two: the key of a mail
}


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    """A draft and a question for the holder, a published piece of news for everybody."""
    at, here, live = clock.now(), int(str(shared["campaign_id"])), int(str(shared["live_id"]))
    with transaction():
        draft = News(campaign_id=here, author_id=ids["holder.own"], title="Le four", created_at=at)
        shown = News(campaign_id=live, author_id=ids["lead.same/code"], title="La sole", created_at=at, published_at=at)
        question = Question(
            public_id="question-of-the-scene", form_key="q", campaign_id=here, name="Q", text="Quand ?",
            email="question@example.org", asked_at=at, confirmed_at=at, state="waiting",
        )  # fmt: skip
        db.session.add_all([draft, shown, question])
        db.session.flush()
        live_slug = shared["live_slug"]
        return {
            "news_id": draft.id, "question_id": question.id, ("threads.news", "news_id"): shown.id,
            ("threads.news", "slug"): live_slug, ("threads.ask", "slug"): live_slug,
        }  # fmt: skip
