"""The engine: cells as equations, run forward and backward with every value kept. NumPy only."""
