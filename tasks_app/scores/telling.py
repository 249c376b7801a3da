"""Messages about scores. Called by the actions that cause them."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership, User
from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.outbox.actions import tell
from tasks_app.scores.models import Objection, ScoreLine, ScoreSheet, ScoreUnit


@in_the_language_of_the_house
def tell_scores(sheet: ScoreSheet, units: Sequence[ScoreUnit], at: dt.datetime) -> None:
    """The liaisons of these units read their score, and up to when they may object."""
    by_unit = {unit.unit_id: unit for unit in units}
    slug = sheet.period.task_list.slug
    for membership in Membership.objects.liaisons_of(list(by_unit)).select_related("user"):
        unit = by_unit[membership.unit_id]
        said = {"period": sheet.period, "unit": unit.name, "score": unit.score}
        points = {"minus": -unit.minus, "plus": unit.plus, "n": sheet.version, "days": sheet.scheme.objection_workdays}
        tell(
            [membership.user],
            key=f"score:{sheet.pk}:{unit.unit_id}",
            subject=_("%(period)s考核：%(unit)s %(score).1f 分") % said,
            body=_("扣 %(minus).1f 分，加 %(plus).1f 分（第 %(n)d 版）。有异议的，请在公布后 %(days)d 个工作日内申诉。")
            % points,
            path=f"{reverse('score_unit', args=[slug, unit.unit_id])}?period={sheet.period_id}",
            topic=f"score:{sheet.period_id}:{unit.unit_id}",
            at=at,
        )


@in_the_language_of_the_house
def tell_supervisors(objection: Objection, line: ScoreLine, at: dt.datetime) -> None:
    """The supervisors of the jurisdiction read who objects to what, and why."""
    period = objection.period
    subject = _("%(unit)s申诉：%(period)s%(kind)s %(points).1f 分") % {
        "unit": line.unit,
        "period": period,
        "kind": line.get_kind_display(),
        "points": line.points,
    }
    supervisors = Membership.objects.in_force().filter(
        role=Role.SUPERVISOR, unit__jurisdiction_id=period.task_list.jurisdiction_id
    )
    _send(objection, (post.user for post in supervisors.select_related("user")), subject, objection.text, at)


@in_the_language_of_the_house
def tell_unit(objection: Objection, at: dt.datetime) -> None:
    """The unit's liaisons read what was decided, and why."""
    subject = _("%(status)s：%(objection)s") % {
        "status": objection.get_status_display(),
        "objection": objection,
    }
    liaisons = Membership.objects.liaisons_of([objection.unit_id]).select_related("user")
    _send(objection, (post.user for post in liaisons), subject, objection.decision_text, at)


def _send(objection: Objection, people: Iterable[User], subject: str, body: str, at: dt.datetime) -> None:
    key, topic = f"objection:{objection.pk}:{objection.status}", f"objection:{objection.pk}"
    tell(people, key=key, subject=subject, body=body, path=objection.get_absolute_url(), topic=topic, at=at)
