"""What time alone brings: Sessions that expire, refunds that settle. Runs before every request."""

from fake_stripe.resources import checkout_sessions, refunds
from fake_stripe.work import Work


def sweep(work: Work) -> int:
    """Returns how many objects were due. Caller holds the lock, not a transaction."""
    due = work.store.due(work.now)
    if not due:
        return 0
    with work.store.transaction():
        quiet = Work(work.store, work.now, work.base_url)
        for obj in due:
            if obj["object"] == "checkout.session":
                checkout_sessions.expire_now(quiet, obj)
            elif obj["object"] == "refund":
                failed = obj["_outcome"] == "fails_later"
                refunds.settle(quiet, obj, "failed" if failed else "succeeded")
    return len(due)
