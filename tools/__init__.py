"""What developers run: setup, demo, bench. Nothing here is part of the program."""
