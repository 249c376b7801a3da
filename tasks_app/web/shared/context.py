"""What every page's frame shows."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tasks_app import clock
from tasks_app.accounts.permissions import (
    Viewer,
    begins_on_overview,
    can_import,
    can_see_overdue,
    can_see_overview,
    works_with_reminders,
)
from tasks_app.outbox.models import Message
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.tabs import SUPERVISION_PAGES, Tab, is_at, supervision_tabs


@dataclass(frozen=True)
class NavLink:
    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Shell:
    """The frame: navigation, who is signed in, unread messages, the demo banner, the clock.

    `supervision_tabs` asks the database when a template calls it, and not on other pages.
    """

    now: dt.datetime
    request_id: str
    demo: str = ""
    nav: list[NavLink] = field(default_factory=list)
    who: str = ""
    user: object = None
    unread: int = 0
    messages_url: str = ""
    search_url: str = ""
    supervision_tabs: Callable[[], list[Tab]] = list


def shell(request: Request) -> dict[str, Shell]:
    """Context processor. Two queries for a signed-in person: memberships and unread messages."""
    now = clock.now()
    frame = Shell(now=now, request_id=getattr(request, "request_id", ""), demo=_demo_banner(now))
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"shell": frame}
    viewer = request.viewer
    roles = [" · ".join(post) for post in viewer.posts]
    return {
        "shell": replace(
            frame,
            nav=_nav(request, viewer),
            who=roles[0] if roles else str(request.user),
            user=request.user,
            unread=unread_count(request),
            messages_url=reverse("messages"),
            search_url=reverse("search"),
            supervision_tabs=partial(supervision_tabs, request),
        )
    }


def unread_count(request: Request) -> int:
    """How many messages the signed-in person has not read: one query per request, however often it is asked."""
    if not hasattr(request, "unread"):
        request.unread = Message.objects.shown_to(request.user.pk).filter(read_at=None).count()
    return request.unread


def _demo_banner(now: dt.datetime) -> str:
    if not settings.DEMO:
        return ""
    if settings.CLOCK_SHIFT_YEARS:
        day = date_format(now, _("Y年n月j日"))
        return _("演示数据：任务为真实清单，进展为虚构。演示时钟为 %(day)s。") % {"day": day}
    return _("演示数据：任务为真实清单，进展为虚构。")


def _nav(request: Request, viewer: Viewer) -> list[NavLink]:
    pages = [
        ("desk", _("工作台"), not begins_on_overview(viewer)),
        ("leader", _("总览"), can_see_overview(viewer)),
        ("ledger", _("任务台账"), True),
        ("reports", _("月报"), True),
        ("overdue" if can_see_overdue(viewer) else "notices", _("督办"), True),
        ("bulletins", _("通报"), True),
        ("scores", _("考核"), True),
        ("progress", _("进展"), True),
        ("reminders", _("提醒"), works_with_reminders(viewer)),
        ("imports", _("导入"), can_import(viewer)),
        ("admin:index", _("后台"), request.user.is_staff),
    ]
    links = []
    for name, label, shown in pages:
        if shown:
            # One word leads to several pages of 督办, and stays marked on each of them.
            below = SUPERVISION_PAGES if name in SUPERVISION_PAGES else (name,)
            links.append(NavLink(label, reverse(name), any(is_at(request, reverse(each)) for each in below)))
    return links
