"""What goes out to telephones: calls that tell an answer and take its rating, and short messages."""
