"""Messages about scores, in the language of the house. Called by the actions that cause them."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership, User
from tasks_app.outbox.actions import enqueue
from tasks_app.scores.models import Objection, ScoreLine, ScoreSheet, ScoreUnit


def tell_scores(sheet: ScoreSheet, units: Sequence[ScoreUnit], at: dt.datetime) -> None:
    """The liaisons of these units read their score, and up to when they may object."""
    by_unit = {unit.unit_id: unit for unit in units}
    slug = sheet.period.task_list.slug
    for membership in Membership.objects.liaisons_of(list(by_unit)).select_related("user"):
        unit = by_unit[membership.unit_id]
        with override(settings.LANGUAGE_CODE):
            subject = _("%(period)s考核：%(unit)s %(score).1f 分") % {
                "period": sheet.period,
                "unit": unit.name,
                "score": unit.score,
            }
            body = _(
                "扣 %(minus).1f 分，加 %(plus).1f 分（第 %(n)d 版）。有异议的，请在公布后 %(days)d 个工作日内申诉。"
            ) % {
                "minus": -unit.minus,
                "plus": unit.plus,
                "n": sheet.version,
                "days": sheet.scheme.objection_workdays,
            }
        enqueue(
            recipient=membership.user,
            key=f"score:{sheet.pk}:{unit.unit_id}",
            subject=subject,
            body=body,
            path=f"{reverse('score_unit', args=[slug, unit.unit_id])}?period={sheet.period_id}",
            topic=f"score:{sheet.period_id}:{unit.unit_id}",
            at=at,
        )


def tell_supervisors(objection: Objection, line: ScoreLine, at: dt.datetime) -> None:
    """The supervisors of the jurisdiction read who objects to what, and why."""
    period = objection.period
    with override(settings.LANGUAGE_CODE):
        subject = _("%(unit)s申诉：%(period)s%(kind)s %(points).1f 分") % {
            "unit": line.unit,
            "period": period,
            "kind": line.get_kind_display(),
            "points": line.points,
        }
    supervisors = Membership.objects.in_force().filter(
        role=Role.SUPERVISOR, unit__jurisdiction_id=period.task_list.jurisdiction_id
    )
    for membership in supervisors.select_related("user"):
        _send(objection, membership.user, subject, objection.text, at)


def tell_unit(objection: Objection, at: dt.datetime) -> None:
    """The unit's liaisons read what was decided, and why."""
    with override(settings.LANGUAGE_CODE):
        subject = _("%(status)s：%(objection)s") % {
            "status": objection.get_status_display(),
            "objection": objection,
        }
    for membership in Membership.objects.liaisons_of([objection.unit_id]).select_related("user"):
        _send(objection, membership.user, subject, objection.decision_text, at)


def _send(objection: Objection, person: User, subject: str, body: str, at: dt.datetime) -> None:
    enqueue(
        recipient=person,
        key=f"objection:{objection.pk}:{objection.status}",
        subject=subject,
        body=body,
        path=objection.get_absolute_url(),
        topic=f"objection:{objection.pk}",
        at=at,
    )
