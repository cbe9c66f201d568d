"""`python -m benchmarks [engine|train|player|truncation] [--quick]`: every ratio beside its target."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from benchmarks import engine, player, train, truncation
from benchmarks.harness import machine


def main() -> None:
    """Parse the command line and run the sections."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Print every ratio beside its target."
    )
    names = ("engine", "train", "player", "truncation")
    parser.add_argument("section", nargs="?", choices=names, help="only this section")
    parser.add_argument("--quick", action="store_true", help="less time, and no large sizes")
    options = parser.parse_args()
    print(machine(), end="\n\n")
    sections: dict[str, Callable[[], None]] = {
        "engine": lambda: engine.main(1.0 if options.quick else 6.0, options.quick),
        "train": lambda: train.main(2.0 if options.quick else 10.0),
        "player": lambda: player.main(options.quick),
        "truncation": lambda: truncation.main(2.0 if options.quick else 10.0, 1 if options.quick else 5),
    }
    for name, section in sections.items():
        if options.section in (None, name):
            section()
            print()


if __name__ == "__main__":
    main()
