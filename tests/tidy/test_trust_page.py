"""docs/config-trust.md says what is tested, and all it promises is. SIGNET_UPDATE=1 writes the generated parts anew."""

import os

import trust_page


def test_generated_tables_are_what_the_tests_say():
    page = trust_page.PAGE.read_text()
    if os.environ.get("SIGNET_UPDATE"):
        trust_page.PAGE.write_text(trust_page.filled_in(page))
    assert trust_page.PAGE.read_text() == trust_page.filled_in(page), "run it again with SIGNET_UPDATE=1"


def test_every_cell_of_the_state_table_has_a_test():
    without = [cell for cell, tests in trust_page.state_cells().items() if not tests]
    assert not without


def test_every_attack_of_the_page_has_a_test():
    tests = trust_page.attack_tests()
    rows = trust_page.page_rows(trust_page.PAGE.read_text())
    assert len(rows) >= 30 and [row for row in rows if row not in tests] == []
