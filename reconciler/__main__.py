"""`python -m reconciler` is the command `c2c`."""

from reconciler.cli.main import main

if __name__ == "__main__":
    main()
