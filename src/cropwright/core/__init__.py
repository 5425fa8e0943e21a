"""Values and arithmetic in our words; standard library only."""
