"""A bulletin's words as its coordinator edits them; how a list's bulletins look."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks_app.bulletins.actions import EDITED_FIELDS
from tasks_app.bulletins.choices import BulletinPart
from tasks_app.bulletins.models import Bulletin, BulletinStyle
from tasks_app.bulletins.rules import Fault, pattern_fault
from tasks_app.lib.errors import Refused

APPROVE, SEND_BACK = "approve", "send_back"
ROWS = {BulletinPart.OVERALL: 5, BulletinPart.REPORTING: 5, BulletinPart.DEMANDS: 7}


class BulletinForm(forms.ModelForm):
    """`version` is the one that the form was drawn from."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Bulletin
        fields = list(EDITED_FIELDS)
        widgets = {
            "title": forms.Textarea(attrs={"rows": 2}),
            "copies_to": forms.Textarea(attrs={"rows": 2}),
            **{part.value: forms.Textarea(attrs={"rows": ROWS.get(part, 4)}) for part in BulletinPart},
        }
        help_texts = {
            "title": gettext_lazy("太长时可以换行，换行处就是文件上的换行处。"),
            BulletinPart.OVERALL.value: gettext_lazy(
                "花括号里是公布数字的名称，右侧列有全部名称。不写任何文字的部分不会出现在通报里。"
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        return {name: text.replace("\r\n", "\n") if isinstance(text, str) else text for name, text in data.items()}

    @property
    def values(self) -> dict[str, str]:
        """What `bulletins.actions.save_bulletin` takes."""
        return {name: self.cleaned_data[name] for name in EDITED_FIELDS}

    def add_faults(self, faults: Mapping[BulletinPart, Collection[Fault]]) -> None:
        """Say at each section what cannot be filled in, and where."""
        for part, each in faults.items():
            self.add_error(part.value, [forms.ValidationError(fault_text(fault)) for fault in each])


def fault_text(fault: Fault) -> str:
    """A fault in words: what, where, what to do."""
    place = {"line": fault.line, "column": fault.column, "words": fault.words}
    if fault.kind == "block":
        return _("第 %(line)d 行第 %(column)d 字：表和图要单独占一行，请把“%(words)s”移到新的一行。") % place
    if fault.kind == "brace":
        return _("第 %(line)d 行第 %(column)d 字：花括号不成对，见“%(words)s”。") % place
    said = _("第 %(line)d 行第 %(column)d 字：没有“%(words)s”这个数字。") % place
    if fault.near:
        said += _("相近的有：%(names)s。") % {"names": "、".join(f"{{{name}}}" for name in fault.near)}
    return said


class DecisionForm(forms.Form):
    """Approve, or send back; whether an opinion is needed is the action's to say."""

    decision = forms.ChoiceField(
        choices=[(APPROVE, ""), (SEND_BACK, "")],
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("请选择批准或退回修改。")),
    )
    opinion = forms.CharField(label=gettext_lazy("审批意见"), required=False, max_length=1000)

    @property
    def granted(self) -> bool:
        return self.cleaned_data["decision"] == APPROVE


class RecallForm(forms.Form):
    """Why a bulletin is recalled."""

    note = forms.CharField(label=gettext_lazy("撤回说明"), required=False, max_length=500)


def refuse_faults(form: forms.Form) -> None:
    """Refused with the first thing that was typed wrong, if anything was."""
    for name, faults in form.errors.items():
        label = form.fields[name].label
        raise Refused(f"{label}：{faults[0]}" if label else str(faults[0]))


class StyleForm(forms.ModelForm):
    """`version` is the one that the form was drawn from."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = BulletinStyle
        fields = ["issuer_mark", "issuer", "number_pattern", "addressee", "copies_to", "phrases"]
        widgets = {"copies_to": forms.Textarea(attrs={"rows": 3}), "phrases": forms.Textarea(attrs={"rows": 8})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version

    def clean_number_pattern(self) -> str:
        pattern: str = self.cleaned_data["number_pattern"]
        if lacking := pattern_fault(pattern):
            raise forms.ValidationError(
                _("要有且只有一个“%(part)s”，发布时填入年份和顺序号，如 东督通〔{年}〕{号}期。"),
                params={"part": lacking},
            )
        return pattern

    @property
    def values(self) -> dict[str, str]:
        """What `bulletins.actions.save_style` takes."""
        return {name: self.cleaned_data[name].replace("\r\n", "\n") for name in self.Meta.fields}
