"""A region file says who takes part, how their extracts arrive and which rules hold.

Each section is a frozen model beside the code that reads it; here they are put
together and checked against one another. Importing this module loads no pandas, so
that Airflow parses DAG files quickly.
"""

import datetime as dt
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from connectors.config import SourceConfig
from matching.config import MatchingConfig
from notifications.config import PolicyConfig
from notifications.facts import AuthorityEntry, Directory, State
from pipeline.desks import TemplateSection, lines_of, route_faults, template_faults
from pipeline.errors import ConfigurationError
from records.authorities import AuthorityKind, kind_of


class _StrictLoader(yaml.SafeLoader):
    """YAML in which a key is written once: the last of two would win in silence."""


def _mapping_once(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[str] = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode):
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"{key.value} is written twice; keep one of them",
                    problem_mark=key.start_mark,
                )
            seen.add(key.value)
    loader.flatten_mapping(node)
    return loader.construct_mapping(node, deep=True)


_StrictLoader.add_constructor(
    yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_once
)


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _cron(text: str) -> str:
    if len(text.split()) != 5:
        raise ValueError('five fields are needed, such as "0 2 * * *"')
    return text


def _environment_name(text: str) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", text):
        raise ValueError(
            "name an environment variable in capitals; never write a secret here"
        )
    return text


def _text_codes(given: Any) -> Any:
    """YAML reads an unquoted 330 as a number; an authority's code is text."""
    if not isinstance(given, dict):
        return given
    return {str(code): value for code, value in given.items()}


EnvironmentName = Annotated[str, AfterValidator(_environment_name)]


class Contacts(_Section):
    """How other agencies reach an authority about a child."""

    duty_phone: str | None = None
    duty_email: str | None = None
    out_of_hours_phone: str | None = None


class Webhook(_Section):
    """Where a recipient is nudged by a signed, thin call (Standard Webhooks)."""

    url: str = Field(pattern=r"^https?://[^/\s]+")
    secret_env: EnvironmentName
    """The variable that holds ``whsec_…`` (HMAC-SHA256) or ``whsk_…`` (Ed25519)."""


class Nudges(_Section):
    """How a recipient hears that something waits. None carries personal data."""

    webhook: Webhook | None = None
    email: str | None = None
    """An address that GOV.UK Notify writes to; needs the region's ``notify``."""


class AuthorityConfig(_Section):
    """One authority: what it is, where its extracts come from, whom to ring."""

    name: str
    kind: AuthorityKind
    source: SourceConfig
    contacts: Contacts = Contacts()
    named_officer: str | None = Field(
        default=None,
        description="Role that receives shielded cases; a post, not a person.",
    )
    supervisor: str | None = Field(
        default=None, description="Post that is named first when something is overdue."
    )
    strategic_lead: str | None = Field(
        default=None, description="Post that is named last when something is overdue."
    )
    routes: Annotated[dict[str, str], BeforeValidator(_text_codes)] = Field(
        default={},
        description="Of a force: its desk or mailbox by host local authority's code.",
    )
    record_template: tuple[TemplateSection, ...] = Field(
        default=(), description="What an officer types to make an entry."
    )
    closing_template: tuple[TemplateSection, ...] = Field(
        default=(), description="What an officer types to close one."
    )
    nudges: Nudges = Nudges()


class NotifyConfig(_Section):
    """GOV.UK Notify, for e-mails that say no more than that something waits."""

    template_id: str
    key_env: EnvironmentName = "CROSSBORDER_NOTIFY_KEY"
    base_url: str | None = None
    """Another address than the service's own, for tests."""


class Trusted(_Section):
    """Another region whose packages are taken in."""

    title: str
    public_key: str
    """Ed25519, base64; two, with a space between, while one takes over."""
    until: dt.date | None = None
    """The last day on which its packages are taken in."""


class ExchangeConfig(_Section):
    """Packages to and from other regions."""

    signing_key_env: EnvironmentName = "CROSSBORDER_SIGNING_KEY"
    """Ed25519 private key, 32 bytes in base64."""
    trusted: dict[str, Trusted] = {}
    """By region: whose packages may be imported."""


class SentinelConfig(_Section):
    """An agreed synthetic child in a live feed, and what must become of it."""

    authority: Annotated[str, BeforeValidator(str)]
    child_ref: Annotated[str, BeforeValidator(str)]
    state: State
    told: Annotated[dict[str, bool], BeforeValidator(_text_codes)] = {}
    """By authority: whether it must, or must not, hold a notice of the child."""


class PortalConfig(_Section):
    """The portal that notices go to."""

    url: str = Field(pattern=r"^https?://[^/\s]+")
    """``https://…``; plain ``http://`` is for a portal on the same machine."""
    key_env: EnvironmentName = "CROSSBORDER_PORTAL_KEY"
    timeout_seconds: float = Field(default=20, gt=0)


class RegisterConfig(_Section):
    """Where the register lives. Without this section: SQLite in the workspace."""

    url_env: EnvironmentName = "CROSSBORDER_REGISTER_URL"


class RetentionConfig(_Section):
    """How long a run's extracts and stage outputs stay in the workspace."""

    extracts_days: int = Field(default=14, ge=2)


class EncryptionConfig(_Section):
    """The key for Parquet at rest, 32 bytes in base64, named and never written."""

    key_env: EnvironmentName = "CROSSBORDER_WORKSPACE_KEY"


class RetryConfig(_Section):
    """How Airflow tries a stage again: waits double from the first one up."""

    count: int = Field(default=3, ge=0, le=10)
    first_wait_seconds: int = Field(default=120, ge=1)


