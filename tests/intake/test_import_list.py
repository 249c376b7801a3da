"""manage.py import_list: what would change, and with --apply the change."""

import io

import pytest
from django.core.management import CommandError, call_command

from tasks_app.audit.models import Event
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.intake.models import ImportBatch
from tests.intake.files import NEW_ROW, ROWS, csv_of, with_cell


@pytest.fixture
def play(world, tmp_path):
    """Runs the command on a file of these bytes; returns what it printed."""

    def run(content: bytes, *options: str, name: str = "清单.csv") -> str:
        path = tmp_path / name
        path.write_bytes(content)
        out = io.StringIO()
        call_command("import_list", str(path), "--list", world.task_list.slug, *options, stdout=out)
        return out.getvalue()

    return run


def test_without_apply_it_says_what_would_change_and_writes_nothing(world, play):
    before = list(Task.objects.values_list("pk", "content"))
    said = play(csv_of([*ROWS, NEW_ROW]))
    assert "新增 1" in said
    assert "没有写入。确认无误后加 --apply。" in said
    assert list(Task.objects.values_list("pk", "content")) == before
    assert not ImportBatch.objects.exists()


def test_with_apply_it_writes_once_and_a_second_time_has_nothing_to_do(world, play):
    content = csv_of([*ROWS, NEW_ROW])
    assert "已写入：新增 1 项" in play(content, "--apply", "--accept-doubts")
    tasks = Task.objects.count()
    events = Event.objects.filter(verb="intake.apply").count()
    again = play(content, "--apply", "--accept-doubts")
    assert "已写入" not in again
    assert Task.objects.count() == tasks
    assert Event.objects.filter(verb="intake.apply").count() == events == 1


def test_a_row_that_cannot_be_understood_is_named_and_nothing_is_written(world, play):
    before = Task.objects.count()
    with pytest.raises(CommandError) as refused:
        play(csv_of(with_cell(0, "完成时限", "快了", [*ROWS, NEW_ROW])), "--apply")
    assert refused.value.returncode == 1
    assert Task.objects.count() == before


def test_an_unreadable_file_ends_with_two(world, play):
    with pytest.raises(CommandError) as refused:
        play(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), name="清单.doc")
    assert refused.value.returncode == 2
    assert "清单.doc" in str(refused.value)


def test_a_file_that_is_not_there_ends_with_two(world, tmp_path):
    with pytest.raises(CommandError) as refused:
        call_command("import_list", str(tmp_path / "没有.csv"), "--list", world.task_list.slug)
    assert refused.value.returncode == 2
    assert "打不开文件" in str(refused.value)


def test_an_unknown_list_needs_its_jurisdiction(world, tmp_path):
    path = tmp_path / "新.csv"
    path.write_bytes(csv_of())
    with pytest.raises(CommandError) as refused:
        call_command("import_list", str(path), "--list", "new-list")
    assert "--jurisdiction" in str(refused.value)
    assert not TaskList.objects.filter(slug="new-list").exists()


def test_a_file_of_another_number_is_noted_and_goes_where_the_command_says(world, play, capsys):
    notice = "东政办〔2025〕9号\n关于印发《教育工作要点》的通知\n1. 改造食堂20个。\n责任单位：市教育局\n".encode()
    assert "已写入：新增 0 项，变更 1 项" in play(notice, "--apply", "--accept-doubts", name="要点.txt")
    assert "东政办〔2025〕9号”不是清单" in capsys.readouterr().err
    assert world.task(1).content == "改造食堂20个。"
