"""What each platform draws and hears, judged by rules and schemas that are not the renderers'."""
