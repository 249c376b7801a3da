"""What is uploaded, where it goes, what a new list is to be, and a row as it is edited."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tasks_app.accounts.permissions import Viewer
from tasks_app.accounts.scopes import administered
from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.catalogue.models import Document, TaskList
from tasks_app.intake.columns import ROW_COLUMNS
from tasks_app.intake.editing import item_of
from tasks_app.intake.layout import IGNORE, SAYABLE
from tasks_app.intake.models import ImportBatch, StagedRow
from tasks_app.intake.queries import importable_lists, possible_coordinators
from tasks_app.intake.readers.csv_text import MAX_BYTES, MAX_ROWS
from tasks_app.lib.dates import at_beijing
from tasks_app.schedule.choices import FreeDayPolicy, Frequency
from tasks_app.units.choices import UnitKind
from tasks_app.units.models import Jurisdiction, Unit

MEGABYTE = 1024 * 1024
# Office files are unpacked in memory: their reader's own limit is lower.
MOST_TEXT = 2_000_000
NEW = "new"


def _day_input() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, "%Y-%m-%d")


class UploadForm(forms.Form):
    """A file or pasted words, and the list they are for. The content is judged by the reader, not by its name."""

    file = forms.FileField(
        label=_("文件"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ".docx,.xlsx,.xls,.csv,.tsv,.txt"}),
    )
    text = forms.CharField(
        label=_("或者粘贴文字"),
        required=False,
        max_length=MOST_TEXT,
        strip=False,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("从 PDF、网页或邮件里全选复制即可，换行、页码、多余的空格不必整理。"),
    )
    target = forms.ChoiceField(label=_("放到哪里"))

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lists = {f"list-{one.pk}": one for one in importable_lists(viewer)}
        self._places = {
            f"{NEW}-{one.pk}": one
            for one in Jurisdiction.objects.filter(
                pk__in=Unit.objects.filter(administered(viewer)).values("jurisdiction")
            )
        }
        new = [
            (key, _("按文号自动判断，没有就新建（%(place)s）") % {"place": one}) for key, one in self._places.items()
        ]
        known = [(key, f"{one.title}（{one.document.number}）") for key, one in self._lists.items()]
        said = gettext(
            "Word（.docx）、Excel（.xlsx、.xls）、CSV、文本都可以，原样上传即可；CSV 最大 %(mb)d MB、%(rows)d 行。"
        )
        self.fields["file"].help_text = said % {"mb": MAX_BYTES // MEGABYTE, "rows": MAX_ROWS}
        target: Any = self.fields["target"]
        target.choices = [*new, *known]

    def clean_file(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["file"]
        if file and file.size and file.size > MAX_BYTES:
            raise ValidationError(
                gettext("文件有 %(size).1f MB，超过 %(limit)d MB。请只保留任务表，或分成几个文件分别导入。")
                % {"size": file.size / MEGABYTE, "limit": MAX_BYTES // MEGABYTE}
            )
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        has_file, has_text = data.get("file") is not None, bool((data.get("text") or "").strip())
        if "file" in data and not has_file and not has_text:
            self.add_error("file", gettext("请选择文件，或在下面粘贴文字。"))
        if has_file and has_text:
            self.add_error("text", gettext("文件和粘贴的文字只能选一样。"))
        return data

    @property
    def upload(self) -> dict[str, Any]:
        """Arguments of `intake.actions.receive`."""
        data = self.cleaned_data
        file: UploadedFile | None = data["file"]
        content, name = (
            (file.read(), file.name or "") if file else (data["text"].encode(), gettext("粘贴的文字") + ".txt")
        )
        return {
            "content": content,
            "file_name": name,
            "task_list": self._lists.get(data["target"]),
            "jurisdiction": self._places.get(data["target"]),
        }


@in_the_language_of_the_house
def _where_from(due_on: dt.date) -> str:
    """What stands for the deadline's words; kept with the list."""
    return gettext("清单未写时限，导入时定为%(day)s") % {"day": due_on.isoformat()}


