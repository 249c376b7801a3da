"""What is owed on a notice stands on the desk of who owes it."""

from tasks_app.notices.actions import reply_notice
from tests.factories import beijing


def test_the_units_desk_asks_for_the_answer_and_the_supervisors_for_the_verdict(world, issue, signed_in):
    notice = issue(1)
    for who in ("liaison", "head"):
        html = signed_in(who).get("/").text
        assert "有 1 份督办通知要回复" in html
        assert "请于 8月9日（星期五）18:00 前回复" in html
    assert "等您评定" not in signed_in("supervisor").get("/").text
    at = beijing("2024-08-02 10:00")
    reply_notice(notice=notice, reply_text="好。", version=0, by=world.people["liaison"], at=at)
    assert "督办通知要回复" not in signed_in("liaison").get("/").text
    assert "1 份督办回复等您评定" in signed_in("supervisor").get("/").text


def test_a_late_answer_is_marked_on_the_desk(world, issue, signed_in, now):
    issue(1)
    now.move_to(beijing("2024-08-10 09:00"))
    assert "逾期未回复" in signed_in("liaison").get("/").text


def test_the_desk_of_another_unit_says_nothing_of_it(world, issue, signed_in):
    issue(1)
    assert "督办通知要回复" not in signed_in("school").get("/").text
