"""Every story, told to promises in memory; tests/web tells them to the database."""

import pytest

from everycall.recovery.memory import MemoryPromises
from recovery.stories import STORIES, Story


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_in_memory(story: Story) -> None:
    story(MemoryPromises())
