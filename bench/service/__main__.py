"""`python -m bench.service`: measure, print, and write docs/performance-service.md."""

from bench.service.run import main

if __name__ == "__main__":
    main()
