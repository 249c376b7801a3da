"""Forms of notices: what is typed, before any rule is asked."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.template.defaultfilters import yesno
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tasks_app.notices import rules
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.models import NoticeSetting
from tasks_app.notices.queries import long_moment

CLOSE, SEND_BACK = "close", "send_back"


class DraftForm(forms.Form):
    """The notice to one unit over some tasks, of which it may leave out some; the cap's reason is asked where due."""

    # A unit that is not ticked may be left without demands.
    use_required_attribute = False

    send = forms.BooleanField(label=gettext_lazy("发给这个单位"), required=False)
    level = forms.ChoiceField(label=gettext_lazy("级别与回复期限"), widget=forms.RadioSelect)
    demands_text = forms.CharField(
        label=gettext_lazy("督办要求"),
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": gettext_lazy("请写明督办要求，单位要据此办理和回复。")},
        help_text=gettext_lazy(
            "写明要做到什么、到什么时候、要报什么材料。文号、任务、进度等事实由系统填入，不用重写。"
        ),
    )
    override_text = forms.CharField(
        label=gettext_lazy("超出每月份数的理由"), max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )
    skip = forms.MultipleChoiceField(
        label=gettext_lazy("这次不列入"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        task_ids: Sequence[int],
        setting: NoticeSetting,
        days: Mapping[dt.date, bool],
        at: dt.datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["skip"].choices = [(pk, "") for pk in task_ids]  # type: ignore[attr-defined]
        self.fields["level"].choices = [  # type: ignore[attr-defined]
            (level.value, _level_label(level, setting.workdays(level), days, at)) for level in NoticeLevel
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("send"):
            self.errors.pop("demands_text", None)
        elif len(self.skipped) == len(self.fields["skip"].choices):  # type: ignore[attr-defined]
            self.add_error("skip", _("至少留一项任务；这个单位不用发的，请取消勾选“发给这个单位”。"))
        return data

    @property
    def skipped(self) -> set[int]:
        """Of a form that was sent: the tasks that the notice leaves out."""
        return {int(pk) for pk in self.cleaned_data.get("skip", ())}


def _level_label(level: NoticeLevel, workdays: int, days: Mapping[dt.date, bool], at: dt.datetime) -> str:
    due = long_moment(rules.reply_due(at=at, workdays=workdays, exceptions=days))
    text = ngettext("%(level)s：%(n)d 个工作日，%(due)s 前回复", "%(level)s：%(n)d 个工作日，%(due)s 前回复", workdays)
    return text % {"level": level.full, "n": workdays, "due": due}


class ReplyForm(forms.Form):
    """The unit's answer; `version` is that of the round which the form was drawn from. Files come beside it."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reply_text = forms.CharField(
        label=gettext_lazy("办理情况"),
        max_length=8000,
        widget=forms.Textarea({"rows": 8}),
        help_text=gettext_lazy("逐条对应督办要求：做了什么、到什么程度、还差什么、什么时候完成。评定前可以更正。"),
        error_messages={"required": gettext_lazy("请写明办理情况，督查员要据此评定。")},
    )


class JudgeForm(forms.Form):
    """办结 or 退办; a return needs its reason and a new deadline."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("评定结论"),
        choices=[
            (CLOSE, gettext_lazy("办结：要求已落实")),
            (SEND_BACK, gettext_lazy("退办：须重新办理并再次回复")),
        ],
        widget=forms.RadioSelect,
    )
    judge_text = forms.CharField(
        label=gettext_lazy("评定意见"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("退办时必须写明还差什么；办结时可不填。"),
    )
    workdays = forms.IntegerField(
        label=gettext_lazy("退办后几个工作日内回复"), min_value=1, max_value=60, required=False
    )

    @property
    def closed(self) -> bool:
        return self.cleaned_data["verdict"] == CLOSE

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("verdict") == SEND_BACK:
            if not data.get("judge_text"):
                self.add_error("judge_text", _("退办时请写明理由，单位要据此重新办理。"))
            if not data.get("workdays") and "workdays" not in self.errors:
                self.add_error("workdays", _("退办时请填新的回复期限。"))
        return data


class SettingForm(forms.ModelForm):
    """How a list issues its notices; `version` is the one that the form was drawn from, `year` the running one."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = NoticeSetting
        fields = [
            "pattern", "paper_serial", "head_text", "reminder_workdays", "order_workdays", "red_workdays",
            "monthly_cap", "cap_counts_reminders", "red_after_days", "quiet_days", "memory_days", "phrases",
        ]  # fmt: skip
        widgets = {"phrases": forms.Textarea({"rows": 7})}
        help_texts = {
            "pattern": gettext_lazy("例如 东督〔{年}〕{号}号。{年} 和 {号} 都要有；同一辖区的清单不能用同一个格式。"),
            "paper_serial": gettext_lazy(
                "启用本系统以前今年已在纸上编过号的，填最后一个号，系统从下一个号接着编；没有的填 0。"
                "今年签发第一份以后不能再改，明年从 1 号起。"
            ),
            "monthly_cap": gettext_lazy("按单位、按自然月，各清单合计；超出时须写明理由才能签发。"),
            "red_after_days": gettext_lazy("红灯任务超过完成时限满这么多天，系统建议直接发红单。"),
            "quiet_days": gettext_lazy("刚办结的任务给出见效的时间，这几天内系统不再建议督办。"),
            "memory_days": gettext_lazy("办结后这么多天内又亮灯的，系统建议升一级。"),
            "phrases": gettext_lazy("每行一条，起草时点一下即可填入督办要求；第一条默认填入。"),
        }

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year
        self.initial["version"] = self.instance.version
        self.initial["paper_serial"] = self.instance.on_paper(year)
        for name in ("reminder_workdays", "order_workdays", "red_workdays"):
            self.fields[name].min_value = 1  # type: ignore[attr-defined]
            self.fields[name].widget.attrs.update({"min": 1, "max": 60})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("reminder_workdays", "order_workdays", "red_workdays"):
            days = data.get(name)
            if days is not None and not 1 <= days <= 60:
                self.add_error(name, _("请填 1 到 60 个工作日。"))
        return data

    @property
    def values(self) -> dict[str, Any]:
        """What `notices.actions.save_setting` takes."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields} | {"paper_year": self.year}

    def differences(self, holds: NoticeSetting) -> list[tuple[str, str]]:
        """Of a valid form: label and stored value, in words, of each field that was typed otherwise."""
        stored = {name: getattr(holds, name) for name in self.Meta.fields}
        stored["paper_serial"] = holds.on_paper(self.year)
        return [
            (str(self[name].label), _in_words(value))
            for name, value in stored.items()
            if _in_words(value) != _in_words(self.cleaned_data[name])
        ]


def _in_words(value: object) -> str:
    """As a reader compares it: line breaks of browsers are line breaks."""
    if isinstance(value, bool):
        return str(yesno(value))
    return "\n".join(str(value).splitlines()) or _("（空）")
