"""`python -m bench`: measure, print, and write docs/performance.md."""

from bench.run import main

if __name__ == "__main__":
    main()
