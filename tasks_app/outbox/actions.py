"""Writing messages, in the transaction of their cause, and delivering them, once each.

A message row is its own record of what was sent to whom and when, so writing and delivering add no
audit events; the act that caused the message does.
"""

import datetime as dt
import logging
import time
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from tasks_app.audit.actions import record
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Refused
from tasks_app.outbox import rules
from tasks_app.outbox.channels import Doors, NotTaken
from tasks_app.outbox.choices import SWITCHABLE, Channel, Delivery, Pulse
from tasks_app.outbox.models import Breakdown, ChannelPreference, Digest, DigestLine, GroupRobot, Heartbeat, Message
from tasks_app.outbox.queries import Wishes, robot_refusal

log = logging.getLogger(__name__)

BATCH = 20
# A batch is handed back when it takes longer, so that no lease runs out under a message being sent.
BATCH_SECONDS = 45
RUN_SECONDS = 50


def enqueue(
    *,
    recipient: models.Model,
    key: str,
    subject: str,
    body: str,
    path: str,
    topic: str,
    at: dt.datetime,
) -> int:
    """Write a message for the site and for each other channel that the person has and wants.

    `key` says what the message is; for the same key and person nothing is written again. Returns
    how many rows were new.
    """
    rows = [
        Message(
            dedupe_key=f"{key}:{recipient.pk}:{channel}",
            recipient_id=recipient.pk,
            channel=channel,
            subject=subject[:200],
            body=body,
            path=path,
            topic=topic,
            created_at=at,
            not_before=at,
        )
        for channel in Wishes.of([recipient.pk]).channels(recipient)
    ]
    known = set(
        Message.objects.filter(dedupe_key__in=[row.dedupe_key for row in rows]).values_list("dedupe_key", flat=True)
    )
    new = [row for row in rows if row.dedupe_key not in known]
    # Two ticks may run at once: what the check above missed, the unique key stops.
    Message.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def tell(
    people: Iterable[models.Model | None], *, key: str, subject: str, body: str, path: str, topic: str, at: dt.datetime
) -> int:
    """One message per person, however many posts they hold; people who are gone are left out. How many were new."""
    once = {person.pk: person for person in people if person is not None}
    return sum(
        enqueue(recipient=person, key=key, subject=subject, body=body, path=path, topic=topic, at=at)
        for person in once.values()
    )


@dataclass(frozen=True)
class Said:
    """One line of a digest to be written, with the channels it goes by."""

    line: rules.DigestLine
    topic: str
    channels: Sequence[str]


@dataclass(frozen=True)
class Letter:
    """A digest to be written: to a person (a user) or to a group (a robot)."""

    key: str
    user: models.Model | None
    robot: GroupRobot | None
    said: Sequence[Said]


def write_digests(
    *, letters: Sequence[Letter], at: dt.datetime, not_before: dt.datetime
) -> tuple[int, list[list[DigestLine]]]:
    """Write digests with a message per channel: a constant number of statements.

    The loud channels leave from `not_before` on (quiet hours); the site has it at once. Returns the
    number of messages and, letter by letter, the stored lines. A key that exists is an IntegrityError.
    """
    wishes = Wishes.of(None)
    digests = Digest.objects.bulk_create(
        [
            Digest(
                key=letter.key,
                recipient_id=letter.user.pk if letter.user else None,
                robot=letter.robot,
                day=beijing_day(at),
                created_at=at,
            )
            for letter in letters
        ]
    )
    lines = [
        [
            DigestLine(
                digest=digest,
                topic=said.topic,
                title=said.line.title[:200],
                text=said.line.text,
                path=said.line.path,
                channels=list(said.channels),
                order=order,
            )
            for order, said in enumerate(letter.said)
        ]
        for digest, letter in zip(digests, letters, strict=True)
    ]
    DigestLine.objects.bulk_create([line for group in lines for line in group])
    messages = []
    for digest, letter, group in zip(digests, letters, lines, strict=True):
        open_to = [Channel.ROBOT] if letter.user is None else wishes.channels(letter.user)
        for channel in open_to:
            spoken = [line for line in group if channel in line.channels]
            if spoken:
                when = at if channel == Channel.SITE else not_before
                message = Message(digest=digest, channel=channel, created_at=at, not_before=when)
                message.dedupe_key = f"{digest.key}:{channel}"
                message.recipient_id, message.robot = digest.recipient_id, letter.robot
                message.subject, message.body, message.path = _composed(spoken, channel)
                messages.append(message)
    Message.objects.bulk_create(messages)
    return len(messages), lines


