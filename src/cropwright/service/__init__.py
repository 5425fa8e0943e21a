"""What the product does, in our words."""
