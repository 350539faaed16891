"""People and what they set: rows that change, in a relational database (SQLite, PostgreSQL)."""
