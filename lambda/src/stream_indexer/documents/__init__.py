"""What a stream record becomes: its document's id, version and contents. No clock, no environment, no I/O."""
