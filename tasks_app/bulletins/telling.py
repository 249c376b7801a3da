"""Who is told what about a bulletin. Called by the acts that cause the message."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.bulletins.models import Bulletin
from tasks_app.bulletins.queries import approvers, audience
from tasks_app.outbox.actions import tell


def topic_of(bulletin: Bulletin) -> str:
    return f"bulletin:{bulletin.pk}"


@in_the_language_of_the_house
def submitted(bulletin: Bulletin, *, by: User, at: dt.datetime) -> None:
    """Everybody who may decide, except the person who asks."""
    subject = _("通报待审批：%(title)s") % {"title": bulletin.title_line}
    body = _("%(who)s送审，请审阅后批准或退回。") % {"who": by}
    people = [person for person in approvers(bulletin.task_list) if person != by]
    _tell(people, bulletin, "submitted", subject, body, at)


@in_the_language_of_the_house
def decided(bulletin: Bulletin, *, granted: bool, at: dt.datetime) -> None:
    word = _("通报已批准，可以发布：%(title)s") if granted else _("通报已退回，请修改：%(title)s")
    body = bulletin.opinion or _("同意。")
    _tell([bulletin.submitted_by], bulletin, "decided", word % {"title": bulletin.title_line}, body, at)


@in_the_language_of_the_house
def published(bulletin: Bulletin, *, at: dt.datetime) -> None:
    subject = _("%(number)s：%(title)s") % {"number": bulletin.number, "title": bulletin.title_line}
    _tell(audience(bulletin), bulletin, "published", subject, _("通报已发布，请阅读并对照办理。"), at)


@in_the_language_of_the_house
def recalled(bulletin: Bulletin, *, at: dt.datetime) -> None:
    subject = _("%(number)s已撤回") % {"number": bulletin.number}
    _tell(audience(bulletin), bulletin, "recalled", subject, bulletin.recall_note, at)


def _tell(
    people: Iterable[User | None], bulletin: Bulletin, what: str, subject: str, body: str, at: dt.datetime
) -> None:
    key, topic = f"bulletin-{what}:{bulletin.pk}:{bulletin.version}", topic_of(bulletin)
    tell(people, key=key, subject=subject, body=body, path=bulletin.get_absolute_url(), topic=topic, at=at)
