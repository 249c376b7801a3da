"""The reporting rule as its coordinator edits it."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks_app.lib.dates import BEIJING
from tasks_app.schedule.choices import Frequency
from tasks_app.schedule.models import ReportingRule
from tasks_app.units.choices import UnitKind

MOMENT = "%Y-%m-%dT%H:%M"
# No list is reported outside of these years: what is, was mistyped.
YEARS = range(2000, 2100)
MOST_WORKDAYS = 30


def moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)


def _check_year(year: int) -> None:
    if year not in YEARS:
        raise forms.ValidationError(_("年份 %(year)d 不对，请核对后重填。"), params={"year": year})


class RuleForm(forms.ModelForm):
    """`version` is the one that the form was drawn from."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    assisting_kinds = forms.MultipleChoiceField(
        label=_("配合单位也须报送的类别"),
        choices=[choice for choice in UnitKind.choices if choice[0] != UnitKind.GROUP],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不勾选的类别，只在牵头时报送。"),
    )
    fixed_text = forms.CharField(
        label=_("指定的截止时间"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "2024-08-20 18:00"}),
        help_text=_("频次为“指定日期”时填，每行一个，如 2024-08-20 18:00。"),
    )

    class Meta:
        model = ReportingRule
        fields = [
            "frequency", "day", "time", "free_day_policy", "first_due_at", "ends_on", "assisting_kinds",
            "return_workdays", "head_signs", "text",
        ]  # fmt: skip
        widgets = {
            "time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "first_due_at": moment_input(),
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "text": forms.Textarea(attrs={"rows": 3}),
        }

    field_order = ["frequency", "day", "time", "free_day_policy", "fixed_text", "first_due_at", "ends_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moments = [dt.datetime.fromisoformat(text).astimezone(BEIJING) for text in self.instance.fixed_dates]
        self.initial["fixed_text"] = "\n".join(f"{moment:%Y-%m-%d %H:%M}" for moment in moments)
        self.initial["version"] = self.instance.version

    def clean_day(self) -> int:
        day = self.cleaned_data["day"]
        if not 1 <= day <= 31:
            raise forms.ValidationError(_("报送日是每月的第几日，请填 1 到 31。"))
        return day

    def clean_fixed_text(self) -> list[str]:
        """The moments as ISO text, earliest first."""
        moments = []
        for line in filter(None, map(str.strip, self.cleaned_data["fixed_text"].splitlines())):
            try:
                moments.append(dt.datetime.strptime(line, "%Y-%m-%d %H:%M").replace(tzinfo=BEIJING))
            except ValueError:
                raise forms.ValidationError(
                    _("“%(line)s”不是时间，请写成 2024-08-20 18:00 这样。"), params={"line": line[:30]}
                ) from None
        for moment in moments:
            _check_year(moment.year)
        return [moment.isoformat() for moment in sorted(set(moments))]

    def clean_first_due_at(self) -> dt.datetime:
        due_at: dt.datetime = self.cleaned_data["first_due_at"]
        _check_year(due_at.year)
        return due_at

    def clean_return_workdays(self) -> int:
        days: int = self.cleaned_data["return_workdays"]
        if days > MOST_WORKDAYS:
            raise forms.ValidationError(_("最多 %(most)d 个工作日。"), params={"most": MOST_WORKDAYS})
        if days < 1:
            # Counted from the day after, and a return in the evening would be overdue at once.
            raise forms.ValidationError(_("至少 1 个工作日。"))
        return days

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("frequency") == Frequency.FIXED and data.get("fixed_text") == []:
            self.add_error("fixed_text", _("频次为“指定日期”时，至少填一个截止时间。"))
        return data

    @property
    def values(self) -> dict[str, Any]:
        """What `schedule.actions.save_rule` takes."""
        data = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return {**data, "fixed_dates": self.cleaned_data["fixed_text"]}


class DueForm(forms.Form):
    """Another due moment for one round."""

    round = forms.RegexField(regex=r"\A\d{4}-\d{1,2}-\d{1,2}\Z", label=_("报送期"))
    due_at = forms.DateTimeField(label=_("改为"), input_formats=[MOMENT], widget=moment_input())
    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def clean_round(self) -> tuple[int, int, int]:
        year, month, number = map(int, self.cleaned_data["round"].split("-"))
        return year, month, number
