"""What is hosted and who may ask, kept in a database: SQLite by default, PostgreSQL by URL."""
