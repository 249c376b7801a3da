"""The record and the dead letters cost the same queries for one row as for a full page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks_app.outbox.choices import Channel, Delivery
from tasks_app.outbox.models import Digest, DigestLine, Message
from tasks_app.reminders.choices import ReminderState
from tasks_app.reminders.models import Reminder
from tasks_app.reminders.occasions import REPORT
from tests.factories import beijing

AT = beijing("2024-08-02 09:00")


def add(world, count, start=0):
    """Reminders about different units to different people, each by mail that failed."""
    people = [world.people[who] for who in ("liaison", "colleague", "school")]
    for n in range(start, start + count):
        person = people[n % 3]
        digest = Digest.objects.create(key=f"d{n}", recipient=person, day=AT.date(), created_at=AT)
        line = DigestLine.objects.create(digest=digest, title=f"第 {n} 条", text="请报送。", channels=["site", "email"])
        for channel, status in ((Channel.SITE, Delivery.SENT), (Channel.EMAIL, Delivery.FAILED)):
            Message.objects.create(
                dedupe_key=f"{n}:{channel}", recipient=person, digest=digest, channel=channel, subject=f"第 {n} 条",
                body="请报送。", created_at=AT, not_before=AT, status=status,
            )  # fmt: skip
        Reminder.objects.create(
            key=f"1.0/report:{n}/u{person.pk}", occasion=REPORT.code, task_list=world.task_list,
            period=world.task_list.periods.first(), unit=person.memberships.get().unit, recipient=person,
            moment=AT, state=ReminderState.SENT, line=line, created_at=AT,
        )  # fmt: skip


@pytest.mark.parametrize("address", ["/reminders/sent/", "/reminders/failed/"])
@pytest.mark.parametrize("who", ["coordinator", "supervisor"])
def test_a_full_page_costs_what_one_row_costs(address, who, world, signed_in):
    browser = signed_in(who)
    counts = []
    for start, more in ((0, 1), (1, 60)):
        add(world, more, start)
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(address)
        assert f"第 {start + more - 1} 条" in page.content.decode()
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 22
