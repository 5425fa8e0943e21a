"""Jobs: filed by any door, worked on by any machine, told of when they are over."""
