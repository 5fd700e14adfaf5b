"""`python -m huitoukan` is the same as the command `huitoukan`."""

from huitoukan.cli import main

if __name__ == "__main__":
    main()
