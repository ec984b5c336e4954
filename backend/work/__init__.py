"""What actions are made of: the work on one ticket, what it reckons, whom it tells and what it shows."""
