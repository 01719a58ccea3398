"""What is wrong with the environment."""


class SettingsError(ValueError):
    """A setting that cannot be used: one sentence that names it and says what to do."""
