"""The player without a screen."""
