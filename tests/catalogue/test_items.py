"""Who is in charge of an item, as documents name its units."""

import pytest

from tasks_app.catalogue.items import in_charge


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({"lead_units": ["甲"], "assist_units": ["乙"]}, (("甲",), ("乙",))),
        ({"lead_units": [], "assist_units": [], "responsible_units": ["甲", "乙"]}, (("甲", "乙"), ())),
        ({"lead_units": [], "assist_units": ["丙"], "responsible_units": ["甲"]}, (("甲",), ("丙",))),
        ({"lead_units": ["甲"], "assist_units": ["乙"], "responsible_units": ["丙"]}, (("甲",), ("乙", "丙"))),
    ],
)
def test_units_that_are_only_responsible_lead_alone_and_assist_beside_a_lead(named, expected):
    assert in_charge(named) == expected
