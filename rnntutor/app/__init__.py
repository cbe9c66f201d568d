"""The application: screens, widgets and keys around the pure functions of `rnntutor.show`. Textual lives here only."""
