"""`python -m docsite FOLDER`: gather the site's pages; scripts/site makes HTML of them."""

from __future__ import annotations

import sys
from pathlib import Path

from docsite.gather import gather

if __name__ == "__main__":
    gather(Path(sys.argv[1]))
