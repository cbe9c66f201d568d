"""Drawings and the network that looks at them."""
