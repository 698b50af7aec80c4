//! SQLite and PostgreSQL behind one facade. The only room that knows SQL.
