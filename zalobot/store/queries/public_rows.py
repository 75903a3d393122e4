"""What a public page may know: plain values without `description`, `contact` and `person_id`, which are never read."""

STATES = ("open", "late", "answered")
