"""Figures taken from PyTorch once and kept, so that the comparison needs no PyTorch."""