def _composed(lines: Sequence[DigestLine], channel: str) -> tuple[str, str, str]:
    base = "" if channel == Channel.SITE else settings.BASE_URL
    return rules.compose([rules.DigestLine(line.title, line.text, line.path) for line in lines], base_url=base)


@transaction.atomic
def suppress(*, topic: str, at: dt.datetime, recipient: models.Model | None = None) -> int:
    """What waits on a settled topic is no longer needed; returns how many messages are not sent at all.

    With `recipient`, it is no longer needed by that person alone. A digest that has other things to say
    loses the line and keeps the rest.
    """
    waiting = Message.objects.filter(topic=topic, status=Delivery.WAITING)
    lines = DigestLine.objects.filter(topic=topic, settled_at=None, digest__messages__status=Delivery.WAITING)
    if recipient is not None:
        waiting = waiting.filter(recipient_id=recipient.pk)
        lines = lines.filter(digest__recipient_id=recipient.pk)
    count = waiting.update(**_not_needed(at))
    return count + settle_lines(line_ids=list(lines.values_list("pk", flat=True).distinct()), at=at)


def settle_lines(*, line_ids: Collection[int], at: dt.datetime) -> int:
    """Take lines out of digests that have not left; returns how many messages have nothing left to say."""
    if not line_ids:
        return 0
    DigestLine.objects.filter(pk__in=line_ids, settled_at=None).update(settled_at=at)
    waiting = Message.objects.filter(status=Delivery.WAITING, digest__lines__in=line_ids).distinct()
    silent = []
    for message in waiting.prefetch_related("digest__lines"):
        digest = message.digest
        left = [line for line in (digest.lines.all() if digest else []) if line.settled_at is None]
        spoken = [line for line in left if message.channel in line.channels]
        if not spoken:
            silent.append(message.pk)
            continue
        message.subject, message.body, message.path = _composed(spoken, message.channel)
        message.save(update_fields=["subject", "body", "path"])
    return Message.objects.filter(pk__in=silent, status=Delivery.WAITING).update(**_not_needed(at))


def _not_needed(at: dt.datetime) -> dict[str, object]:
    return {
        "status": Delivery.SUPPRESSED,
        "sent_at": None,
        "leased_until": None,
        "last_error": f"{at:%Y-%m-%d %H:%M} 已不需要",
    }


def deliver_waiting(*, at: dt.datetime, limit: int = 2000) -> int:
    """Deliver what is due; returns how many messages went out.

    The site's messages are delivered by one update. The others are claimed in small batches by a
    conditional update with a lease, so two workers never send the same one; a worker that dies
    leaves a lease that runs out. A channel that is out of order is left alone for the rest of the run.
    """
    started = time.monotonic()
    sent = Message.objects.deliverable(at).filter(channel=Channel.SITE).update(
        status=Delivery.SENT, sent_at=at, leased_until=None, claim=""
    )  # fmt: skip
    broken: set[str] = set()
    with Doors() as doors:
        while limit > 0 and time.monotonic() - started < RUN_SECONDS:
            run = _Run(at=at, started=started, doors=doors, broken=broken)
            batch = run.claim(min(BATCH, limit))
            if not batch:
                break
            limit -= len(batch)
            sent += run.deliver(batch)
    return sent


