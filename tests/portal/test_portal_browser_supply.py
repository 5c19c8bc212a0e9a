"""The data team and suppliers look at what arrived, in a real browser."""

import datetime as dt

import portal_samples as samples
import pytest
from portal_under_test import ON_SQLITE, put
from test_portal_browser import at_screen, browser  # noqa: F401

from portal.permissions import Role

pytestmark = [pytest.mark.browser, ON_SQLITE]
NIGHTS = 40
MISSED = (7, 8)
REFUSED = 20
SENT = {
    samples.PLACING_LA: 460, samples.HOST_LA: 95, samples.POLICE: 5140,
    "E23000015": 2420,
}  # fmt: skip


def rows_of(code, back):
    """About as many every night, and a good deal fewer tonight of one force."""
    usual = SENT[code] + back * 7 % 23
    return usual // 2 if (code, back) == (samples.POLICE, 0) else usual


def report(code, back):
    on = samples.NIGHT - dt.timedelta(days=back)
    rows = rows_of(code, back)
    given = {"authority": code, "business_date": on, "rows": rows, "accepted": rows,
             "rejected": 0}  # fmt: skip
    if (code, back) == (samples.HOST_LA, REFUSED):
        given |= {"outcome": "refused", "tables": (), "accepted": 0, "rejected": rows}
    return samples.quality(**given)


@pytest.fixture
def supplied(portal):
    machine = portal.machine()
    for back in range(NIGHTS):
        if back in MISSED:
            continue
        for code in SENT:
            put(machine, "quality", report(code, back))
        on = samples.NIGHT - dt.timedelta(days=back)
        put(machine, "runs", samples.run(
            run_id=f"demo-{on}-1", business_date=on,
            outcome="degraded" if back in {0, REFUSED} else "good",
            problems=("West Midlands Police sent half of what is usual.",)
            if back == 0 else (),
            counts={"decide": {
                "first_made": 20 + back * 5 % 17, "state_not_known": 9 + back % 4,
                "state_known_at_placement": 90, "state_possible": 3,
                "state_cannot_say": 2, "sentinels": 2, "sentinel_faults": 0,
            }},
        ))  # fmt: skip
    for name in ("17", "18", "19"):
        put(machine, "dead-letters", samples.dead_letter(name))
    put(machine, "reviews", samples.review())
    put(machine, "verdicts", samples.verdict())
    portal.add_user(Role.DATA_TEAM, None, "dee.data")
    portal.add_user(Role.SUPPLIER, samples.PLACING_LA, "sam.supplier")
    return portal


def test_the_data_team_looks_from_tonight_to_one_table(supplied, at_screen):  # noqa: F811
    with at_screen() as analyst:
        analyst.sign_in("dee.data")
        assert "All 2 sentinels that were planted came through" in analyst.text()
        analyst.look("tonight")
        analyst.page.get_by_role(
            "button", name="Replay all of this cause"
        ).first.click()
        assert "Asked. The region's next pass offers" in analyst.text()
        analyst.follow("The last ninety nights")
        analyst.look("history")
        analyst.follow("Authorities")
        assert "usually" in analyst.text()
        analyst.look("authorities")
        analyst.follow("West Midlands Police")
        analyst.page.get_by_text("The same as a table").click()
        analyst.look("authority")


def test_a_supplier_picks_up_its_verdicts(supplied, at_screen):  # noqa: F811
    with at_screen() as supplier:
        supplier.sign_in("sam.supplier")
        assert "What became of your extracts" in supplier.text()
        supplier.page.get_by_text("Each file").first.click()
        supplier.look("verdicts")
        supplier.follow("Your last ninety nights")
        supplier.look("authority-own")
        with supplier.page.expect_download() as download:
            supplier.page.goto(f"{supplied.url}/verdicts")
            supplier.follow("Download as CSV")
        assert download.value.suggested_filename == "verdicts-330.csv"
