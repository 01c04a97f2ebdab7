"""The main job end to end on this machine, for a person to watch."""
