"""A box is ticked, or it is not: nothing else that is sent ticks one."""

import pytest

from vestibule.kernel.boxes import TICKED, is_ticked


def test_a_box_is_ticked_by_what_a_browser_sends() -> None:
    assert is_ticked({"leave": TICKED}, "leave")


@pytest.mark.parametrize("sent", ["", "0", "false", "off", "no", "ON", "on,on", "1", "true"])
def test_a_box_is_ticked_by_nothing_else(sent: str) -> None:
    assert not is_ticked({"leave": sent}, "leave")
