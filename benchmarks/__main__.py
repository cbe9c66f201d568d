"""`python -m benchmarks [engine|train] [--quick]`: every ratio beside its target."""

from __future__ import annotations

import argparse

from benchmarks import engine, train
from benchmarks.harness import machine


def main() -> None:
    """Parse the command line and run the sections."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Print every ratio beside its target."
    )
    parser.add_argument("section", nargs="?", choices=("engine", "train"), help="only this section")
    parser.add_argument("--quick", action="store_true", help="less time, and no large sizes")
    options = parser.parse_args()
    print(machine(), end="\n\n")
    if options.section != "train":
        engine.main(1.0 if options.quick else 6.0, options.quick)
    if options.section is None:
        print()
    if options.section != "engine":
        train.main(2.0 if options.quick else 10.0)


if __name__ == "__main__":
    main()
