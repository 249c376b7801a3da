"""Finding units by the names that documents use."""

from collections.abc import Iterable

from tasks_app.lib.text import normalise
from tasks_app.units.models import Jurisdiction, Unit, UnitAlias


class NameBook:
    """Every name and alias of one jurisdiction's units, for resolving names read from a document."""

    def __init__(self, jurisdiction: Jurisdiction) -> None:
        self.jurisdiction = jurisdiction
        self._by_name: dict[str, Unit] = {}
        for alias in UnitAlias.objects.filter(jurisdiction=jurisdiction).select_related("unit"):
            self._by_name[normalise(alias.name)] = alias.unit
        for unit in Unit.objects.filter(jurisdiction=jurisdiction):
            self._by_name[normalise(unit.name)] = unit

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every known written form, normalised."""
        return frozenset(self._by_name)

    def find(self, name: str) -> Unit | None:
        return self._by_name.get(normalise(name))

    def unknown(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if self.find(name) is None]


def members_by_group(jurisdiction: Jurisdiction) -> dict[int, list[Unit]]:
    """Group unit id → its member units in official order."""
    members: dict[int, list[Unit]] = {}
    groups = Unit.objects.filter(jurisdiction=jurisdiction, memberships_of_group__isnull=False).distinct()
    for group in groups.prefetch_related("members"):
        members[group.pk] = sorted(group.members.all(), key=lambda unit: (unit.order, unit.pk))
    return members
