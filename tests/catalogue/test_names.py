"""What a task is called where there is no room for its text."""

import pytest

from tasks_app.catalogue.models import Task


@pytest.mark.parametrize(
    ("no", "words"),
    [("7", "第7项 建设和美乡村"), ("（二）", "（二） 建设和美乡村"), ("", "建设和美乡村")],
)
def test_a_task_is_called_by_its_number_as_far_as_it_has_one(no, words):
    assert str(Task(no=no, key_task="建设和美乡村")) == words


def test_a_text_without_a_heading_is_broken_off_at_a_pause_and_says_so():
    text = "各县区政府、海东工业园区管委会及管道经营单位，要在2024年5月24日前报送更新改造方案。"
    assert Task(no="", content=text).headline == "各县区政府、海东工业园区管委会及管道经营单位……"
    assert Task(no="", content="报送方案。").headline == "报送方案。"
