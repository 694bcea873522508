"""Which passwords are refused, and when a session is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.accounts.rules import SESSION_LIFE, bare_word, is_common, session_is_over

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "password",
    [
        "motdepasse2027", "M0tDeP@sse2027!", "Password12345", "P@ssw0rdP@ssw0rd", "azertyuiop123", "AZERTYUIOP!!",
        "123456789012", "aaaaaaaaaaaaaaa", "soleilsoleil", "abcabcabcabc", "qwertyuiop12", "Bourgogne2026",
        "987654321098",        "grainedactions21", "12341234123412",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_refused(password):
    assert is_common(password)


@pytest.mark.parametrize(
    "password", ["quatre mots sans lien", "Xk9$wq2!Lm0z", "tortue-lampe-gare-9", "ÉlanCourtVélo&Pluie"]
)
def test_a_short_sentence_is_a_good_password(password):
    assert not is_common(password, "Jeanne Martin", "jeanne@exemple.fr")


def test_ones_own_name_or_address_is_no_secret():
    assert is_common("JeanneMartin2027", "Jeanne Martin", "jm@exemple.fr")
    assert is_common("camille.durand1", "Camille", "camille.durand@exemple.fr")


def test_decoration_does_not_hide_a_word():
    assert bare_word("M0tDeP@sse2027!") == "motdepasse"


@pytest.mark.parametrize(
    ("age", "idle", "is_staff", "over"),
    [
        (timedelta(days=13), timedelta(days=13), False, False),
        (SESSION_LIFE, timedelta(0), False, True),
        (timedelta(hours=11), timedelta(minutes=29), True, False),
        (timedelta(hours=1), timedelta(minutes=30), True, True),
        (timedelta(hours=12), timedelta(0), True, True),
    ],
)
def test_staff_sessions_end_sooner(age, idle, is_staff, over):
    ended = session_is_over(
        created_at=NOON - age, last_seen_at=NOON - idle, expires_at=NOON - age + SESSION_LIFE,
        is_staff=is_staff, at=NOON,
    )  # fmt: skip
    assert ended is over
