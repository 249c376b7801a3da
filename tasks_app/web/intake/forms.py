"""Where a file goes: into a list that exists, or into one that it brings."""

import datetime as dt
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.permissions import Viewer
from tasks_app.catalogue.models import Document, TaskList
from tasks_app.intake.drafts import NewList
from tasks_app.intake.queries import importable_lists, possible_coordinators
from tasks_app.intake.readers.csv_text import MAX_BYTES, MAX_ROWS
from tasks_app.units.models import Unit


def _day_input() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, "%Y-%m-%d")


class _FileForm(forms.Form):
    """Both forms end with the file. Its content is judged by the reader, not by its name."""

    file = forms.FileField(
        label=_("CSV 文件"),
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ".csv,.txt,text/csv"}),
        help_text=_("UTF-8 或 GB18030（GBK）编码都可以，列的先后不限；最大 %(mb)d MB、%(rows)d 行。")
        % {"mb": MAX_BYTES // 1024 // 1024, "rows": MAX_ROWS},
        error_messages={"required": _("请选择要上传的文件。"), "missing": _("请选择要上传的文件。")},
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size and file.size > MAX_BYTES:
            raise forms.ValidationError(
                gettext("文件有 %(size).1f MB，超过 %(limit)d MB。请只保留任务表，或分成几个文件分别导入。")
                % {"size": file.size / 1024 / 1024, "limit": MAX_BYTES // 1024 // 1024}
            )
        return file


class UploadForm(_FileForm):
    """A file for a list that exists."""

    task_list = forms.ModelChoiceField(TaskList.objects.none(), label=_("导入到"), empty_label=_("请选择清单"))
    field_order = ["task_list", "file"]

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists: Any = self.fields["task_list"]
        lists.queryset = importable_lists(viewer)
        lists.label_from_instance = lambda task_list: f"{task_list.title}（{task_list.document.number}）"

    @property
    def target(self) -> dict[str, Any]:
        return {"task_list": self.cleaned_data["task_list"]}


class NewListForm(_FileForm):
    """A file that becomes a list of its own."""

    title = forms.CharField(label=_("清单名称"), max_length=200)
    number = forms.CharField(label=_("文号"), max_length=60, help_text=_("如：东政办〔2024〕69号"))
    issuer = forms.CharField(label=_("发文机关"), max_length=60)
    issued_on = forms.DateField(label=_("成文日期"), widget=_day_input())
    year = forms.IntegerField(
        label=_("年度"),
        validators=[MinValueValidator(2000), MaxValueValidator(2100)],
        help_text=_("时限没写年份的（如“6月底前”），按这一年算。"),
    )
    coordinating_unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("汇总单位"),
        empty_label=_("请选择单位"),
        help_text=_("收集、审核各单位月报的单位；清单归它所在的辖区。"),
    )
    starts_on = forms.DateField(label=_("起始日期"), widget=_day_input(), help_text=_("序时进度从这一天起算。"))
    default_due_on = forms.DateField(
        label=_("默认完成时限"),
        required=False,
        widget=_day_input(),
        help_text=_("完成时限留空的任务按这一天；不填，则这些任务没有时限。"),
    )
    report_day = forms.IntegerField(
        label=_("每月报送日"),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("每月几日 18:00 前报送；不填，则不要求月报，也不催报。"),
    )
    field_order = [
        "title", "number", "issuer", "issued_on", "year", "coordinating_unit",
        "starts_on", "default_due_on", "report_day", "file",
    ]  # fmt: skip

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units: Any = self.fields["coordinating_unit"]
        units.queryset = possible_coordinators(viewer)

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"].strip()
        if Document.objects.filter(number=number).exists():
            raise forms.ValidationError(gettext("这个文号已经有清单了。请核对文号，或改选“导入到已有清单”。"))
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        starts_on, due_on = data.get("starts_on"), data.get("default_due_on")
        if starts_on and due_on and due_on < starts_on:
            self.add_error("default_due_on", gettext("默认完成时限早于起始日期。"))
        return data

    @property
    def target(self) -> dict[str, Any]:
        data = {name: value for name, value in self.cleaned_data.items() if name not in {"file", "coordinating_unit"}}
        due_on: dt.date | None = data["default_due_on"]
        said = gettext("清单未写时限，导入时定为%(day)s") % {"day": due_on.isoformat()} if due_on else ""
        unit_id = self.cleaned_data["coordinating_unit"].pk
        return {"new_list": NewList(**data, coordinating_unit_id=unit_id, default_due_text=said)}
