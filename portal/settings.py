"""What an operator decides about a portal. Built once, by the command line."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from portal.providers import Provider, ProvidersRefused, is_safe, read_providers

DATABASE_VARIABLE = "CROSSBORDER_PORTAL_DATABASE"
SECRET_VARIABLE = "CROSSBORDER_PORTAL_SECRET"  # noqa: S105 - the variable's name
ENVIRONMENT_VARIABLE = "CROSSBORDER_PORTAL_ENVIRONMENT"
REGION_VARIABLE = "CROSSBORDER_PORTAL_REGION"
AUDIT_KEY_VARIABLE = "CROSSBORDER_PORTAL_AUDIT_KEY"
PROVIDERS_VARIABLE = "CROSSBORDER_PORTAL_PROVIDERS"
SITE_VARIABLE = "CROSSBORDER_PORTAL_SITE"
CODES_VARIABLE = "CROSSBORDER_PORTAL_CODES"
SECURITY_CONTACT_VARIABLE = "CROSSBORDER_PORTAL_SECURITY_CONTACT"
SECURITY_EXPIRES_VARIABLE = "CROSSBORDER_PORTAL_SECURITY_EXPIRES"
SECOND_READERS_VARIABLE = "CROSSBORDER_PORTAL_SECOND_READERS"

_SHORTEST_SECRET = 32


class SettingsRefused(ValueError):
    """The portal can't run as it is set up; the message says what would mend it."""


