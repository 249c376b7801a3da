"""发送记录: every reminder that fell due, to whom, by which channel, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tasks_app import clock
from tasks_app.catalogue.models import TaskList
from tasks_app.outbox.choices import Channel, Delivery
from tasks_app.outbox.models import Message
from tasks_app.reminders.choices import ReminderState, Why
from tasks_app.reminders.models import Reminder
from tasks_app.reminders.occasions import occasion_choices
from tasks_app.reminders.queries import ledger
from tasks_app.schedule.models import Period
from tasks_app.units.models import Unit
from tasks_app.web.reminders.common import frame, lists_of
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.openable import openable

PAGE_SIZES = (25, 50, 100, 200)
DEFAULT_SIZE = 50
# Not a state of the reminder but of one of its messages; it is what one looks for.
UNDELIVERED = "undelivered"
# State → shape and class, the same on each row.
LOOKS = {
    ReminderState.DUE: ("◌", "none"),
    ReminderState.SENT: ("✔", "ok"),
    ReminderState.SKIPPED: ("○", "warn"),
    ReminderState.SUPPRESSED: ("○", "none"),
}
OUTCOMES = {
    Delivery.WAITING: ("◌", "none"),
    Delivery.SENT: ("✔", "ok"),
    Delivery.SUPPRESSED: ("○", "none"),
    Delivery.FAILED: ("■", "late"),
}


class SentFilter(django_filters.FilterSet):
    """Narrows the ledger; a value that makes no sense is ignored and named in `form.errors`."""

    list = django_filters.ChoiceFilter(
        label=gettext_lazy("清单"), empty_label=gettext_lazy("全部清单"), field_name="task_list_id"
    )
    period = django_filters.ChoiceFilter(
        label=gettext_lazy("报送期"), empty_label=gettext_lazy("全部报送期"), method="by_period"
    )
    occasion = django_filters.ChoiceFilter(
        label=gettext_lazy("事项"), empty_label=gettext_lazy("全部事项"), choices=occasion_choices
    )
    unit = django_filters.ChoiceFilter(
        label=gettext_lazy("单位"), empty_label=gettext_lazy("全部单位"), field_name="unit_id"
    )
    channel = django_filters.ChoiceFilter(
        label=gettext_lazy("渠道"), empty_label=gettext_lazy("全部渠道"), choices=Channel.choices, method="by_channel"
    )
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("结果"),
        empty_label=gettext_lazy("全部结果"),
        choices=[*ReminderState.choices, (UNDELIVERED, Delivery.FAILED.label)],
        method="by_state",
    )
    why = django_filters.ChoiceFilter(
        label=gettext_lazy("未发原因"), empty_label=gettext_lazy("全部原因"), choices=Why.choices
    )
    q = django_filters.CharFilter(
        label=gettext_lazy("收件人"),
        max_length=50,
        method="by_words",
        widget=forms.TextInput({"type": "search", "placeholder": gettext_lazy("收件人、标题（按 / 键）")}),
    )

    class Meta:
        model = Reminder
        fields: list[str] = []

    def __init__(
        self,
        data: QueryDict,
        rows: QuerySet[Reminder],
        *,
        lists: Sequence[TaskList],
        periods: Sequence[tuple[int, int]],
        units: Sequence[Unit],
    ) -> None:
        super().__init__(data, rows)
        self.filters["list"].extra["choices"] = [(one.pk, one.title) for one in lists]
        self.filters["period"].extra["choices"] = [
            (f"{year}-{month:02}", Period(year=year, month=month).name) for year, month in periods
        ]
        self.filters["unit"].extra["choices"] = [(unit.pk, unit.name) for unit in units]

    def by_period(self, rows: QuerySet[Reminder], name: str, value: str) -> QuerySet[Reminder]:
        year, month = value.split("-")
        return rows.filter(period__year=int(year), period__month=int(month))

    def by_channel(self, rows: QuerySet[Reminder], name: str, value: str) -> QuerySet[Reminder]:
        return rows.filter(line__digest__in=Message.objects.filter(channel=value).values("digest_id"))

    def by_state(self, rows: QuerySet[Reminder], name: str, value: str) -> QuerySet[Reminder]:
        if value != UNDELIVERED:
            return rows.filter(state=value)
        failed = Message.objects.filter(status=Delivery.FAILED, digest__isnull=False)
        return rows.filter(line__digest__in=failed.values("digest_id"))

    def by_words(self, rows: QuerySet[Reminder], name: str, value: str) -> QuerySet[Reminder]:
        person = Q(recipient__name__icontains=value) | Q(recipient__username__icontains=value)
        return rows.filter(
            person | Q(robot__name__icontains=value) | Q(unit__name__icontains=value) | Q(line__title__icontains=value)
        )


class SentTable(tables.Table):
    """Owns columns, order and pages; rows are drawn from `SentRow`s (templates/reminders/_sent_rows.html)."""

    moment = tables.Column(verbose_name=gettext_lazy("应发时刻"), attrs={"td": {"class": "when"}})
    what = tables.Column(verbose_name=gettext_lazy("提醒"), orderable=False, empty_values=())
    unit = tables.Column(verbose_name=gettext_lazy("单位"), empty_values=(), attrs={"td": {"class": "units"}})
    recipient = tables.Column(verbose_name=gettext_lazy("收件人"), empty_values=())
    channels = tables.Column(verbose_name=gettext_lazy("渠道与送达"), orderable=False, empty_values=())
    state = tables.Column(verbose_name=gettext_lazy("结果"), empty_values=())

    class Meta:
        template_name = "reminders/_sent_rows.html"
        order_by_field = "sort"

    def order_moment(self, rows: QuerySet[Reminder], descending: bool) -> tuple[QuerySet[Reminder], bool]:
        return rows.order_by("-moment" if descending else "moment", "-pk" if descending else "pk"), True

    def order_unit(self, rows: QuerySet[Reminder], descending: bool) -> tuple[QuerySet[Reminder], bool]:
        return self._by(rows, "unit__order", descending)

    def order_recipient(self, rows: QuerySet[Reminder], descending: bool) -> tuple[QuerySet[Reminder], bool]:
        return self._by(rows, "recipient__name", descending)

    def order_state(self, rows: QuerySet[Reminder], descending: bool) -> tuple[QuerySet[Reminder], bool]:
        return self._by(rows, "state", descending)

    def _by(self, rows: QuerySet[Reminder], name: str, descending: bool) -> tuple[QuerySet[Reminder], bool]:
        key = F(name).desc(nulls_last=True) if descending else F(name).asc(nulls_last=True)
        return rows.order_by(key, "-moment", "-pk"), True


@dataclass(frozen=True)
class Outcome:
    """How one channel fared."""

    label: str
    said: str
    shape: str
    css: str


@dataclass(frozen=True)
class SentRow:
    """One reminder put into words."""

    row: Reminder
    title: str
    path: str
    under: str
    recipient: str
    outcomes: list[Outcome]
    state: str
    shape: str
    css: str
    why: str


def sent_row(row: Reminder) -> SentRow:
    """From a row of `reminders.queries.ledger`: no query."""
    line = row.line
    spoken = [m for m in line.digest.messages.all() if m.channel in line.channels] if line else []
    state = ReminderState(row.state)
    # The round records within a minute what was sent; read it here too for anyone who looks sooner.
    if state == ReminderState.DUE and any(message.status == Delivery.SENT for message in spoken):
        state = ReminderState.SENT
    shape, css = LOOKS[state]
    said = _("正在发送") if state == ReminderState.DUE and line is not None else str(state.label)
    parts = [row.get_occasion_display(), str(row.task_list)]
    if row.period:
        parts.append(row.period.name)
    if row.key.startswith("now."):
        parts.append(_("人工催办"))
    return SentRow(
        row=row,
        title=line.title if line else (str(row.task) if row.task else row.get_occasion_display()),
        path=line.path if line else "",
        under=" · ".join(parts),
        recipient=str(row.recipient or row.robot or "—"),
        outcomes=[_outcome(message) for message in sorted(spoken, key=lambda m: Channel.values.index(m.channel))],
        state=said,
        shape=shape,
        css=css,
        why=row.get_why_display() if row.why else "",
    )


def _outcome(message: Message) -> Outcome:
    shape, css = OUTCOMES[Delivery(message.status)]
    said = str(message.get_status_display())
    if message.sent_at:
        said = date_format(timezone.localtime(message.sent_at), _("n月j日 H:i"))
    elif message.status == Delivery.WAITING and message.attempts:
        said = _("已试 %(n)d 次，会再试") % {"n": message.attempts}
    if message.read_at:
        said += _("，已读")
    return Outcome(str(message.get_channel_display()), said, shape, css)


@require_safe
def reminders_sent(request: Request) -> HttpResponse:
    """The ledger of reminders; filters, order and page stand in the address."""
    context = frame(request, at=clock.now())
    rows = ledger(request.viewer)
    mine = rows.order_by()
    periods = mine.filter(period__isnull=False).values_list("period__year", "period__month").distinct()
    sent_filter = SentFilter(
        request.GET,
        rows,
        lists=list(lists_of(request)) if context["sees_all"] else [],
        periods=sorted(periods, reverse=True),
        units=list(Unit.objects.filter(pk__in=mine.values("unit_id"))),
    )
    for name in sent_filter.form.errors:
        said = _("筛选条件“%(label)s”没有“%(value)s”这个选项，已忽略。")
        label = sent_filter.form.fields[name].label
        messages.warning(request, said % {"label": label, "value": request.GET.get(name, "")[:20]})
    table = SentTable(sent_filter.qs, order_by=_order(request), request=request)
    size = request.GET.get("per_page", "")
    table.paginate(per_page=int(size) if size in map(str, PAGE_SIZES) else DEFAULT_SIZE)
    table.page = table.paginator.get_page(request.GET.get("page"))
    shown = [sent_row(row) for row in table.page.object_list.data]
    context |= {
        "filter": sent_filter,
        "table": table,
        "rows": shown,
        "openable": openable(request.viewer, (row.path for row in shown)),
        "narrowed": bool(sent_filter.form.changed_data),
    }
    return render(request, "reminders/sent.html", context)


def _order(request: Request) -> str:
    sort = request.GET.get("sort", "")
    sortable = {name for name, column in SentTable.base_columns.items() if column.orderable is not False}
    known: dict[str, Any] = dict.fromkeys([*sortable, *(f"-{name}" for name in sortable)])
    return sort if sort in known else "-moment"
