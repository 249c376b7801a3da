"""The pages that belong together under one word of the navigation, as tabs."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from tasks_app.accounts.permissions import can_see_overdue
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


def known(name: str) -> str:
    """The address of a page; empty where it is not built in."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def supervision_tabs(request: Request) -> list[Tab]:
    """督办: the queue of what is late, and each kind of act upon it."""
    pages = [
        ("overdue", _("逾期队列"), can_see_overdue(request.viewer)),
        ("notices", _("督办通知"), True),
        ("requests", _("延期与销号"), True),
        ("spot_checks", _("现场核查"), True),
        ("instructions", _("批示"), True),
    ]
    return [Tab(label, url, is_at(request, url)) for name, label, shown in pages if shown and (url := known(name))]
