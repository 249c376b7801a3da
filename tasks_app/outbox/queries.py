"""Reading messages, people's preferences, and the state of the background processes."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, F, Min, QuerySet
from django.utils.translation import gettext as _

from tasks_app.outbox.choices import Channel, Delivery, Pulse, RobotKind
from tasks_app.outbox.models import Breakdown, ChannelPreference, Heartbeat, Message

# Heartbeats older than this count as down.
SILENCE = dt.timedelta(minutes=5)
# Only mail that a server keeps refusing waits longer than this, because of its back-off.
OLDEST_UNSENT = dt.timedelta(minutes=15)


def inbox(user_id: int) -> QuerySet[Message]:
    """A person's messages on the site: unread ones first, then the newest."""
    return Message.objects.shown_to(user_id).order_by(F("read_at").desc(nulls_first=True), "-created_at", "-pk")


def mails() -> QuerySet[Message]:
    """Every e-mail, sent or waiting, the newest first."""
    return Message.objects.filter(channel=Channel.EMAIL).select_related("recipient").order_by("-created_at", "-pk")


def dead_letters() -> QuerySet[Message]:
    """What could not be delivered and waits for a person to look, the newest first."""
    return Message.objects.filter(status=Delivery.FAILED).select_related("recipient", "robot").order_by("-pk")


def last_tests(user_id: int) -> dict[str, Message]:
    """Channel → the newest test message that a person was sent: one query."""
    tests = Message.objects.filter(recipient_id=user_id, dedupe_key__startswith="test:").order_by("pk")
    return {message.channel: message for message in tests}


class Wishes:
    """By which channels people want to be told, and where: read once for many."""

    def __init__(self, rows: dict[int, dict[str, ChannelPreference]]) -> None:
        self._rows = rows

    @classmethod
    def of(cls, user_ids: Collection[int] | None) -> "Wishes":
        """For these people, or for everybody with a stored preference (None): one query."""
        stored = ChannelPreference.objects.all()
        if user_ids is not None:
            stored = stored.filter(user_id__in=user_ids)
        rows: dict[int, dict[str, ChannelPreference]] = defaultdict(dict)
        for row in stored:
            rows[row.user_id][row.channel] = row
        return cls(rows)

    def channels(self, user: Any) -> list[str]:
        """The site always; e-mail with an address unless switched off; text messages where asked for."""
        own = self._rows.get(user.pk, {})
        channels: list[str] = [Channel.SITE]
        if getattr(user, "email", "") and (Channel.EMAIL not in own or own[Channel.EMAIL].enabled):
            channels.append(Channel.EMAIL)
        if Channel.SMS in own and own[Channel.SMS].enabled and settings.SMS_URL:
            channels.append(Channel.SMS)
        return channels

    def address(self, user: Any, channel: str) -> str:
        """Where a channel reaches this person; empty for the site and for robots."""
        if user is None or channel not in (Channel.EMAIL, Channel.SMS):
            return ""
        if channel == Channel.EMAIL:
            return getattr(user, "email", "")
        own = self._rows.get(user.pk, {}).get(Channel.SMS)
        return own.address if own else ""


def robot_refusal(*, kind: str, address: str) -> str:
    """Why a robot cannot have this address, as a sentence; empty when it can."""
    parts = urlsplit(address.strip())
    if kind not in RobotKind.values:
        return _("请选择机器人的类型。")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return _("机器人地址应以 https:// 或 http:// 开头，请从群设置里完整复制。")
    if parts.hostname not in settings.ROBOT_HOSTS:
        return _("本系统没有获准访问 %(host)s。请运维人员把它加入 DUBAN_ROBOT_HOSTS 后再保存。") % {
            "host": parts.hostname
        }
    return ""


@dataclass(frozen=True)
class Health:
    """How the machinery is at a moment. `silent`: parts not heard from for five minutes (or never)."""

    silent: tuple[str, ...]
    ages: dict[str, float | None]  # part → seconds since it was heard from
    oldest_unsent: float  # seconds that the longest-waiting due message has waited
    waiting: int
    dead_letters: int
    broken: dict[str, int]  # part of the round → how often in a row it failed

    @property
    def well(self) -> bool:
        return not self.silent and not self.broken and self.oldest_unsent < OLDEST_UNSENT.total_seconds()


def health(*, at: dt.datetime) -> Health:
    """What /readyz answers from: four queries."""
    heard = dict(Heartbeat.objects.values_list("name", "at"))
    ages = {name: max(0.0, (at - heard[name]).total_seconds()) if name in heard else None for name in Pulse.values}
    due = Message.objects.filter(status=Delivery.WAITING, not_before__lte=at).aggregate(
        oldest=Min("not_before"), count=Count("pk")
    )
    return Health(
        silent=tuple(name for name, age in ages.items() if age is None or age > SILENCE.total_seconds()),
        ages=ages,
        oldest_unsent=max(0.0, (at - due["oldest"]).total_seconds()) if due["oldest"] else 0.0,
        waiting=due["count"],
        dead_letters=Message.objects.filter(status=Delivery.FAILED).count(),
        broken=dict(Breakdown.objects.order_by("part").values_list("part", "count")),
    )


def metrics(*, at: dt.datetime) -> str:
    """The same and the counts by channel, in the text format that Prometheus reads."""
    state = health(at=at)
    lines = ["# TYPE duban_heartbeat_age_seconds gauge"]
    lines += [f'duban_heartbeat_age_seconds{{part="{n}"}} {-1 if a is None else a:.0f}' for n, a in state.ages.items()]
    lines += ["# TYPE duban_round_failures gauge"]
    lines += [f'duban_round_failures{{part="{part}"}} {count}' for part, count in state.broken.items()]
    lines += ["# TYPE duban_oldest_unsent_seconds gauge", f"duban_oldest_unsent_seconds {state.oldest_unsent:.0f}"]
    lines += ["# TYPE duban_up gauge", f"duban_up {int(state.well)}", "# TYPE duban_messages gauge"]
    counts = Message.objects.order_by().values_list("channel", "status").annotate(n=Count("pk"))
    lines += [f'duban_messages{{channel="{c}",status="{s}"}} {n}' for c, s, n in sorted(counts)]
    return "\n".join(lines) + "\n"
