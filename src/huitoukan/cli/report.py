"""`huitoukan report` placeholder during construction."""
def report() -> None:
    pass
