"""Notices on their way: what the notifier needs of a channel, and the notifier itself."""
