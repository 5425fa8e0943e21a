"""Sphinx's settings: read by sphinx-build, in an environment of its own."""

from __future__ import annotations

project = html_title = "Cropwright"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["llms.txt"]
nitpicky = True
myst_heading_anchors = 4  # as deep as pages go; the anchors are those that GitHub shows
highlight_language = "text"
html_theme = "furo"
html_copy_source = False  # the Markdown lies beside each page
html_show_copyright = False
html_show_sphinx = False
