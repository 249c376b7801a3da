"""Setting a list's reporting rule, and what follows from it."""

import datetime as dt
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.catalogue.models import TaskList
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.schedule import rules
from tasks_app.schedule.choices import Frequency
from tasks_app.schedule.models import DueChange, Obligation, Period, ReportingRule, round_name
from tasks_app.schedule.queries import duty_changes, spec_of
from tasks_app.workdays.queries import exceptions


@transaction.atomic
def save_rule(
    *,
    task_list: TaskList,
    values: dict[str, Any],
    by: models.Model | None,
    at: dt.datetime,
    version: int | None = None,
) -> ReportingRule:
    """Create or correct the reporting rule of a list; writes nothing when nothing differs.

    With `version`, the one that the form was drawn from, raises Conflict when somebody saved since.
    """
    rule = ReportingRule.objects.select_for_update().filter(task_list=task_list).first()
    if rule is not None and all(getattr(rule, name) == value for name, value in values.items()):
        return rule
    if rule is not None and version is not None and rule.version != version:
        raise Conflict(
            _("您打开页面以后，别人修改过这条规则。下面列出现行的规则，您填的内容还在，请对照后再保存。"),
            theirs={rule.pk: rule},
        )
    if values.get("frequency") == Frequency.FIXED and not values.get("fixed_dates"):
        raise Refused(_("频次为“指定日期”时，至少填一个截止时间。"))
    before = {name: str(getattr(rule, name)) for name in values} if rule else {}
    defaults = {**values, "version": rule.version + 1 if rule else 0}
    rule = ReportingRule.objects.update_or_create(task_list=task_list, defaults=defaults)[0]
    after = {name: str(value) for name, value in values.items()}
    record(by=by, at=at, verb="schedule.save_rule", target=rule, before=before, after=after)
    return rule


@transaction.atomic
def derive_obligations(*, task_list: TaskList, by: models.Model | None, at: dt.datetime) -> int:
    """Bring the obligations of a list in line with its assignments; returns how many rows changed.

    Entries of periods that are open already stay: what was owed when they opened was owed.
    """
    rule = ReportingRule.objects.filter(task_list=task_list).first()
    gone, new = duty_changes(task_list, rule.assisting_kinds if rule else None)
    Obligation.objects.filter(pk__in=[one.pk for one in gone]).delete()
    Obligation.objects.bulk_create(new, batch_size=500)
    if gone or new:
        after = {"removed": len(gone), "added": len(new)}
        record(by=by, at=at, verb="schedule.derive_obligations", target=task_list, after=after)
    return len(gone) + len(new)


@transaction.atomic
def change_due(
    *, task_list: TaskList, key: rules.RoundKey, due_at: dt.datetime, reason: str, by: User, at: dt.datetime
) -> DueChange:
    """Give one round of a list another due moment, open already or not.

    Refused once its present deadline has passed (who was late stays late), for a moment that is past,
    and for one after the next round opens.
    """
    if not reason.strip():
        raise Refused(_("请写明改期理由，报送单位会看到。"))
    rule = ReportingRule.objects.select_for_update(of=("self",)).filter(task_list=task_list).first()
    period = Period.objects.filter(task_list=task_list, year=key[0], month=key[1], number=key[2]).first()
    # An open round keeps the dates it opened with, whatever the rule says now.
    by_rule = () if period or rule is None else rules.rounds(spec_of(rule), exceptions())
    spec = period or next((spec for spec in by_rule if spec.key == key), None)
    if spec is None:
        raise Refused(_("按现行规则没有这一期，请刷新页面后再选。"))
    name = round_name(*key)
    present = spec.due_at
    if present < at:
        raise Refused(_("%(name)s已过截止时间，不能再改期。确需照顾的单位，可以单独免报。") % {"name": name})
    if due_at <= max(at, spec.opens_at):
        raise Refused(_("新的截止时间须晚于现在，也须晚于本期开始时间。"))
    if spec.next_opens_at and due_at >= spec.next_opens_at:
        raise Refused(_("新的截止时间须早于下一期开始时间。"))
    change = DueChange.objects.filter(task_list=task_list, year=key[0], month=key[1], number=key[2]).first()
    change = change or DueChange(task_list=task_list, year=key[0], month=key[1], number=key[2], rule_due_at=present)
    change.due_at, change.reason, change.changed_at, change.changed_by = due_at, reason.strip(), at, by
    change.save()
    if period:
        period.due_at = due_at
        period.save(update_fields=["due_at"])
    record(
        by=by,
        at=at,
        verb="schedule.change_due",
        target=task_list,
        before={"round": name, "due_at": present},
        after={"round": name, "due_at": due_at},
        reason=reason.strip(),
    )
    return change
