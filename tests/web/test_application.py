"""The application as a whole."""

from vestibule.bootstrap import House
from vestibule.server import make_application


async def test_the_application_is_made_without_a_warning(house: House) -> None:
    make_application(house)