@dataclass
class _Run:
    """One claimed batch of a delivery; `broken` are the channels found out of order in this run."""

    at: dt.datetime
    started: float
    doors: Doors
    broken: set[str]

    def __post_init__(self) -> None:
        self.token = uuid.uuid4().hex
        self.claimed = time.monotonic()

    def claim(self, count: int) -> list[Message]:
        now = self.at + dt.timedelta(seconds=self.claimed - self.started)
        due = Message.objects.deliverable(self.at).exclude(channel__in=self.broken)
        with transaction.atomic():
            # Rows that another worker is just claiming are skipped, where the database supports it.
            rows = due.select_for_update(skip_locked=True).order_by("not_before", "pk").values_list("pk", flat=True)
            due.filter(pk__in=list(rows[:count])).update(leased_until=now + rules.LEASE, claim=self.token)
        held = Message.objects.filter(claim=self.token).select_related("recipient", "robot")
        return list(held.order_by("not_before", "pk"))

    def deliver(self, batch: Sequence[Message]) -> int:
        wishes = Wishes.of([message.recipient_id for message in batch if message.recipient_id])
        sent, handed_back = 0, []
        for message in batch:
            if message.channel in self.broken or time.monotonic() - self.claimed > BATCH_SECONDS:
                handed_back.append(message.pk)
            else:
                sent += self._deliver(message, wishes.address(message.recipient, message.channel))
        if handed_back:
            Message.objects.filter(pk__in=handed_back, claim=self.token).update(leased_until=None, claim="")
        return sent

    def _deliver(self, message: Message, address: str) -> bool:
        attempts = message.attempts + 1
        changes: dict[str, object] = {"attempts": attempts, "leased_until": None, "claim": ""}
        error_name = ""
        try:
            self.doors.send(message, address=address, at=self.at)
        except Exception as error:
            error_name = type(error).__name__
            refused = isinstance(error, NotTaken)
            if not refused:
                self.broken.add(message.channel)
            again = rules.next_try(attempts, self.at, permanent=isinstance(error, NotTaken) and error.permanent)
            changes["last_error"] = f"{error_name}: {error}"[:2000]
            changes |= {"status": Delivery.FAILED} if again is None else {"not_before": again}
        else:
            changes |= {"status": Delivery.SENT, "sent_at": self.at, "last_error": ""}
        # Only the holder of the claim writes the outcome. Cancelling the message after it was claimed comes too late.
        Message.objects.filter(pk=message.pk, claim=self.token).update(**changes)
        # No address, no words, and not the error's text, which may quote both.
        log.log(
            logging.WARNING if error_name else logging.INFO,
            "event=delivery message=%s channel=%s attempt=%s outcome=%s",
            message.pk, message.channel, attempts, error_name or "sent",
        )  # fmt: skip
        return not error_name


@transaction.atomic
def mark_read(*, message: Message, at: dt.datetime) -> None:
    """Note when the recipient opened a message; the first time counts."""
    Message.objects.filter(pk=message.pk, read_at=None).update(read_at=at)


@transaction.atomic
def mark_all_read(*, user: models.Model, last: int, at: dt.datetime) -> int:
    """Note a person's messages up to the number `last` as read: what came after the page was drawn stays unread."""
    return Message.objects.shown_to(user.pk).filter(pk__lte=last, read_at=None).update(read_at=at)


@transaction.atomic
def resend(*, message: Message, by: models.Model, at: dt.datetime) -> Message:
    """Put a message that could not be delivered back in line, from its first attempt on.

    It keeps its Message-ID: whoever did get it sees a repeat, not a second letter.
    """
    changed = Message.objects.filter(pk=message.pk, status=Delivery.FAILED).update(
        status=Delivery.WAITING, attempts=0, not_before=at, leased_until=None, claim=""
    )
    if not changed:
        raise Refused(_("这条消息不在“未能送达”之列，无须重发。请刷新页面查看最新状态。"))
    record(by=by, at=at, verb="outbox.resend", target=message, before={"error": message.last_error})
    message.refresh_from_db()
    return message


