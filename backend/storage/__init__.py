"""The database's rooms: what is read and written of each table, as texts of SQL and the rows they give."""
