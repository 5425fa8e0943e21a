"""What operators and their machines ask: is it well, is it ready, what has it done."""