@transaction.atomic
def save_preference(
    *, user: models.Model, channel: str, enabled: bool, address: str = "", by: models.Model, at: dt.datetime
) -> ChannelPreference:
    """Switch a channel on or off for a person; text messages need a mobile number.

    The log notes that there is a number, not which.
    """
    if channel not in SWITCHABLE:
        raise Refused(_("站内消息不能关闭；群机器人发给全群，由汇总员设置。"))
    address = address.strip()
    if channel == Channel.SMS and enabled and not (address.lstrip("+").isdigit() and 8 <= len(address) <= 15):
        raise Refused(_("要接收短信，请填写手机号码，只填数字。"))
    preference, _made = ChannelPreference.objects.update_or_create(
        user_id=user.pk, channel=channel, defaults={"enabled": enabled, "address": address}
    )
    after = {"channel": channel, "enabled": enabled, "has_address": bool(address)}
    record(by=by, at=at, verb="outbox.save_preference", target=user, after=after)
    return preference


@transaction.atomic
def save_robot(
    *,
    robot: GroupRobot | None,
    name: str,
    kind: str,
    address: str,
    secret: str,
    active: bool,
    by: models.Model,
    at: dt.datetime,
) -> GroupRobot:
    """Add a robot or change one. Its host has to be among those the installation names (DUBAN_ROBOT_HOSTS).

    The address carries the robot's key, so the log notes neither it nor the secret.
    """
    if refusal := robot_refusal(kind=kind, address=address):
        raise Refused(refusal)
    robot = robot or GroupRobot()
    before = {"name": robot.name, "kind": robot.kind, "active": robot.active} if robot.pk else {}
    robot.name, robot.kind, robot.address, robot.secret, robot.active = name, kind, address.strip(), secret, active
    robot.save()
    after = {"name": name, "kind": kind, "active": active}
    record(by=by, at=at, verb="outbox.save_robot", target=robot, before=before, after=after)
    return robot


@transaction.atomic
def send_test(
    *,
    user: models.Model | None = None,
    robot: GroupRobot | None = None,
    channel: str,
    by: models.Model,
    at: dt.datetime,
) -> Message:
    """Write a test message for one channel of a person, or for a robot; `deliver_waiting` sends it like any other."""
    if user is not None and channel not in Wishes.of([user.pk]).channels(user):
        raise Refused(_("没有这一渠道的地址，或已关闭接收。请先填写并保存，再发送测试。"))
    event = record(by=by, at=at, verb="outbox.send_test", target=robot or user or by, after={"channel": channel})
    return Message.objects.create(
        dedupe_key=f"test:{event.pk}:{channel}",
        recipient_id=user.pk if user else None,
        robot=robot,
        channel=channel,
        subject=_("督办台账测试消息"),
        body=_("收到这条消息，说明这一渠道可以正常送达。无须回复。"),
        path=reverse("messages"),
        created_at=at,
        not_before=at,
    )


def beat(*, name: str, at: dt.datetime) -> None:
    """Record the heartbeat of a background process."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": at})


def note_breakdowns(*, broken: Mapping[str, str], at: dt.datetime) -> None:
    """Note which parts of a round failed (part → name of the error); those that work again are forgotten."""
    known = {row.part: row for row in Breakdown.objects.all()}
    Breakdown.objects.filter(part__in=known.keys() - broken.keys()).delete()
    for part, error in broken.items():
        row = known.get(part) or Breakdown(part=part, since=at, count=0)
        row.at, row.count, row.error = at, row.count + 1, error
        row.save()


def take_turn(*, at: dt.datetime) -> bool:
    """Whether it is our turn to make a round, until the end of the caller's transaction.

    The row of the last round is the lock: whoever finds it locked gives up, so any number of beats does no harm.
    """
    Heartbeat.objects.get_or_create(name=Pulse.WORKER, defaults={"at": at})
    row = Heartbeat.objects.select_for_update(skip_locked=True).filter(name=Pulse.WORKER).first()
    if row is None:
        return False
    row.at = at
    row.save(update_fields=["at"])
    return True
