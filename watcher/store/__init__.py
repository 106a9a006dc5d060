"""Memory: one SQLite file. All SQL lives here, one noun per file; every write is inside `writing(db)`.

Each function takes the `Database` first. Times are stored as whole microseconds since 1970 (UTC),
calendar dates as ISO text, nested nouns as JSON. See `database.py` for how the file is opened.
"""
