"""Training from settings, and training that goes on."""
