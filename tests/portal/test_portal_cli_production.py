"""A portal in production: settings and identity providers that will not do."""

import pytest

PRODUCTION = {"ENVIRONMENT": "production", "DATABASE": "postgresql://x@nowhere/y"}


PROVIDERS = """
providers:
  - key: wmp
    name: West Midlands Police
    issuer: https://login.example.org/tenant
    client_id: portal
    client_secret_variable: CROSSBORDER_PORTAL_SECRET_OF_WMP
    people:
      - {value: officers, role: officer, agency: E23000014}
"""


@pytest.fixture
def providers(tmp_path):
    """Writes a file of identity providers, changed so."""

    def write(old="", new=""):
        path = tmp_path / "providers.yaml"
        path.write_text(PROVIDERS.replace(old, new) if old else PROVIDERS)
        return str(path)

    return write


def test_a_production_portal_does_not_start_without_an_identity_provider(run_here):
    refused = run_here("serve", **PRODUCTION)

    assert refused.exit_code == 2
    assert "identity providers (OIDC)" in refused.stderr
    assert "CROSSBORDER_PORTAL_PROVIDERS" in refused.stderr


def test_a_production_portal_makes_no_local_users(run_here):
    for words in (
        ("create-user", "x.y", "--role", "reviewer"),
        ("reset-password", "x"),
    ):
        refused = run_here(*words, **PRODUCTION)

        assert refused.exit_code == 2
        assert "for the demo only" in refused.stderr


@pytest.mark.parametrize(
    ("old", "new", "variables", "mend"),
    [
        ("", "", {"SECRET_OF_WMP": ""}, "SECRET_OF_WMP is empty"),
        ("", "", {"SITE": ""}, "CROSSBORDER_PORTAL_SITE must hold"),
        ("", "", {"SITE": "http://portal.example.org"}, "SITE must hold"),
        ("https://login", "http://login", {}, "the issuer is an https:// address"),
        (", agency: E23000014", "", {}, "the role officer needs an agency"),
        ("role: officer", "role: reviewer", {}, "the role reviewer has no agency"),
        ("role: officer", "role: king", {}, "people.0.role"),
        ("client_secret_variable", "private_key_file", {}, "can't be read"),
        ("    client_secret_variable: CROSSBORDER_PORTAL_SECRET_OF_WMP\n", "", {},
         "name either client_secret_variable or private_key_file"),
        ("providers:", "providers: [", {}, "can't be read as YAML"),
        ("key: wmp", "key: W M P", {}, "providers.0.key"),
    ],
)  # fmt: skip
def test_a_file_of_providers_that_will_not_do_is_explained(
    run_here, providers, old, new, variables, mend
):
    given = {
        **PRODUCTION, "PROVIDERS": providers(old, new), "SECRET_OF_WMP": "hidden",
        "SITE": "https://portal.example.org", **variables,
    }  # fmt: skip

    refused = run_here("serve", **given)

    assert refused.exit_code == 2
    assert mend in refused.stderr
    assert "hidden" not in refused.output
    assert "Traceback" not in refused.output


def test_a_production_portal_with_providers_gets_as_far_as_its_database(
    run_here, providers
):
    refused = run_here(
        "serve", **PRODUCTION, PROVIDERS=providers(), SECRET_OF_WMP="hidden",
        SITE="https://portal.example.org",
    )  # fmt: skip

    assert "The database can't be used" in refused.stderr
