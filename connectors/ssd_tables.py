"""The tables of the Standard Safeguarding Dataset that we read, and their columns.

Source: data-to-insight/ssd-data-model, ``data/objects``; which of them count is in
contracts §2.1. A file is known by its name, ``ssd_person.csv``.
"""

from collections.abc import Mapping

from connectors.csvfiles import Columns

REQUIRED = ("ssd_person", "ssd_cla_episodes", "ssd_cla_placement")
"""Without one of these the extract as a whole is refused."""

COLUMNS: Mapping[str, Columns] = {
    "ssd_person": Columns(
        ("pers_person_id", "pers_forename", "pers_surname", "pers_dob"),
        (
            "pers_sex", "pers_gender", "pers_ethnicity", "pers_common_child_id",
            "pers_legacy_id", "pers_expected_dob", "pers_death_date",
        ),
    ),
    "ssd_cla_episodes": Columns(
        (
            "clae_cla_episode_id", "clae_person_id", "clae_cla_episode_start_date",
            "clae_cla_episode_start_reason", "clae_cla_episode_ceased_date",
            "clae_cla_episode_ceased_reason",
        ),
        (
            "clae_cla_id", "clae_cla_placement_id", "clae_entered_care_date",
            "clae_cla_primary_need_code", "clae_referral_id",
            "clae_cla_last_iro_contact_date",
        ),
    ),
    "ssd_cla_placement": Columns(
        (
            "clap_cla_placement_id", "clap_cla_placement_start_date",
            "clap_cla_placement_type", "clap_cla_placement_postcode",
            "clap_cla_placement_end_date",
        ),
        (
            "clap_cla_id", "clap_person_id", "clap_cla_placement_urn",
            "clap_cla_placement_distance", "clap_cla_placement_provider",
            "clap_cla_placement_change_reason",
        ),
    ),
    "ssd_address": Columns(
        ("addr_person_id", "addr_address_type", "addr_address_postcode"),
        (
            "addr_table_id", "addr_address_start_date", "addr_address_end_date",
            "addr_address_json",
        ),
    ),
    "ssd_legal_status": Columns(
        ("lega_person_id", "lega_legal_status", "lega_legal_status_start_date"),
        ("lega_legal_status_id", "lega_legal_status_end_date"),
    ),
    "ssd_missing": Columns(
        ("miss_person_id", "miss_missing_episode_start_date"),
        (
            "miss_table_id", "miss_missing_episode_type",
            "miss_missing_episode_end_date", "miss_missing_rhi_offered",
            "miss_missing_rhi_accepted",
        ),
    ),
    "ssd_linked_identifiers": Columns(
        ("link_person_id", "link_identifier_type", "link_identifier_value"),
        ("link_table_id", "link_valid_from_date", "link_valid_to_date"),
    ),
    "ssd_cin_assessments": Columns(
        ("cina_assessment_id", "cina_person_id"), ("cina_assessment_start_date",)
    ),
    "ssd_assessment_factors": Columns(
        ("cinf_assessment_id", "cinf_assessment_factors_json")
    ),
    "ssd_immigration_status": Columns(
        ("immi_person_id", "immi_immigration_status"),
        ("immi_immigration_status_start_date", "immi_immigration_status_end_date"),
    ),
    "ssd_involvements": Columns(
        ("invo_person_id", "invo_professional_id"),
        (
            "invo_involvements_id", "invo_professional_role_id",
            "invo_professional_team", "invo_involvement_start_date",
            "invo_involvement_end_date",
        ),
    ),
    "ssd_professionals": Columns(
        ("prof_professional_id", "prof_professional_name"),
        (
            "prof_staff_id", "prof_professional_job_title",
            "prof_professional_department",
        ),
    ),
}  # fmt: skip
"""By name of the table: the columns it can't do without, then the others we read."""

PERSON: Mapping[str, str] = {
    "ssd_person": "pers_person_id", "ssd_cla_episodes": "clae_person_id",
    "ssd_cla_placement": "clap_cla_placement_id", "ssd_address": "addr_person_id",
    "ssd_legal_status": "lega_person_id", "ssd_missing": "miss_person_id",
    "ssd_linked_identifiers": "link_person_id",
    "ssd_cin_assessments": "cina_person_id",
    "ssd_assessment_factors": "cinf_assessment_id",
    "ssd_immigration_status": "immi_person_id", "ssd_involvements": "invo_person_id",
    "ssd_professionals": "prof_professional_id",
}  # fmt: skip
"""The column that names the record in a reject: the person where the table has one."""

ADDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "ssd_address": ("home addresses", frozenset({"child_addresses"})),
    "ssd_legal_status": ("legal status", frozenset()),
    "ssd_missing": ("time missing", frozenset({"missing_episodes", "risks"})),
    "ssd_linked_identifiers": ("other numbers", frozenset({"identifiers"})),
    "ssd_cin_assessments": ("risks found in assessments", frozenset({"risks"})),
    "ssd_assessment_factors": ("risks found in assessments", frozenset({"risks"})),
    "ssd_immigration_status": (
        "whether a child is unaccompanied", frozenset({"risks"})
    ),
    "ssd_involvements": ("the social worker", frozenset()),
    "ssd_professionals": ("the social worker's name", frozenset()),
}  # fmt: skip
"""What each table that is not required adds, and to which canonical tables."""
