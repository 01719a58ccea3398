"""Many people at once, through the doors that people use."""
