"""How a reader reaches a piece of news: by the key of a mail, or by account."""

from __future__ import annotations

from flask import request

from app.core.access import viewer
from app.core.errors import NotFound
from app.threads import queries
from app.threads.errors import LinkDead
from app.threads.keys import read_news_key
from app.threads.policy import NewsDoor
from app.threads.rules import Audience


def news_door(slug: str, news_id: int) -> NewsDoor:
    """A published piece of news of a public campaign. Errors: NotFound, LinkDead."""
    news = queries.get_news(slug, news_id)
    if news.published_at is None or not news.campaign.is_public:
        raise NotFound
    if news.audience == Audience.EVERYBODY:
        return NewsDoor(news, None)
    who, key = viewer(), request.args.get("cle", "")
    if key:
        campaign_id, email = read_news_key(key)
        if campaign_id != news.campaign_id:
            raise LinkDead
        return NewsDoor(news, queries.rewards_of(campaign_id, email))
    if who.is_signed_in:
        return NewsDoor(news, queries.rewards_of(news.campaign_id, who.email, who.user_id))
    return NewsDoor(news, None)
