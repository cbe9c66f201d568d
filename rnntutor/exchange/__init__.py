"""What other programs make of networks: their weights under their names, to and from ours."""
