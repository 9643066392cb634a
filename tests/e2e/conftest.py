"""Fixtures: a fresh shop per test, and its world torn down whatever happens."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from support import Cdn, Shop  # noqa: E402


@pytest.fixture
def shop(tmp_path):
    shop = Shop(tmp_path)
    yield shop
    shop.close()


@pytest.fixture
def running(shop):
    """A shop whose router serves from a signed and approved file."""
    shop.start()
    return shop


@pytest.fixture
def cdn():
    cdn = Cdn()
    yield cdn
    cdn.close()
