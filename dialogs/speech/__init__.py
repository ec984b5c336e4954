"""What people say, heard offline: the model, decoding beside all else, and free speech to text."""
