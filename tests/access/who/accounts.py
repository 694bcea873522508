"""The doors of accounts: a line per route."""

from __future__ import annotations

from tests.access.objects import ACCOUNT, PLATFORM, Door, doors
from tests.access.people import EVERYBODY, SIGNED_IN, people

WHO: dict[str, Door] = {
    **doors(
        "accounts",
        Door(PLATFORM, EVERYBODY),
        """
        sign_up sign_up_done confirm_email sign_in sign_out ask_reset reset_asked reset_password confirm_new_email
        sign_in_code
    """,
    ),
    **doors(
        "accounts",
        Door(ACCOUNT, SIGNED_IN),
        """
        profile change_password change_email close end_other_sessions second_factor prove confirm_second_factor
        recovery_codes end_second_factor
    """,
    ),
    "accounts.end_session": Door(ACCOUNT, people("holder.own")),  # the session of the scene is the holder's
}
