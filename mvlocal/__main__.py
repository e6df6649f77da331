"""`python -m mvlocal`. It knows nothing but where the command line is."""

from mvlocal.cli.app import main

if __name__ == "__main__":
    main()
