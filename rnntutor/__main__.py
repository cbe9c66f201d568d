"""`python -m rnntutor`."""

from rnntutor.cli import main

if __name__ == "__main__":
    main()
