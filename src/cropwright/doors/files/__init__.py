"""The links we hand out."""
