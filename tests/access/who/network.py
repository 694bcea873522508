"""The doors of network: a line per route."""

from __future__ import annotations

from app.network import consortium_queries
from tests.access.objects import ADMIN, DESK, MODERATORS, PLATFORM, Door, doors
from tests.access.people import EVERYBODY, people

WHO: dict[str, Door] = {
    **doors("network", Door(PLATFORM, EVERYBODY), "communes_json who_helps"),
    # a hole on the map is the business of whoever works in the network
    "network.coverage": Door(DESK, ADMIN | MODERATORS | people("coach.own communicator.same network_lead.same")),
    **doors(
        "network",
        Door(DESK, ADMIN),
        """
        admin_home admin_journal texts edit_text offers new_offer end_offer organisations new_organisation organisation
        set_active people person
        suspend_account restore_account give_right end_right change_offer consortia new_consortium consortium add_member
        end_membership areas_list new_area area import_areas programmes programme
    """,
    ),
}


def values(ids: dict[str, int], shared: dict[str, object]) -> dict[str | tuple[str, str], object]:
    group = consortium_queries.get_consortium("grais")
    about_group = ("consortium", "add_member", "end_membership")
    return {
        "slug": "active-71", ("network.edit_text", "key"): "contact_email", "code": "dla",
        ("network.area", "code"): "Z-BOURGOGNE", "member_id": consortium_queries.members_of(group.id)[0].id,
        **{(f"network.{page}", "slug"): "grais" for page in about_group},
    }  # fmt: skip
