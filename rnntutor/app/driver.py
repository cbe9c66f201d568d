"""Input from the terminal that survives bytes which are no text."""

from __future__ import annotations

import codecs
from typing import Any

from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver


class _Patient(codecs.getincrementaldecoder("utf-8")):  # type: ignore[misc]
    """UTF-8 that shows a stand-in for what is none, instead of ending the app."""

    def __init__(self, errors: str = "replace") -> None:
        super().__init__("replace" if errors == "strict" else errors)


def _patient_decoder(encoding: str) -> Any:
    return _Patient if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)


class PatientDriver(LinuxDriver):
    """Textual's driver with a decoder that never raises. It asks its module for one when it starts to read."""

    def run_input_thread(self) -> None:
        """Read until the app ends."""
        linux_driver.getincrementaldecoder = _patient_decoder  # type: ignore[attr-defined]
        super().run_input_thread()
