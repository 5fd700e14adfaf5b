"""What is asked: the rubric, the roster and the campaign, read from files that the analyst can edit."""
