import pytest
from airflow_home import Airflow


@pytest.fixture(scope="session")
def airflow(tmp_path_factory) -> Airflow:
    home = Airflow(tmp_path_factory.mktemp("airflow"))
    done = home.command("db", "migrate")
    assert done.returncode == 0, done.stderr
    return home
