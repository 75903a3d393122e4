"""`zalobot demo`: bot, simulator and a sample week in one process."""
