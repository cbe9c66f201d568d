"""Races: cells that learn the same task under the same conditions, each from several seeds."""
