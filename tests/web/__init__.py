"""What a browser gets from the web server and the room."""
