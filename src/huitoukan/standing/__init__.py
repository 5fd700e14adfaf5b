"""What it means: verdicts with their reasons, from the scores of all stages."""