class FactsForm(forms.Form):
    """What a new list is to be, as the document proposes it."""

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
        help_text=_("收集、审核各单位月报的单位。"),
    )
    starts_on = forms.DateField(label=_("起始日期"), widget=_day_input(), help_text=_("序时进度从这一天起算。"))
    default_due_on = forms.DateField(
        label=_("默认完成时限"),
        required=False,
        widget=_day_input(),
        help_text=_("没写时限的任务按这一天；不填，则这些任务没有时限。"),
    )
    report_frequency = forms.ChoiceField(
        label=_("报送频次"),
        choices=[(one.value, one.label) for one in Frequency if one != Frequency.FIXED],
        required=False,
        help_text=_("按指定日期报送的，先选最接近的，导入后在“报送规则”里改。"),
    )
    report_day = forms.IntegerField(
        label=_("报送日"),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("当月几日前报送，31 指月底；不填，则不要求定期报送，也不催报。"),
    )
    report_time = forms.TimeField(
        label=_("截止时刻"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    first_due_at = forms.DateField(
        label=_("首期截止日"), required=False, widget=_day_input(), help_text=_("不填，则是下一个报送日。")
    )
    free_day_policy = forms.ChoiceField(label=_("遇休息日"), choices=FreeDayPolicy.choices, required=False)

    def __init__(self, *args: Any, viewer: Viewer, batch: ImportBatch, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(batch.new_list or {}))
        kwargs.setdefault("prefix", "facts")
        super().__init__(*args, **kwargs)
        units: Any = self.fields["coordinating_unit"]
        units.queryset = possible_coordinators(viewer).filter(jurisdiction=batch.jurisdiction)

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"].strip()
        if Document.objects.filter(number=number).exists():
            raise ValidationError(gettext("这个文号已经有清单了。请核对文号，或改选“导入到已有清单”。"))
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        starts_on, due_on = data.get("starts_on"), data.get("default_due_on")
        if starts_on and due_on and due_on < starts_on:
            self.add_error("default_due_on", gettext("默认完成时限早于起始日期。"))
        return data

    @property
    def values(self) -> dict[str, Any]:
        """As `ImportBatch.new_list` keeps them."""
        data = dict(self.cleaned_data)
        time: dt.time = data.pop("report_time") or dt.time(18)
        first: dt.date | None = data.pop("first_due_at")
        due_on: dt.date | None = data["default_due_on"]
        said = _where_from(due_on) if due_on else ""
        return {
            **{name: value.isoformat() if isinstance(value, dt.date) else value for name, value in data.items()
               if name != "coordinating_unit"},
            "coordinating_unit_id": data["coordinating_unit"].pk,
            "report_frequency": data["report_frequency"] or Frequency.MONTHLY,
            "report_time": time.isoformat(),
            "first_due_at": at_beijing(first, time).isoformat() if first else None,
            "free_day_policy": data["free_day_policy"] or FreeDayPolicy.KEEP,
            **({"default_due_text": said} if "default_due_on" in self.changed_data else {}),
        }  # fmt: skip


def _initial(draft: dict[str, Any]) -> dict[str, Any]:
    initial = {**draft, "coordinating_unit": draft.get("coordinating_unit_id")}
    if moment := draft.get("first_due_at"):
        initial["first_due_at"] = moment[:10]
    return initial


class RowForm(forms.Form):
    """A row's fields as texts; what is typed is understood by the columns, so nothing is refused here."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: StagedRow, **kwargs: Any) -> None:
        item = item_of(row)
        initial = {column.name: column.of(item) for column in ROW_COLUMNS}
        # What could not be understood stands there as it was typed or printed.
        initial |= {
            name: row.edits.get(name) or problem["value"]
            for problem in row.problems
            if (name := problem["name"]) in initial and not initial[name]
        }
        kwargs |= {"initial": {**initial, "version": row.version}, "prefix": f"r{row.pk}"}
        super().__init__(*args, **kwargs)
        asked = [p["name"] for p in row.problems] + [d["field"] for d in row.doubts if not d["accepted"]]
        first = next((name for name in asked if name in initial), "content")
        for column in ROW_COLUMNS:
            # Where the cursor goes: the field that is asked about.
            marked = {"data-first": ""} if column.name == first else {}
            widget = forms.Textarea({"rows": column.lines, **marked}) if column.lines else forms.TextInput(marked)
            self.fields[column.name] = forms.CharField(
                label=column.label, required=False, strip=False, help_text=column.row_hint, widget=widget
            )

    @property
    def texts(self) -> dict[str, str]:
        return {column.name: self.cleaned_data[column.name] for column in ROW_COLUMNS}


class UnitForm(forms.Form):
    """What an unknown name means: a unit, or a new one."""

    name = forms.CharField(max_length=200)
    unit = forms.ModelChoiceField(Unit.objects.none(), required=False)
    kind = forms.ChoiceField(choices=[("", ""), *UnitKind.choices], required=False)

    def __init__(self, *args: Any, batch: ImportBatch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units: Any = self.fields["unit"]
        units.queryset = Unit.objects.filter(jurisdiction=batch.jurisdiction, active=True)


def column_choices() -> list[tuple[str, str]]:
    """What a column of a table may hold."""
    return [
        ("", gettext("（未指明）")),
        *((name, str(column.label)) for name, column in SAYABLE.items()),
        (IGNORE, gettext("不读这一列")),
    ]


def choosable_lists(viewer: Viewer, batch: ImportBatch) -> list[TaskList]:
    """The lists that a batch may become another version of."""
    return list(importable_lists(viewer).filter(jurisdiction=batch.jurisdiction))
