"""ROOM 4 · the analyst's desk: nouns → tables, dossiers, calendars. Pure."""
