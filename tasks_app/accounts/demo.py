"""The demo's cast: who can sign in to the demo, and with what. None of these accounts exist outside the demo."""

import csv
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership

PASSWORD = "duban-demo-2024"  # noqa: S105  (public by design)
# One liaison to try first; the others are named like it, by the unit's number.
FIRST_LIAISON_UNIT = "市住房建设局"


@dataclass(frozen=True)
class CastMember:
    """One row of fixtures/demo_cast.csv."""

    username: str
    role: Role
    unit: str
    name: str
    is_staff: bool


@dataclass(frozen=True)
class DemoAccount:
    """An account as shown on the sign-in page and by `manage.py serve`."""

    username: str
    password: str
    role_label: str
    unit: str


def cast() -> list[CastMember]:
    """The roles beside the liaisons."""
    with (settings.FIXTURES_ROOT / "demo_cast.csv").open(encoding="utf-8", newline="") as file:
        return [
            CastMember(row["username"], Role(row["role"]), row["unit"], row["name"], row["is_staff"] == "1")
            for row in csv.DictReader(file)
        ]


def demo_accounts() -> list[DemoAccount]:
    """A liaison of a department, its head, a liaison of a county, and the other roles; nothing outside the demo."""
    if not settings.DEMO:
        return []
    names = [member.username for member in cast()]
    memberships = Membership.objects.in_force().select_related("user", "unit")
    liaisons = memberships.filter(
        Q(role=Role.LIAISON, unit__name__in=[FIRST_LIAISON_UNIT, "互助县政府"])
        | Q(role=Role.HEAD, unit__name=FIRST_LIAISON_UNIT)
    )
    others = memberships.filter(user__username__in=names)
    return [
        DemoAccount(m.user.username, PASSWORD, m.get_role_display(), m.unit.name)
        for m in [*liaisons.order_by("unit__order", "pk"), *others.order_by("pk")]
    ]
