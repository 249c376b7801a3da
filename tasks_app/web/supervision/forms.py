"""Forms of closures and extensions: what is typed, before any rule is asked."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks_app.catalogue.models import Indicator, TaskList
from tasks_app.supervision.choices import Opinion
from tasks_app.supervision.models import Extension
from tasks_app.supervision.requests import CLOSURE, DECIDED, EXTENSION, WAITING, Wanted
from tasks_app.units.models import Unit
from tasks_app.web.shared.forms import ByUnitForm
from tasks_app.web.shared.targets import target_text

GRANT, REFUSE = "grant", "refuse"


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    errors = {"required": gettext_lazy("请填日期。"), "invalid": gettext_lazy("日期应为 2024-11-05 的形式。")}
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages=errors, **kwargs)


class ClosureRequestForm(ByUnitForm):
    """What was achieved and what proves it; of each target, the value that was reached."""

    evidence_text = forms.CharField(
        label=gettext_lazy("完成情况与依据"),
        max_length=4000,
        widget=forms.Textarea({"rows": 7}),
        help_text=gettext_lazy(
            "写明完成了什么、数量、时间，以及可以核对的依据（验收文号、批复、影像、网址等）。督查员据此审批。"
        ),
        error_messages={"required": gettext_lazy("请写明完成情况与依据，督查员要据此审批。")},
    )

    def __init__(self, *args: Any, targets: Sequence[Indicator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets = {f"value-{target.pk}": target for target in targets}
        for name, target in self.targets.items():
            words = target_text(
                comparator=target.comparator, value=target.value, value_max=target.value_max, unit=target.unit
            )
            subject = _("%(name)s（本县区）") % {"name": target.subject} if target.county_id else target.subject
            self.fields[name] = forms.DecimalField(
                label=subject,
                required=False,
                max_digits=14,
                decimal_places=4,
                help_text=_("目标：%(target)s。填累计完成值；没有达到也可以申请，督查员会看到差额。")
                % {"target": escape(words)},
            )

    @property
    def values(self) -> dict[int, Decimal]:
        said = {target.pk: self.cleaned_data.get(name) for name, target in self.targets.items()}
        return {pk: value for pk, value in said.items() if value is not None}


class ClosureDecisionForm(forms.Form):
    """Grant or refuse; a refusal needs its reason."""

    decision = forms.ChoiceField(
        label=gettext_lazy("审批结论"),
        choices=[(GRANT, gettext_lazy("同意销号")), (REFUSE, gettext_lazy("不同意销号"))],
        widget=forms.RadioSelect,
    )
    decision_text = forms.CharField(
        label=gettext_lazy("审批意见"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("不同意时必须写明理由和要补充的材料；同意时可不填。"),
    )

    @property
    def granted(self) -> bool:
        return self.cleaned_data["decision"] == GRANT


class OpinionForm(ByUnitForm):
    """An assisting unit on a closure; an objection needs its reason."""

    unit = forms.ChoiceField(label=gettext_lazy("配合单位"))
    opinion = forms.ChoiceField(label=gettext_lazy("本单位意见"), choices=Opinion.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("异议说明"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("有异议的，写明哪里没有完成或与实际不符。"),
    )


class ReasonForm(forms.Form):
    """Why something is taken back or undone."""

    reason = forms.CharField(label=gettext_lazy("理由"), max_length=2000, widget=forms.Textarea({"rows": 3}))


class WithdrawalForm(ReasonForm):
    """The unit need not say why it takes a request back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False


class ExtensionRequestForm(ByUnitForm):
    asked_due_on = _day(gettext_lazy("申请延至"), help_text=gettext_lazy("要晚于现在的完成时限。"))
    reason = forms.CharField(
        label=gettext_lazy("延期理由"),
        max_length=4000,
        widget=forms.Textarea({"rows": 6}),
        help_text=gettext_lazy("写明为什么不能按期完成、已经做了什么、延期后怎样安排。督查员据此审批。"),
        error_messages={"required": gettext_lazy("请写明延期理由，督查员要据此审批。")},
    )
    field_order = ["unit", "asked_due_on", "reason"]


class ExtensionDecisionForm(forms.Form):
    """Grant, perhaps to an earlier day than was asked for, or refuse with a reason."""

    decision = forms.ChoiceField(
        label=gettext_lazy("审批结论"),
        choices=[(GRANT, gettext_lazy("同意延期")), (REFUSE, gettext_lazy("不同意延期"))],
        widget=forms.RadioSelect,
    )
    new_due_on = _day(
        gettext_lazy("批准延至"),
        required=False,
        help_text=gettext_lazy("可以早于申请的日期，不能晚于它；不同意时不用填。"),
    )
    decision_text = forms.CharField(
        label=gettext_lazy("审批意见"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("不同意时必须写明理由；同意时可不填。"),
    )

    def __init__(self, *args: Any, extension: Extension, **kwargs: Any) -> None:
        kwargs["initial"] = {"new_due_on": extension.asked_due_on}
        super().__init__(*args, **kwargs)

    @property
    def granted(self) -> bool:
        return self.cleaned_data["decision"] == GRANT


class RequestFilterForm(forms.Form):
    """The filters of the list of requests; a value that makes no sense is ignored."""

    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        required=False,
        choices=[
            ("", gettext_lazy("全部状态")),
            (WAITING, gettext_lazy("待审批")),
            (DECIDED, gettext_lazy("已办")),
        ],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("类别"),
        required=False,
        choices=[
            ("", gettext_lazy("延期和销号")),
            (EXTENSION, gettext_lazy("延期")),
            (CLOSURE, gettext_lazy("销号")),
        ],
    )
    list = forms.ChoiceField(label=gettext_lazy("清单"), required=False)
    unit = forms.ChoiceField(label=gettext_lazy("申请单位"), required=False)

    def __init__(self, data: Any, *, lists: Sequence[TaskList], units: Sequence[Unit]) -> None:
        super().__init__(data)
        self.fields["list"].choices = [("", _("全部清单")), *((one.slug, one.title) for one in lists)]  # type: ignore[attr-defined]
        self.fields["unit"].choices = [("", _("全部申请单位")), *((str(one.pk), one.name) for one in units)]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Wanted:
        self.full_clean()
        said = self.cleaned_data
        unit = said.get("unit") or ""
        return Wanted(
            kind=said.get("kind", ""),
            state=said.get("state", ""),
            task_list=said.get("list", ""),
            unit=int(unit) if unit else None,
        )
