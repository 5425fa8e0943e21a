"""The published contracts we speak, one folder each."""
