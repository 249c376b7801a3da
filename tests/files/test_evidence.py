"""Which files a handing-in included."""

import pytest

from tasks_app.evidence.models import Evidence
from tests.factories import beijing

AT = beijing("2024-08-02 10:00")
BEFORE, AFTER = beijing("2024-08-02 09:00"), beijing("2024-08-02 11:00")


@pytest.mark.parametrize(
    ("uploaded", "removed", "there"),
    [
        (BEFORE, None, True),
        (AT, None, True),
        (AFTER, None, False),
        (BEFORE, AFTER, True),
        (BEFORE, AT, False),
        (BEFORE, BEFORE, False),
        (AFTER, AFTER, False),
    ],
)
def test_a_file_was_there_from_its_upload_until_it_was_taken_down(uploaded, removed, there):
    assert Evidence(uploaded_at=uploaded, removed_at=removed).was_there(AT) == there
