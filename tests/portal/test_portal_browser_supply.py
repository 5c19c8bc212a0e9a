"""The data team and suppliers look at what arrived, in a real browser."""

import pytest
from portal_under_test import ON_SQLITE

pytestmark = [pytest.mark.browser, ON_SQLITE]


def test_the_data_team_looks_from_tonight_to_one_table(supplied, at_screen):
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


def test_a_supplier_picks_up_its_verdicts(supplied, at_screen):
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
