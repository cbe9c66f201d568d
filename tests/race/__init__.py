"""Tests of what a network is run on."""
