"""Thresholds and milestones as they are typed, with the version that the form was drawn from."""

import datetime as dt
from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks_app.catalogue.models import Task
from tasks_app.progress.rules import LIMITS, Thresholds, milestone_faults, threshold_faults, version_of

# Rows of the milestones' form beyond those that are set.
SPARE_ROWS, MOST_ROWS = 3, 12
LABELS = {
    "red_behind": (gettext_lazy("落后序时进度几个百分点亮红灯（滞后）"), gettext_lazy("达到这个数即为滞后。")),
    "yellow_behind": (gettext_lazy("落后几个百分点亮黄灯（预警）"), gettext_lazy("达到这个数、未到红灯的为预警。")),
    "red_misses": (gettext_lazy("连续几期缺报亮红灯"), gettext_lazy("少于这个数的缺报亮黄灯。")),
    "yellow_days": (gettext_lazy("距完成时限几天内为临期"), gettext_lazy("临期而进度不足的亮黄灯；填 0 只看当天。")),
    "yellow_below": (gettext_lazy("临期进度低于多少（%）亮黄灯"), gettext_lazy("填 0 则不因临期亮灯。")),
}


def reason_field(help_text: str) -> forms.CharField:
    return forms.CharField(
        label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text=help_text
    )


def say_anew(form: forms.Form, **words: str) -> None:
    """Replace values in a posted form, for the page that shows it again."""
    form.data = {**dict(form.data.items()), **words}


class ThresholdsForm(forms.Form):
    """`version` is that of the numbers as the form was drawn; `previewed` that of the numbers whose consequences were
    shown.
    """

    version = forms.CharField(widget=forms.HiddenInput, max_length=16)
    previewed = forms.CharField(widget=forms.HiddenInput, max_length=16, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, help_text) in LABELS.items():
            low, high = LIMITS[name]
            range_words = _("应在 %(low)d 到 %(high)d 之间。") % {"low": low, "high": high}
            self.fields[name] = forms.IntegerField(
                label=label,
                help_text=help_text,
                min_value=low,
                max_value=high,
                error_messages={"min_value": range_words, "max_value": range_words},
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
        self.fields["reason"] = reason_field(_("写明依据，各单位会看到。"))

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(**{name: self.cleaned_data[name] for name in LABELS})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors.keys() & LABELS.keys():
            for name, fault in threshold_faults(self.thresholds):
                self.add_error(name, f"{fault.label}。")
        return data


def drawn_thresholds(present: Thresholds) -> ThresholdsForm:
    return ThresholdsForm(initial={**asdict(present), "version": version_of(asdict(present))})


class MilestoneForm(forms.Form):
    """One row; left empty it is none."""

    due_on = forms.DateField(
        label=gettext_lazy("日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    percent = forms.IntegerField(
        label=gettext_lazy("应完成（%）"), required=False, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    text = forms.CharField(
        label=gettext_lazy("到这一天应做到什么"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("例如：完成招标，主体开工")}),
    )

    @property
    def is_empty(self) -> bool:
        return not any(self.cleaned_data.get(name) not in (None, "") for name in ("due_on", "percent", "text"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not self.is_empty:
            for name, words in (
                ("due_on", _("请填日期。")),
                ("percent", _("请填百分比。")),
                ("text", _("请写明要做到什么。")),
            ):
                if data.get(name) in (None, ""):
                    self.add_error(name, words)
        return data


MilestoneFormSet = forms.formset_factory(MilestoneForm, extra=SPARE_ROWS, max_num=MOST_ROWS, validate_max=True)


class ReasonForm(forms.Form):
    """Why the milestones are set, and the version of those that the form was drawn from."""

    version = forms.CharField(widget=forms.HiddenInput, max_length=16)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = reason_field(_("写明依据，牵头单位会看到。"))


Row = tuple[dt.date, int, str]


def typed_rows(rows: forms.BaseFormSet, task: Task) -> list[Row] | None:
    """The rows in order of their days; None, with the errors at their fields, where they make no rising line."""
    if not rows.is_valid():
        return None
    filled = [form for form in rows.forms if not form.is_empty]
    filled.sort(key=lambda form: form.cleaned_data["due_on"])
    points = [(form.cleaned_data["due_on"], form.cleaned_data["percent"]) for form in filled]
    assert task.due_on is not None
    starts_on = task.task_list.starts_on
    faults = milestone_faults(points, starts_on=starts_on, due_on=task.due_on)
    for place, fault in faults:
        name = "percent" if fault.value.startswith("percent") else "due_on"
        filled[place].add_error(name, f"{fault.label % {'start': starts_on, 'due': task.due_on}}。")
    if faults:
        return None
    return [(day, percent, form.cleaned_data["text"]) for (day, percent), form in zip(points, filled, strict=True)]
