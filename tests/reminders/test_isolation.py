"""One occasion that breaks is named and waits; the others go out, and nothing of it is lost or wrongly settled."""

from dataclasses import replace

import pytest
from django.db import connection

from tasks_app.lib.errors import Refused
from tasks_app.notices.actions import issue_notices
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.issuing import NoticeDraft
from tasks_app.outbox.models import Breakdown, Message
from tasks_app.outbox.queries import health, metrics
from tasks_app.reminders import occasions
from tasks_app.reminders.actions import make_round, save_step
from tasks_app.reminders.chasing import send_now
from tasks_app.reminders.choices import ReminderState
from tasks_app.reminders.deadlines import deadlines_of
from tasks_app.reminders.models import Reminder
from tasks_app.reminders.occasions import NOTICE, REPORT, TASK
from tasks_app.reminders.occasions.base import Rung
from tasks_app.reminders.queries import forecast, open_cases
from tests.factories import beijing

ISSUED, DAY = beijing("2024-08-02 10:00"), beijing("2024-08-05 09:00")


@pytest.fixture
def broken(monkeypatch):
    """`broken(NOTICE, cases=raising)` puts another in its place until the test, or `broken(None)`, ends it."""
    whole = occasions.ALL

    def put(occasion, **parts):
        others = tuple(replace(one, **parts) if occasion and one.code == occasion.code else one for one in whole)
        monkeypatch.setattr(occasions, "ALL", others)
        monkeypatch.setattr(occasions, "BY_CODE", {one.code: one for one in others})

    return put


@pytest.fixture
def notice(staffed):
    """Due on Tuesday 2024-08-06: announced on Monday the 5th at nine, with the reports."""
    staffed.task_list.reminder_steps.filter(offset__lt=0, occasion=REPORT.code).update(active=False)
    draft = NoticeDraft(staffed.units["市住房建设局"], NoticeLevel.ORDER, (staffed.task(1),), "请倒排工期。")
    by = staffed.people["supervisor"]
    (notice,) = issue_notices(task_list=staffed.task_list, drafts=[draft], by=by, at=ISSUED)
    notice.due_at = beijing("2024-08-06 18:00")
    notice.save()
    return notice


def raises(asked):
    raise KeyError("milestone")


def asks_nonsense(asked):
    with connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    return []


def half(asked):
    yield next(iter(NOTICE.cases(asked)))
    raise ValueError


def without_a_word(asked):
    return (replace(case, words={}, template="no-such") for case in NOTICE.cases(asked))


def without_a_day(asked):
    return (replace(case, due_at=None) for case in NOTICE.cases(asked))


def of(occasion, **more) -> list[str]:
    return sorted(Reminder.objects.filter(occasion=occasion.code, **more).values_list("state", flat=True))


@pytest.mark.parametrize("cases", [raises, asks_nonsense, half, without_a_word, without_a_day])
def test_an_occasion_that_fails_holds_up_no_other(cases, notice, broken):
    broken(NOTICE, cases=cases)
    make_round(at=DAY)
    assert len(of(REPORT, moment=DAY, line__isnull=False)) == 5
    assert not of(NOTICE, line__isnull=False)


def test_it_is_logged_and_counted_until_it_works_again(notice, broken, caplog):
    broken(NOTICE, cases=raises)
    for minute in ("09:00", "09:01", "09:02"):
        make_round(at=beijing(f"2024-08-05 {minute}"))
    assert "event=occasion_failed occasion=notice error=KeyError" in caplog.text
    row = Breakdown.objects.get()
    assert (row.part, row.count, row.error, row.since) == ("notice", 3, "KeyError", DAY)
    assert health(at=DAY).broken == {"notice": 3}
    assert not health(at=DAY).well
    assert 'duban_round_failures{part="notice"} 3' in metrics(at=DAY)
    broken(None)
    make_round(at=beijing("2024-08-05 09:03"))
    assert not Breakdown.objects.exists()
    assert of(NOTICE, line__isnull=False) == [ReminderState.DUE]


def test_what_waited_of_it_is_not_taken_for_settled(notice, broken):
    make_round(at=beijing("2024-08-05 00:01"))
    assert of(NOTICE) == [ReminderState.DUE]
    broken(NOTICE, cases=raises)
    make_round(at=DAY)
    assert of(NOTICE) == [ReminderState.DUE]
    broken(None)
    make_round(at=beijing("2024-08-05 09:01"))
    assert of(NOTICE, line__isnull=False) == [ReminderState.DUE]


def test_words_that_cannot_be_found_are_not_sent_and_cost_nobody_else_the_message(notice, broken):
    broken(NOTICE, cases=without_a_word)
    make_round(at=DAY)
    assert Breakdown.objects.get().part == "notice"
    (told,) = Message.objects.filter(recipient=notice.unit.memberships.first().user, channel="site", digest__day=DAY)
    assert "请报送" in told.subject


def test_rows_that_cannot_be_written_are_taken_back_alone(notice, broken, monkeypatch):
    """Two occasions would write; the second breaks in the database itself."""
    write = Reminder.objects.__class__.bulk_create

    def refuse(self, rows, **options):
        if self.model is Reminder and any(row.occasion == NOTICE.code for row in rows):
            asks_nonsense(None)
        return write(self, rows, **options)

    monkeypatch.setattr(Reminder.objects.__class__, "bulk_create", refuse)
    make_round(at=DAY)
    assert len(of(REPORT, moment=DAY, line__isnull=False)) == 5
    assert not of(NOTICE)
    assert Breakdown.objects.get().part == "notice"


