"""What a caller says, heard offline: the model, phrases to choose from, digits, and free speech."""
