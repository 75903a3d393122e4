"""The people of the year: what each of them does next, drawn by chance, and done by the verbs of the service."""

from tests.proofs.year.people import agencies, businesses, coordinators, house
from tests.proofs.year.people.doing import DOES
from tests.proofs.year.people.house import enter_change
from tests.proofs.year.people.world import Act, Away, Next, Staff, World

__all__ = [
    "DOES",
    "Act",
    "Away",
    "Next",
    "Staff",
    "World",
    "agencies",
    "businesses",
    "coordinators",
    "enter_change",
    "house",
]
