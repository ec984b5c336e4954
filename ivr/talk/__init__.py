"""The talk with a caller: the hotline's menu, and the one conversation of all channels, by ear and keypad."""
