from tests.migrations.databases import _first_copies, landed

__all__ = ["_first_copies", "landed"]
