"""Understanding: blocks of a document in, lists of tasks out. Pure: no Django, no database, no clock."""
