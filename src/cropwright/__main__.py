"""`python -m cropwright`: the command line."""

from cropwright.cli import main

if __name__ == "__main__":
    main()
