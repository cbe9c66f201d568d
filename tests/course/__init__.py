"""Lessons, questions, progress."""
