"""What goes wrong around the bot: killed processes, full disks, databases that are locked."""
