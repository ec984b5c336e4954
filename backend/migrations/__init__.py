"""The schema's history, applied in order by `backend.database.migrate`."""