def test_the_forecast_leaves_it_out_and_shows_the_rest(notice, broken):
    broken(NOTICE, cases=raises)
    kinds = {one.occasion for one in forecast(at=ISSUED, until=beijing("2024-08-07 00:00"))}
    assert REPORT.code in kinds
    assert NOTICE.code not in kinds


def test_a_chase_of_it_is_refused_in_words_and_of_the_others_sent(staffed, notice, broken):
    keys = {case.occasion: case.key for case in open_cases(staffed.task_list, at=ISSUED)}
    broken(NOTICE, cases=raises)
    by = staffed.people["supervisor"]
    with pytest.raises(Refused, match="“督办通知”的提醒推算出错"):
        send_now(task_list=staffed.task_list, case_keys=[keys[NOTICE.code]], by=by, at=ISSUED)
    assert send_now(task_list=staffed.task_list, case_keys=[keys[REPORT.code]], by=by, at=ISSUED) == 1
    broken(NOTICE, cases=without_a_word)
    with pytest.raises(Refused, match="推算出错"):
        send_now(task_list=staffed.task_list, case_keys=[keys[NOTICE.code]], by=by, at=ISSUED)


def test_a_chase_of_one_that_breaks_between_page_and_press_tells_nobody_of_the_others_either(staffed, notice, broken):
    keys = [case.key for case in open_cases(staffed.task_list, at=ISSUED)]
    assert {key.partition(":")[0] for key in keys} == {"report", "notice"}
    broken(NOTICE, cases=raises)
    by = staffed.people["supervisor"]
    with pytest.raises(Refused, match="“督办通知”的提醒推算出错，没有发送"):
        send_now(task_list=staffed.task_list, case_keys=keys, by=by, at=ISSUED)
    assert not Reminder.objects.filter(key__startswith="now.").exists()
    broken(None)
    assert send_now(task_list=staffed.task_list, case_keys=keys, by=by, at=ISSUED) > 1


def test_what_is_settled_is_not_taken_for_broken_with_another(staffed, notice, broken):
    """A chosen report that has come in since is left out as ever, whatever else has failed."""
    keys = [case.key for case in open_cases(staffed.task_list, at=ISSUED) if case.occasion == REPORT.code]
    by = staffed.people["supervisor"]
    staffed.submit("liaison", percent=10, at="2024-08-02 10:00")
    broken(NOTICE, cases=raises)
    assert send_now(task_list=staffed.task_list, case_keys=keys, by=by, at=ISSUED) > 0


def deadline_raises(owner, at):
    yield next(iter(NOTICE.deadlines(owner, at)))
    raise KeyError("notice")


def deadline_asks_nonsense(owner, at):
    return asks_nonsense(None)


def deadline_without_a_day(owner, at):
    return (replace(one, on=None) for one in NOTICE.deadlines(owner, at))


@pytest.mark.parametrize("deadlines", [deadline_raises, deadline_asks_nonsense, deadline_without_a_day])
def test_a_calendar_has_the_days_of_the_others(deadlines, staffed, notice, broken, caplog):
    person = staffed.people["liaison"]
    whole = deadlines_of(person, at=ISSUED)
    rest = [one for one in whole if one.path != notice.get_absolute_url()]
    assert 0 < len(rest) < len(whole)
    broken(NOTICE, deadlines=deadlines)
    assert deadlines_of(person, at=ISSUED) == rest
    assert "event=occasion_failed occasion=notice" in caplog.text


def test_the_pages_name_it_and_readyz_is_red(staffed, broken, client):
    broken(NOTICE, cases=raises)
    make_round(at=ISSUED)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["round_failures"] == {"notice": 1}
    client.force_login(staffed.people["coordinator"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/reminders/").content.decode()
    assert "“督办通知”的提醒推算出错，暂不发出，其他提醒不受影响。" in page


# --- a deadline that is moved ----------------------------------------------------------------------


def test_a_task_with_a_later_deadline_is_announced_anew_and_what_waited_is_put_off_not_settled(staffed, tick):
    tick("2024-10-24 09:00")
    make_round(at=beijing("2024-10-30 00:01"))
    task = staffed.task(3)
    task.due_on = beijing("2025-01-05 00:00").date()
    task.save()
    tick("2024-10-30 09:00")
    (put_off,) = Reminder.objects.filter(task=task, moment=beijing("2024-10-30 09:00"))
    assert (put_off.state, put_off.why) == (ReminderState.SUPPRESSED, "switched_off")
    # Seven days before the new one: the same step has spoken of this task more than two months ago.
    tick("2024-12-29 09:00")
    assert Reminder.objects.filter(task=task, moment=beijing("2024-12-29 09:00"), state=ReminderState.SENT).exists()


def test_a_step_that_is_moved_by_months_does_not_say_again_what_it_said(staffed, tick):
    """Its old rows lie behind what a round reads; their keys must be known all the same."""
    tick("2024-10-24 09:00")
    step = staffed.task_list.reminder_steps.get(occasion=TASK.code, offset=-7)
    rung = Rung(90, step.time, step.audience, TASK.code, step.day_kind)
    save_step(task_list=staffed.task_list, rung=rung, step=step, by=staffed.people["coordinator"], at=ISSUED)
    tick("2025-01-29 09:00")
    assert not Breakdown.objects.exists()
    assert Reminder.objects.filter(task=staffed.task(3), step=step).count() == 1
