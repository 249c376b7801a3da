"""Which list, which period, which units: chosen in the address."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks_app.catalogue.models import TaskList
from tasks_app.reporting.choices import Timeliness
from tasks_app.schedule.models import Period

# The states by which a number filters; the word in the address → its label.
STATES = {
    "in": _("已报送"),
    "out": _("未报送"),
    Timeliness.ON_TIME.value: Timeliness.ON_TIME.label,
    Timeliness.LATE.value: Timeliness.LATE.label,
    Timeliness.MADE_UP.value: Timeliness.MADE_UP.label,
    Timeliness.MISSING.value: Timeliness.MISSING.label,
    Timeliness.EXEMPT.value: Timeliness.EXEMPT.label,
    Timeliness.PENDING.value: Timeliness.PENDING.label,
    "waiting": _("待审核"),
    "returned": _("已退回"),
    "accepted": _("已全部通过"),
}


class OverviewChoice(forms.Form):
    """The filter bar of the overview; `_parts/filters.html` draws it."""

    list = forms.ChoiceField(label=_("清单"), required=False)
    period = forms.ChoiceField(label=_("报送期"), required=False)
    state = forms.ChoiceField(label=_("状态"), required=False)

    def __init__(self, lists: Sequence[TaskList], periods: Sequence[Period], chosen: Period | None, state: str) -> None:
        super().__init__(
            initial={"list": chosen and chosen.task_list_id, "period": chosen and chosen.pk, "state": state},
            auto_id="id_%s",
        )
        self.fields["list"].choices = [(one.pk, one.title) for one in lists]  # type: ignore[attr-defined]
        self.fields["period"].choices = [(one.pk, one.name) for one in periods]  # type: ignore[attr-defined]
        self.fields["state"].choices = [("", _("全部单位")), *STATES.items()]  # type: ignore[attr-defined]
