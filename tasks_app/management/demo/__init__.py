"""The demo's play: the months of reporting in story.py, and chapters that join in, one for each later room."""
