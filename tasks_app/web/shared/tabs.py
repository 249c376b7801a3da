"""The pages that belong together under one word of the navigation, as tabs."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from tasks_app.accounts.permissions import can_see_overdue, supervises
from tasks_app.inspection.queries import owed_answers
from tasks_app.notices.queries import waiting_for
from tasks_app.supervision.requests import unheard_count, waiting_count
from tasks_app.web.shared.http import Request

SUPERVISION_PAGES = ("overdue", "notices", "requests", "spot_checks", "instructions")


@dataclass(frozen=True)
class Tab:
    """`waiting`: how many things there wait for this person; 0 is not shown."""

    label: str
    url: str
    current: bool
    waiting: int = 0


def is_at(request: Request, url: str) -> bool:
    """Is this request for the page, or for one below it."""
    return request.path == url or (url != "/" and request.path.startswith(url))


def supervision_tabs(request: Request) -> list[Tab]:
    """督办: the queue of what is late, and each kind of act upon it. Four queries at most for one post."""
    viewer = request.viewer
    asked = waiting_count(viewer) if supervises(viewer) else 0
    heard = unheard_count(viewer) if viewer.liaison_units else 0
    told = owed_answers(viewer).count() if viewer.liaison_units else 0
    pages = [
        ("overdue", _("逾期队列"), can_see_overdue(viewer), 0),
        ("notices", _("督办通知"), True, waiting_for(viewer)),
        ("requests", _("延期与销号"), True, asked + heard),
        ("spot_checks", _("现场核查"), True, 0),
        ("instructions", _("批示"), True, told),
    ]
    return [
        Tab(label, url, is_at(request, url), waiting)
        for name, label, shown, waiting in pages
        if shown and (url := reverse(name))
    ]
