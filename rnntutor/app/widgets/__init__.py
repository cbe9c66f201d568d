"""Widgets: each a thin shell over one function of `rnntutor.show`."""
