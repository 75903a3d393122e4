"""The pages: view models are computed from rows, `now` and the calendar; the words stand in `templates/web`."""
