"""What arrived: from the files of a folder to score sheets, every value still tied to its cell."""