class RegionConfig(_Section):
    """One region, whole (contracts: the region file)."""

    region: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: str
    environment: Literal["demo", "production"]
    schedule: Annotated[str, AfterValidator(_cron)]
    """Five cron fields, Europe/London."""
    authorities: dict[str, AuthorityConfig]
    matching: MatchingConfig
    policy: PolicyConfig = PolicyConfig()
    portal: PortalConfig
    register_: RegisterConfig | None = Field(default=None, alias="register")
    retention: RetentionConfig = RetentionConfig()
    encryption: EncryptionConfig | None = None
    retries: RetryConfig = RetryConfig()
    notify: NotifyConfig | None = None
    exchange: ExchangeConfig = ExchangeConfig()
    sentinels: tuple[SentinelConfig, ...] = ()

    @model_validator(mode="after")
    def _authorities_agree(self) -> "RegionConfig":
        faults = []
        for code, authority in self.authorities.items():
            try:
                expected = kind_of(code)
            except ValueError as error:
                faults.append(f"authorities.{code}: {error}")
                continue
            if authority.kind is not expected:
                faults.append(
                    f"authorities.{code}.kind: {authority.kind} is wrong for this "
                    f"code; write {expected}"
                )
            police_source = authority.source.kind.startswith("police")
            if police_source != (expected is AuthorityKind.POLICE):
                faults.append(
                    f"authorities.{code}.source.kind: {authority.source.kind} can't "
                    f"come from a {expected} authority"
                )
            forms = (authority.record_template, authority.closing_template)
            faults += template_faults(code, *map(lines_of, forms))
            faults += route_faults(code, authority.routes)
        kinds = {authority.kind for authority in self.authorities.values()}
        faults.extend(
            f"authorities: no authority of kind {kind}; a region needs at least one"
            for kind in AuthorityKind
            if kind not in kinds
        )
        if faults:
            raise ValueError("\n".join(faults))
        return self

    @model_validator(mode="after")
    def _sentinels_are_members(self) -> "RegionConfig":
        las = self.of_kind(AuthorityKind.CHILDREN)
        named = [one.authority for one in self.sentinels if one.authority not in las]
        named += [
            code for one in self.sentinels for code in one.told
            if code not in self.authorities
        ]  # fmt: skip
        if named:
            raise ValueError(
                f"sentinels: {', '.join(named)}: not of this region, or of another "
                "kind; name a local authority that holds it, and members to be told"
            )
        return self

    @model_validator(mode="after")
    def _production_is_strict(self) -> "RegionConfig":
        if self.environment == "demo":
            return self
        faults = []
        if self.register_ is None:
            faults.append(
                "register: production needs PostgreSQL; add the section and name the "
                "variable that holds its URL"
            )
        if self.encryption is None:
            faults.append(
                "encryption: production keeps personal data encrypted; add the section "
                "and name the variable that holds the key"
            )
        if not self.portal.url.startswith("https://"):
            faults.append("portal.url: production speaks HTTPS only")
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def of_kind(self, kind: AuthorityKind) -> tuple[str, ...]:
        """The codes of the authorities of one kind, in order."""
        return tuple(
            sorted(code for code, a in self.authorities.items() if a.kind == kind)
        )

    def directory(self) -> Directory:
        """Who takes part, as the rules need it."""
        return Directory(
            region=self.region,
            authorities={
                code: AuthorityEntry(
                    code=code,
                    name=authority.name,
                    kind=authority.kind,
                    duty_phone=authority.contacts.duty_phone,
                    duty_email=authority.contacts.duty_email,
                    out_of_hours_phone=authority.contacts.out_of_hours_phone,
                    named_officer=authority.named_officer,
                    supervisor=authority.supervisor,
                    strategic_lead=authority.strategic_lead,
                    routes=authority.routes,
                    record_template=lines_of(authority.record_template),
                    closing_template=lines_of(authority.closing_template),
                )
                for code, authority in self.authorities.items()
            },
            sentinels=frozenset(
                (one.authority, one.child_ref) for one in self.sentinels
            ),
        )


def load_region(path: Path) -> RegionConfig:
    """The region of a file, checked.

    Raises:
        ConfigurationError: one line a fault, each naming the file, the key and the
            mend.
    """
    try:
        content = _StrictLoader(path.read_text(encoding="utf-8")).get_single_data()
    except FileNotFoundError:
        raise ConfigurationError([f"{path}: there is no such file"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"{path}: can't be read: {error}"]) from error
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        where = f" line {place.line + 1}" if place else ""
        what = getattr(error, "problem", None) or "not YAML"
        raise ConfigurationError([f"{path}{where}: {what}"]) from error
    except ValueError as error:
        raise ConfigurationError(
            [f"{path}: a value can't be read: {error}; put it in quotes"]
        ) from error
    if not isinstance(content, dict):
        raise ConfigurationError([f"{path}: a region file is a mapping of keys"])
    try:
        return RegionConfig.model_validate(_text_keys(content))
    except ValidationError as error:
        raise ConfigurationError(_faults(path, error)) from error


def _text_keys(content: dict[Any, Any]) -> dict[str, Any]:
    if "authorities" in content:
        content = {**content, "authorities": _text_codes(content["authorities"])}
    return {str(key): value for key, value in content.items()}


_MENDS = {
    "missing": "is required; add it",
    "dict_type": "is a section: write its keys below it",
    "extra_forbidden": "is not a key of this section; check its spelling or remove it",
}


def _faults(path: Path, error: ValidationError) -> list[str]:
    lines: list[str] = []
    for fault in error.errors(include_url=False):
        key = ".".join(str(part) for part in fault["loc"])
        message = _MENDS.get(fault["type"]) or fault["msg"].removeprefix(
            "Value error, "
        )
        if fault["type"] == "value_error" and not key:
            lines.extend(f"{path}: {part}" for part in message.splitlines())
        else:
            lines.append(f"{path}: {key}: {message}")
    return lines
