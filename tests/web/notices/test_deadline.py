"""At the very moment of its deadline a notice is not late yet, on whichever page; a second later it is."""

import datetime as dt

import pytest
from django.urls import reverse

from tasks_app.notices.actions import reply_notice
from tasks_app.web.desk.common import notice_lines


@pytest.mark.parametrize(("seconds", "late"), [(0, False), (1, True)])
def test_a_notice_is_late_after_its_moment_on_desk_page_and_list(issue, now, signed_in, seconds, late):
    notice = issue(1)
    at = notice.due_at + dt.timedelta(seconds=seconds)
    now.move_to(at)
    client = signed_in("supervisor")
    (row,) = client.get(reverse("notices")).context["rows"]
    (line,) = notice_lines([notice], at)
    page = client.get(notice.get_absolute_url()).context
    assert (row.is_late, line.is_late, page["is_late"]) == (late, late, late)
    assert len(client.get(reverse("notices"), {"state": "late"}).context["rows"]) == late


@pytest.mark.parametrize(("seconds", "late"), [(0, False), (1, True)])
def test_an_answer_at_the_very_moment_is_in_time(world, issue, seconds, late):
    notice = issue(1)
    at = notice.due_at + dt.timedelta(seconds=seconds)
    reply_notice(notice=notice, reply_text="已整改。", version=0, by=world.people["liaison"], at=at)
    assert notice.rounds.get().is_late == late


def test_what_is_answered_is_late_no_more(world, issue, now, signed_in):
    notice = issue(1)
    reply_notice(notice=notice, reply_text="已整改。", version=0, by=world.people["liaison"], at=notice.issued_at)
    at = notice.due_at + dt.timedelta(days=3)
    now.move_to(at)
    notice.refresh_from_db()
    client = signed_in("supervisor")
    (row,) = client.get(reverse("notices")).context["rows"]
    (line,) = notice_lines([notice], at)
    page = client.get(notice.get_absolute_url()).context
    assert (row.is_late, line.is_late, page["is_late"]) == (False, False, False)
    assert not client.get(reverse("notices"), {"state": "late"}).context["rows"]
