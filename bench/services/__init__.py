"""The services under test: how each is started, and the bare ones themselves."""
