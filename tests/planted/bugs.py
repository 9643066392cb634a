"""Bugs to plant in the gate: what is written, what stands there instead, and the test that has to notice.

Each is a mistake that somebody could make and that lets something in. docs/testing.md lists them.
"""

import collections

Bug = collections.namedtuple("Bug", "name file before after binary tests")

CORE, HTTP, CRYPTO, CONFIG, APP = "unit_signing_core", "unit_http", "unit_crypto", "unit_config_schema", "unit_app"
