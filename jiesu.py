"""The command `jiesu`, which is also `python -m jiesu`."""

from cli.main import main

if __name__ == "__main__":
    main()
