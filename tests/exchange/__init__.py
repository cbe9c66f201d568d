"""Checks of exchanging networks with other programs."""
