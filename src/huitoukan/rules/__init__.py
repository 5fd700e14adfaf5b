"""What is wrong: one small function a rule, entered into the registry by its code."""
