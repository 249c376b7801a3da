"""我的接收方式: by which channels I am told, a test of each, and my calendar's secret address."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks_app import clock
from tasks_app.accounts.models import User
from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.lib.errors import Refused
from tasks_app.lib.icalendar import Happening, calendar
from tasks_app.outbox.actions import save_preference, send_test
from tasks_app.outbox.choices import Channel, Delivery
from tasks_app.outbox.models import ChannelPreference, Message
from tasks_app.outbox.queries import last_tests
from tasks_app.reminders.actions import issue_calendar_feed, revoke_calendar_feed
from tasks_app.reminders.deadlines import deadlines_of, feed_owner
from tasks_app.reminders.models import CalendarFeed
from tasks_app.web.reminders.common import frame
from tasks_app.web.shared.http import Request
from tasks_app.web.shared.refusals import refusals_shown


class ChannelForm(forms.Form):
    """What a person may switch; without a gateway there are no text messages to ask for."""

    email = forms.BooleanField(label=gettext_lazy("接收邮件"), required=False)
    sms = forms.BooleanField(label=gettext_lazy("接收短信"), required=False)
    number = forms.CharField(
        label=gettext_lazy("手机号码"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "tel"}),
        help_text=gettext_lazy("只用来接收提醒短信，其他人看不到。"),
    )

    def __init__(self, *args: Any, has_email: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].disabled = not has_email
        if not settings.SMS_URL:
            del self.fields["sms"], self.fields["number"]

    def clean_number(self) -> str:
        # People type numbers in groups.
        return str(self.cleaned_data["number"]).replace(" ", "").replace("-", "")


@dataclass(frozen=True)
class ChannelRow:
    """A channel as the page lists it: whether it reaches this person, and how its last test went."""

    channel: Channel
    reaches: bool
    said: str
    test: Message | None = None

    @property
    def verdict(self) -> str:
        """The last test in a sentence."""
        if self.test is None:
            return ""
        if self.test.status == Delivery.SENT:
            return _("上次测试已送出")
        if self.test.status == Delivery.FAILED:
            return _("上次测试未能送达，请联系管理员")
        if self.test.last_error:
            return _("上次测试还没有送出，系统会再试")
        return _("测试消息正在发送，一分钟内送出")


@require_http_methods(["GET", "HEAD", "POST"])
def my_reminders(request: Request) -> HttpResponse:
    """The person's own settings; a wrong number is said at its field."""
    wishes = {row.channel: row for row in ChannelPreference.objects.filter(user=request.user)}
    email, sms = wishes.get(Channel.EMAIL), wishes.get(Channel.SMS)
    initial = {
        "email": bool(request.user.email) and (email is None or email.enabled),
        "sms": sms is not None and sms.enabled,
        "number": sms.address if sms else "",
    }
    form = ChannelForm(request.POST or None, initial=initial, has_email=bool(request.user.email))
    if request.method == "POST" and form.is_valid() and _save(request, form):
        messages.success(request, _("已保存。"))
        return redirect("my_reminders")
    feed = CalendarFeed.objects.filter(user=request.user).first()
    context = {
        "form": form,
        "channels": _channels(request, initial),
        "feed": feed,
        "feed_url": _feed_url(feed) if feed else "",
        **frame(request, at=clock.now()),
    }
    return render(request, "reminders/own.html", context)


def _save(request: Request, form: ChannelForm) -> bool:
    chosen = form.cleaned_data
    wanted = [(Channel.EMAIL, chosen["email"], "")] if request.user.email else []
    if "sms" in chosen:
        wanted.append((Channel.SMS, chosen["sms"], chosen["number"]))
    for channel, enabled, address in wanted:
        try:
            save_preference(
                user=request.user, channel=channel, enabled=enabled, address=address, by=request.user, at=clock.now()
            )
        except Refused as error:
            form.add_error("number", str(error))
            return False
    return True


def _channels(request: Request, has: dict[str, Any]) -> list[ChannelRow]:
    tests = last_tests(request.user.pk)
    address = request.user.email
    mail = _("发到 %(address)s") % {"address": address} if address else _("账号没有邮箱，请联系管理员填写")
    text = _("发到 %(address)s") % {"address": has["number"]} if has["sms"] else _("未开启")
    rows = [
        (Channel.SITE, True, _("始终接收，不能关闭")),
        (Channel.EMAIL, has["email"], mail if has["email"] or not address else _("已关闭")),
        (Channel.SMS, has["sms"] and bool(settings.SMS_URL), text if settings.SMS_URL else _("本系统没有接入短信网关")),
    ]
    return [ChannelRow(channel, reaches, said, tests.get(channel)) for channel, reaches, said in rows]


@require_POST
def my_reminders_test(request: Request) -> HttpResponse:
    """Send the person a test message by one channel."""
    channel = request.POST.get("channel", "")
    if channel not in (Channel.SITE, Channel.EMAIL, Channel.SMS):
        messages.error(request, _("请选择要测试的渠道。"))
        return redirect("my_reminders")
    with refusals_shown(request):
        send_test(user=request.user, channel=channel, by=request.user, at=clock.now())
        said = _("已发出%(channel)s测试消息，一分钟内送出。请查收，并刷新本页查看结果。")
        messages.success(request, said % {"channel": Channel(channel).label})
    return redirect("my_reminders")


@require_POST
def my_calendar(request: Request) -> HttpResponse:
    """Make a new calendar address (the old one ends), or end it."""
    if request.POST.get("do") == "revoke":
        revoke_calendar_feed(user=request.user, by=request.user, at=clock.now())
        messages.success(request, _("日历地址已停用。已订阅的日历程序不会再收到更新。"))
    else:
        had = CalendarFeed.objects.filter(user=request.user).exists()
        issue_calendar_feed(user=request.user, by=request.user, at=clock.now())
        if had:
            messages.success(request, _("已换成新地址，旧地址立即失效。请在日历程序里改用新地址。"))
        else:
            messages.success(request, _("日历地址已生成。请复制到日历程序里订阅。"))
    return redirect("my_reminders")


def _feed_url(feed: CalendarFeed) -> str:
    return settings.BASE_URL + reverse("calendar_feed", args=[feed.token])


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """A person's deadlines for a calendar program, which cannot sign in: who has the address reads it.

    404 for an address that is unknown, ended, or of somebody who has no account any more.
    """
    at = clock.now()
    person = feed_owner(token)
    if person is None:
        raise Http404
    response = HttpResponse(_calendar_of(person, at), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="duban.ics"'
    response["Cache-Control"] = "private, max-age=0"
    response["X-Robots-Tag"] = "noindex"
    return response


# A calendar program's own language says nothing about its reader.
@in_the_language_of_the_house
def _calendar_of(person: User, at: dt.datetime) -> str:
    happenings = [
        Happening(uid=one.uid, on=one.on, title=one.title, text=one.text, url=settings.BASE_URL + one.path)
        for one in deadlines_of(person, at=at)
    ]
    return calendar(name=_("督办台账：%(who)s的时限") % {"who": person}, happenings=happenings, at=at)
