"""The money's busy path sends few statements: what one more read costs is paid for each promise, thousands at once."""

from __future__ import annotations

from app.settlement.collect_jobs import collect_due
from tests.settlement.test_collect import assert_each_paid_once, closed
from tests.support.scene import Scene
from tests.support.statements import statements

# Two of a promise: how many unfinished ones this visitor holds is asked, and this one is noted.
MOST_A_PROMISE, MOST_A_CHARGE = 45, 40


def test_a_promise_is_made_in_few_statements_from_the_form_to_the_card_page(scene: Scene) -> None:
    slug = scene.campaign()
    scene.promise(slug)  # what is read once in the life of a process
    client = scene.app.test_client()
    path, fields = scene.form(slug, client, reward=str(scene.reward(slug).id))
    with statements(scene.app) as sent:
        answer = client.post(path, data=fields)
    assert answer.status_code == 303
    assert scene.row(slug).page_version > 1
    assert len(sent) <= MOST_A_PROMISE, "\n".join(sent)


def test_a_promise_is_collected_in_few_statements_and_many_share_theirs(scene: Scene) -> None:
    _slug, gifts = closed(scene, 4)
    with scene.app.app_context(), statements(scene.app) as sent:
        collect_due()
    assert_each_paid_once(scene, gifts)
    assert len(sent) / len(gifts) <= MOST_A_CHARGE, "\n".join(sent)
