"""The rooms of SQL: what is read and written of each table, as functions that give models or small dataclasses."""
