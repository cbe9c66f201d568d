"""What a network is run on."""
