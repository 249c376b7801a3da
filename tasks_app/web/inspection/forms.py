"""Forms of spot checks and instructions: what is typed, before any rule is asked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks_app.inspection.actions import Seen
from tasks_app.inspection.choices import ReplyKind
from tasks_app.inspection.models import SpotCheck
from tasks_app.progress.choices import SAID_LIGHTS
from tasks_app.units.models import Unit
from tasks_app.web.shared.forms import ByUnitForm


class SpotCheckForm(forms.Form):
    """What was seen, where, when. `units` are those of the task that a visit can be about."""

    unit = forms.ChoiceField(label=_("被核查单位"), required=False)
    place = forms.CharField(
        label=_("核查地点"),
        max_length=120,
        error_messages={"required": _("请写明核查地点。")},
    )
    day = forms.DateField(
        label=_("核查日期"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("请填核查日期。"), "invalid": _("日期应为 2024-11-05 的形式。")},
    )
    light = forms.ChoiceField(
        label=_("核实状态"),
        choices=SAID_LIGHTS,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选核实的状态。")},
    )
    finding = forms.CharField(
        label=_("核查情况"),
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("写看到了什么：完成多少，和报送的是否一致，有什么问题。"),
        error_messages={"required": _("请写明看到的情况。")},
    )

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {str(unit.pk): unit for unit in units}
        choices = [("", _("不限于某一单位")), *((pk, unit.name) for pk, unit in self.units.items())]
        self.fields["unit"].choices = choices  # type: ignore[attr-defined]

    @property
    def seen(self) -> Seen:
        said = self.cleaned_data
        return Seen(said["place"], said["day"], said["finding"], said["light"])

    @property
    def chosen_unit(self) -> Unit | None:
        return self.units.get(self.cleaned_data["unit"])


class CorrectionForm(SpotCheckForm):
    """The same words again, and why they are corrected. `version` is the one that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("更正理由"),
        max_length=500,
        help_text=_("原记录会保留，更正人和理由一并列出。"),
        error_messages={"required": _("请写明更正的理由。")},
    )

    def __init__(self, *args: Any, check: SpotCheck, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "place": check.place,
            "day": check.day,
            "finding": check.finding,
            "light": check.light,
            "version": check.version,
        }
        super().__init__(*args, units=[], **kwargs)
        del self.fields["unit"]


class InstructionForm(forms.Form):
    text = forms.CharField(
        label=_("批示内容"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("请写明批示内容。")},
    )


class ReplyForm(ByUnitForm):
    """已阅知, or 落实情况 with its words; the unit is asked for only where a person reports for several."""

    unit = forms.ChoiceField(label=_("回复单位"))
    text = forms.CharField(
        label=_("落实情况"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("写做了什么、到什么程度、什么时候办完。"),
    )

    @property
    def kind(self) -> ReplyKind:
        """The button that was pressed."""
        return ReplyKind.SEEN if self.data.get("kind") == ReplyKind.SEEN else ReplyKind.ANSWER


class ClosingForm(forms.Form):
    text = forms.CharField(
        label=_("办结意见"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("牵头单位没有回复就办结的，必须写明依据。"),
    )
