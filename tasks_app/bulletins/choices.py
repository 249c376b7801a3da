"""Coded words of bulletins."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BulletinState(models.TextChoices):
    """Moved only by actions, along rules.TRANSITIONS."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审批")
    APPROVED = "approved", _("已批准")
    PUBLISHED = "published", _("已发布")
    RECALLED = "recalled", _("已撤回")

    @property
    def shape(self) -> str:
        return _MARKS[self][0]

    @property
    def css(self) -> str:
        """The class name of the stylesheet."""
        return _MARKS[self][1]


_MARKS = {
    BulletinState.DRAFT: ("◇", "none"),
    BulletinState.SUBMITTED: ("▲", "warn"),
    BulletinState.APPROVED: ("●", "done"),
    BulletinState.PUBLISHED: ("✔", "ok"),
    BulletinState.RECALLED: ("■", "late"),
}


class Act(models.TextChoices):
    """What can be done to a bulletin as a whole."""

    EDIT = "edit", _("修改")
    REBIND = "rebind", _("换用新的公布数字")
    SUBMIT = "submit", _("送审")
    WITHDRAW = "withdraw", _("撤回送审")
    APPROVE = "approve", _("批准")
    SEND_BACK = "send_back", _("退回修改")
    PUBLISH = "publish", _("发布")
    RECALL = "recall", _("撤回通报")
    DISCARD = "discard", _("删除草稿")


class BulletinPart(models.TextChoices):
    """The sections of a bulletin, in their order; the number (一、二、…) is given when it is composed."""

    OVERALL = "overall", _("总体情况")
    COUNTIES = "counties", _("县区情况")
    DEPARTMENTS = "departments", _("部门情况")
    REPORTING = "reporting", _("报送情况")
    LAGGING = "lagging", _("滞后事项及原因")
    CHANGES = "changes", _("本月变化")
    DEMANDS = "demands", _("下步要求")
