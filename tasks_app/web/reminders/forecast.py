"""将要发出: what the ladders will send in the next days, computed by the rules that send it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tasks_app import clock
from tasks_app.catalogue.models import TaskList
from tasks_app.lib.dates import BEIJING, beijing_day
from tasks_app.outbox.choices import Channel
from tasks_app.reminders import occasions
from tasks_app.reminders.choices import Audience
from tasks_app.reminders.queries import Expected, forecast
from tasks_app.web.reminders.common import channel_names, day_text, frame, lists_of
from tasks_app.web.shared.http import Request

SPANS = {"7": 7, "14": 14, "31": 31, "62": 62}
DEFAULT_SPAN = "14"


class ForecastChoice(forms.Form):
    """The filter bar; `_parts/filters.html` draws it. What makes no sense in the address is left out."""

    days = forms.ChoiceField(label=gettext_lazy("多久"), required=False)
    list = forms.ChoiceField(label=gettext_lazy("清单"), required=False)
    occasion = forms.ChoiceField(label=gettext_lazy("事项"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("渠道"), required=False)
    q = forms.CharField(
        label=gettext_lazy("单位或收件人"),
        required=False,
        max_length=50,
        widget=forms.TextInput({"type": "search", "placeholder": gettext_lazy("单位或收件人（按 / 键）")}),
    )

    def __init__(self, data: Any, *, lists: Sequence[TaskList]) -> None:
        spans = [(key, _("今后 %(n)d 天") % {"n": days}) for key, days in SPANS.items()]
        choices: dict[str, list[tuple[str, Any]]] = {
            "days": [*spans],
            "list": [("", _("全部清单")), *((str(one.pk), one.title) for one in lists)],
            "occasion": [("", _("全部事项")), *occasions.occasion_choices()],
            "channel": [("", _("全部渠道")), *Channel.choices],
        }
        given = {name: data.get(name, "") for name in (*choices, "q")}
        known = {name: {key for key, _label in options} for name, options in choices.items()}
        given |= {name: "" for name, keys in known.items() if given[name] not in keys}
        given["days"] = given["days"] or DEFAULT_SPAN
        super().__init__(given)
        for name, options in choices.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def narrowed(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("list", "occasion", "channel", "q"))

    def admits(self, row: Expected) -> bool:
        chosen = self.cleaned_data
        return (
            (not chosen["list"] or row.list_id == int(chosen["list"]))
            and (not chosen["occasion"] or row.occasion == chosen["occasion"])
            and (not chosen["channel"] or chosen["channel"] in row.channels)
            and (not chosen.get("q") or chosen["q"] in f"{row.unit_name} {row.recipient}")
        )


@dataclass
class Batch:
    """What goes out at one moment for one list, case and audience; `heading` on the first of a day."""

    first: Expected
    heading: str
    rows: list[Expected] = field(default_factory=list)

    @property
    def time(self) -> str:
        return f"{self.first.moment.astimezone(BEIJING):%H:%M}"

    @property
    def occasion(self) -> str:
        return str(occasions.BY_CODE[self.first.occasion].label)

    @property
    def audience(self) -> str:
        return _("群") if Channel.ROBOT in self.first.channels else str(Audience(self.first.audience).label)

    @property
    def channels(self) -> str:
        return channel_names(self.first.channels)

    @property
    def people(self) -> int:
        return len({row.recipient for row in self.rows})


def batches(rows: Sequence[Expected]) -> list[Batch]:
    """Rows, earliest first, put together as they leave."""
    found: dict[tuple[object, ...], Batch] = {}
    day: dt.date | None = None
    for row in rows:
        key = (row.moment, row.list_id, row.occasion, row.audience, row.channels, row.escalated, row.paused)
        if key not in found:
            new_day = beijing_day(row.moment)
            found[key] = Batch(row, day_text(new_day) if new_day != day else "")
            day = new_day
        found[key].rows.append(row)
    return list(found.values())


@require_safe
def reminders(request: Request) -> HttpResponse:
    """The coming days: of the lists looked after, or, for a liaison, what will come to oneself."""
    at = clock.now()
    context = frame(request, at=at)
    lists = list(lists_of(request)) if context["sees_all"] else []
    choice = ForecastChoice(request.GET, lists=lists)
    until = at + dt.timedelta(days=SPANS[choice.cleaned_data["days"]])
    shown = {one.pk for one in lists}
    rows = [
        row
        for row in forecast(at=at, until=until)
        if (row.list_id in shown or row.recipient_id == request.user.pk) and choice.admits(row)
    ]
    going = [row for row in rows if not row.paused and row.recipient != "—"]
    context |= {
        "filter": {"form": choice},
        "batches": batches(rows),
        "total": len(going),
        "people": len({row.recipient for row in going}),
        "until": until,
        "narrowed": choice.narrowed,
    }
    return render(request, "reminders/forecast.html", context)
