"""Who is told what about a notice, in the transaction of the act."""

import datetime as dt
from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership, User
from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.lib.dates import BEIJING
from tasks_app.notices.choices import Verdict
from tasks_app.notices.models import Notice, NoticeRound
from tasks_app.outbox.actions import tell
from tasks_app.roster.queries import charges


def topic_of(notice: Notice) -> str:
    return f"notice:{notice.pk}"


def moment_text(moment: dt.datetime) -> str:
    return date_format(moment.astimezone(BEIJING), _("n月j日 H:i"))


def of_the_unit(notice: Notice) -> list[User]:
    """The liaison whom the roster names (else every liaison of the unit), and the unit's heads."""
    posts = Membership.objects.in_force().filter(unit_id=notice.unit_id, role__in=[Role.LIAISON, Role.HEAD])
    held = list(posts.select_related("user").order_by("pk"))
    liaisons = [post.user for post in held if post.role == Role.LIAISON]
    charged = charges({notice.unit_id: liaisons}).get((notice.task_list_id, notice.unit_id), liaisons)
    return _once([*charged, *(post.user for post in held if post.role == Role.HEAD)])


def coordinators(notice: Notice) -> list[User]:
    return _in_role(Role.COORDINATOR, unit_id=notice.task_list.coordinating_unit_id)


def supervisors(notice: Notice) -> list[User]:
    return _in_role(Role.SUPERVISOR, unit__jurisdiction_id=notice.task_list.jurisdiction_id)


def _in_role(role: Role, **where: int) -> list[User]:
    posts = Membership.objects.in_force().filter(role=role, **where).select_related("user").order_by("pk")
    return _once(post.user for post in posts)


def _once(people: Iterable[User]) -> list[User]:
    return list({person.pk: person for person in people}.values())


def _tell(people: Iterable[User], notice: Notice, *, key: str, subject: str, body: str, at: dt.datetime) -> None:
    tell(
        people, key=f"notice-{key}:{notice.pk}", subject=subject, body=body, path=notice.get_absolute_url(),
        topic=topic_of(notice), at=at,
    )  # fmt: skip


@in_the_language_of_the_house
def issued(notice: Notice, *, at: dt.datetime) -> None:
    """The unit's people are asked to answer; the coordinator knows."""
    words = {"level": notice.mark.full, "number": notice.number, "unit": notice.unit_name, "title": notice.title}
    words["due"] = moment_text(notice.due_at)
    _tell(
        of_the_unit(notice),
        notice,
        key="issued",
        subject=_("%(level)s %(number)s：请于 %(due)s 前回复") % words,
        body=f"{notice.title}。{notice.demands_text}",
        at=at,
    )
    _tell(
        coordinators(notice),
        notice,
        key="known",
        subject=_("已向%(unit)s发出%(level)s %(number)s") % words,
        body=notice.title,
        at=at,
    )


@in_the_language_of_the_house
def replied(notice: Notice, round_: NoticeRound, *, at: dt.datetime) -> None:
    """A reply waits for the verdict."""
    words = {"unit": notice.unit_name, "number": notice.number, "late": _("（逾期）") if round_.is_late else ""}
    _tell(
        supervisors(notice),
        notice,
        key=f"replied.{round_.number}",
        subject=_("%(unit)s已回复%(number)s%(late)s，等待评定") % words,
        body=round_.reply_text,
        at=at,
    )


@in_the_language_of_the_house
def judged(notice: Notice, round_: NoticeRound, *, at: dt.datetime) -> None:
    """Closed, or to be done again until a new day."""
    words = {"number": notice.number, "due": moment_text(notice.due_at)}
    if round_.verdict == Verdict.CLOSED:
        subject, body = _("%(number)s已评定办结") % words, round_.judge_text or _("督查员已评定办结。")
    else:
        subject, body = _("%(number)s被退办，请于 %(due)s 前重新回复") % words, round_.judge_text
    _tell(of_the_unit(notice), notice, key=f"judged.{round_.number}", subject=subject, body=body, at=at)


@in_the_language_of_the_house
def withdrawn(notice: Notice, *, at: dt.datetime) -> None:
    subject = _("%(number)s已撤销，不用再回复") % {"number": notice.number}
    _tell(
        [*of_the_unit(notice), *coordinators(notice)], notice, key="withdrawn",
        subject=subject, body=notice.end_text, at=at,
    )  # fmt: skip
