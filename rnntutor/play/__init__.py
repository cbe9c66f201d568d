"""The player without a screen: where the playhead stands, how it moves, what is typed, what is edited. Pure."""
