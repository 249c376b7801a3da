"""Forms of the closure: what is typed, before any rule is asked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks_app.units.models import Unit

GRANT, REFUSE = "grant", "refuse"


class ClosureRequestForm(forms.Form):
    """What was achieved and what proves it; the unit is asked for only where a person reports for several."""

    unit = forms.ChoiceField(label=_("申请单位"))
    evidence_text = forms.CharField(
        label=_("完成情况与依据"),
        max_length=4000,
        widget=forms.Textarea({"rows": 7}),
        help_text=_("写明完成了什么、数量、时间，以及可以核对的依据（验收文号、批复、影像、网址等）。督查员据此审批。"),
        error_messages={"required": _("请写明完成情况与依据，督查员要据此审批。")},
    )

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {str(unit.pk): unit for unit in units}
        self.fields["unit"].choices = [(pk, unit.name) for pk, unit in self.units.items()]  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["unit"].widget = forms.HiddenInput()
            self.fields["unit"].initial = str(units[0].pk)

    @property
    def chosen_unit(self) -> Unit:
        return self.units[self.cleaned_data["unit"]]


class ClosureDecisionForm(forms.Form):
    """Grant or refuse; a refusal needs its reason."""

    decision = forms.ChoiceField(
        label=_("审批结论"), choices=[(GRANT, _("同意销号")), (REFUSE, _("不同意销号"))], widget=forms.RadioSelect
    )
    decision_text = forms.CharField(
        label=_("审批意见"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("不同意时必须写明理由和要补充的材料；同意时可不填。"),
    )

    @property
    def granted(self) -> bool:
        return self.cleaned_data["decision"] == GRANT
