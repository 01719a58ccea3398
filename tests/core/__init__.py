"""The pure core: chat, lessons and facilitation, without input, output or time."""
