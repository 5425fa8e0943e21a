"""The documentation site: the pages of docs/, a reference written anew, pictures, one navigation."""