class PortalSettings(BaseModel):
    """Everything that differs from one portal to another."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    database_url: str
    secret: SecretStr
    """Signs the sign-in form and makes sign-in names unreadable in the counter."""
    environment: Literal["demo", "production"] = "demo"
    region: str = "Demonstration region"
    """Shown at the top of every page."""
    providers: tuple[Provider, ...] = ()
    """Where people sign in. Without any, local users do: in a demo."""
    site: str = Field(default="", pattern=r"^(https?://[^/?#\s]+)?$")
    """Where others reach the portal, without a path: identity providers send people
    back to it, and programs that sign what they send (``/v1/token``) must name it;
    without it none are let in that way."""
    codes: Literal["optional", "required"] = "optional"
    """Whether local users must sign in with one-time codes too."""
    secure_cookies: bool = True
    """``False`` only for a demo over plain HTTP on this machine."""
    second_reader_share: float = Field(default=0.1, ge=0, le=1)
    """The share of decided pairs that somebody else reads too, blind: from 0 to 1."""
    evaluation_share: float = Field(default=0.2, ge=0, lt=1)
    """Of the labels: kept out of what a model is fitted on, to measure it by."""
    idle_minutes: int = Field(default=15, ge=1, le=60)
    absolute_hours: int = Field(default=8, ge=1, le=12)
    proof_minutes: int = Field(default=10, ge=1, le=60)
    """How long after a sign-in or proof what is hidden may be revealed."""
    largest_body: int = Field(default=256 * 1024, ge=1024)
    """Bytes of a request's body; more is answered with 413."""
    sign_in_tries: int = Field(default=5, ge=1)
    """Failed sign-ins of one name within the window before it has to wait."""
    sign_in_tries_of_address: int = Field(default=50, ge=1)
    """The same of one network address, behind which an agency may sit whole."""
    sign_in_window_minutes: int = Field(default=15, ge=1)
    pipeline_calls_per_minute: int = Field(default=60_000, ge=1)
    """Of the region's pipeline: a brake for a program gone wild, far above a night's
    thousands of documents."""
    agency_calls_per_minute: int = Field(default=600, ge=1)
    """Of one program of an agency."""
    person_calls_per_minute: int = Field(default=1_200, ge=1)
    """Pages of one person who is signed in."""
    open_calls_per_minute: int = Field(default=600, ge=1)
    """Of one network address, behind which an agency may sit whole: whoever is not
    signed in, and whoever brings no valid key."""
    security_contact: str | None = Field(
        default=None, pattern=r"^(mailto:|https://|tel:)[!-~]+$"
    )
    """Where faults of security are to be reported (RFC 9116)."""
    security_expires: AwareDatetime | None = None
    """Until when that stands; RFC 9116 wants a date less than a year ahead."""

    @model_validator(mode="after")
    def _contact_has_an_end(self) -> Self:
        if (self.security_contact is None) != (self.security_expires is None):
            raise ValueError(
                f"{SECURITY_CONTACT_VARIABLE} and {SECURITY_EXPIRES_VARIABLE} go "
                "together: RFC 9116 wants both"
            )
        return self

    audit_key: SecretStr | None = None
    """Signs the audit trail's seals: 32 bytes in base 64; without it none is signed."""
    seal_every_seconds: float = Field(default=5, gt=0, le=3600)
    keep_notices_days: int = Field(default=2192, ge=1)
    """How long notices and what hangs on them are kept: six years."""
    keep_reviews_days: int = Field(default=731, ge=1)
    """The same of pairs and what was decided on them: two years."""
    keep_nights_days: int = Field(default=731, ge=1)
    """The same of runs, suppliers' verdicts and settled dead letters."""

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str], **options: object
    ) -> Self:
        """Settings of these variables; an option that is not ``None`` goes before.

        Raises:
            SettingsRefused: something is missing, or not what it should be.
        """
        given: dict[str, object] = {
            "database_url": environment.get(DATABASE_VARIABLE),
            "secret": environment.get(SECRET_VARIABLE),
            "environment": environment.get(ENVIRONMENT_VARIABLE),
            "region": environment.get(REGION_VARIABLE),
            "audit_key": environment.get(AUDIT_KEY_VARIABLE),
            "site": environment.get(SITE_VARIABLE, "").rstrip("/"),
            "codes": environment.get(CODES_VARIABLE),
            "security_contact": environment.get(SECURITY_CONTACT_VARIABLE),
            "security_expires": environment.get(SECURITY_EXPIRES_VARIABLE),
            "second_reader_share": environment.get(SECOND_READERS_VARIABLE),
        }
        given |= {name: value for name, value in options.items() if value is not None}
        chosen = {name: v for name, v in given.items() if v not in {None, ""}}
        if "database_url" not in chosen:
            raise SettingsRefused(
                f"no database is named: set {DATABASE_VARIABLE} or pass --database, "
                "such as sqlite:///portal.db or postgresql://user@host/portal"
            )
        if len(str(chosen.get("secret", ""))) < _SHORTEST_SECRET:
            raise SettingsRefused(
                f"{SECRET_VARIABLE} must hold at least {_SHORTEST_SECRET} characters "
                "that nobody can guess: python -c 'import secrets; "
                "print(secrets.token_urlsafe(32))' makes some"
            )
        if file := environment.get(PROVIDERS_VARIABLE):
            try:
                chosen["providers"] = read_providers(Path(file), environment)
            except ProvidersRefused as error:
                raise SettingsRefused(str(error)) from None
        try:
            settings = cls.model_validate(chosen)
        except ValidationError as error:
            faults = ", ".join(
                f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
                for fault in error.errors(include_input=False, include_context=False)
            )
            raise SettingsRefused(faults) from None
        settings.check_database()
        settings.signing_key()
        return settings

    def check_database(self) -> None:
        """The database is one of the two that the portal runs on, for its environment.

        Raises:
            SettingsRefused: it is not; SQLite serves demos and laptops only.
        """
        try:
            url = make_url(self.database_url)
        except ArgumentError:
            raise SettingsRefused(
                "the database address can't be read: write sqlite:///portal.db or "
                "postgresql://user@host/portal"
            ) from None
        backend = url.get_backend_name()
        if backend not in {"sqlite", "postgresql"}:
            raise SettingsRefused(
                f"the portal runs on SQLite and PostgreSQL, not on {backend}"
            )
        if backend == "sqlite" and not url.database:
            raise SettingsRefused("SQLite needs a file: sqlite:///portal.db")
        if backend == "sqlite" and self.environment == "production":
            raise SettingsRefused(
                "SQLite serves one machine and one writer: a production portal needs "
                f"PostgreSQL in {DATABASE_VARIABLE}"
            )

    def signing_key(self) -> Ed25519PrivateKey | None:
        """What the audit trail's seals are signed with, if that was set up.

        Raises:
            SettingsRefused: it is no such key.
        """
        if self.audit_key is None:
            return None
        try:
            raw = base64.b64decode(self.audit_key.get_secret_value(), validate=True)
            return Ed25519PrivateKey.from_private_bytes(raw)
        except ValueError:
            raise SettingsRefused(
                f"{AUDIT_KEY_VARIABLE} must hold a key of crossborder-portal audit "
                "new-key"
            ) from None

    def check_local_users(self) -> None:
        """Local users may sign in.

        Raises:
            SettingsRefused: in production people sign in through their authority's
                identity provider.
        """
        if not self.has_local_users:
            raise SettingsRefused(
                "local users are for the demo only: in production people sign in "
                "through their authority's identity provider (OIDC), and come to be "
                "known here when they first do"
            )

    @property
    def has_local_users(self) -> bool:
        """Whether people may sign in with a password of this portal's."""
        return self.environment == "demo"

    def check_sign_in(self) -> None:
        """People can sign in, the way that the environment asks for.

        Raises:
            SettingsRefused: in production there must be an identity provider; where
                there is one, it must know where to send people back to.
        """
        if self.environment == "production" and not self.providers:
            raise SettingsRefused(
                "a production portal needs the identity providers (OIDC) of its "
                f"authorities: name their file in {PROVIDERS_VARIABLE}"
            )
        if self.providers and not is_safe(self.site):
            raise SettingsRefused(
                f"{SITE_VARIABLE} must hold the address that people reach the portal "
                "at, such as https://portal.example.org"
            )
        if self.environment == "production" and not self.secure_cookies:
            raise SettingsRefused("a production portal keeps its cookies to HTTPS")

    def provider(self, key: str | None) -> Provider | None:
        """The identity provider of this key, if the portal still has it."""
        return next((one for one in self.providers if one.key == key), None)
