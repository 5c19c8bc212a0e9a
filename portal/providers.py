"""Where people sign in: each authority's identity provider, and its people's roles.

Role and agency come from the operator's table alone. It belongs to one provider, so no
authority's provider can make anybody an officer of another authority.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from portal.permissions import AGENCY_ROLES, Role

_HERE = frozenset({"127.0.0.1", "localhost", "::1"})


class ProvidersRefused(ValueError):
    """The file of identity providers won't do; the message says what would mend it."""


class NoPlace(Exception):
    """A person's claims give them no place here, or several. ``why`` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Place:
    """What somebody is here, and for whom."""

    role: Role
    agency: str | None


class Row(BaseModel):
    """One line of a provider's table: this value of the claim makes a person that."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: str = Field(min_length=1)
    role: Role
    agency: str | None = None

    @model_validator(mode="after")
    def _agency_fits(self) -> Self:
        if (self.role in AGENCY_ROLES) != (self.agency is not None):
            raise ValueError(
                f"the role {self.role} "
                + ("needs an agency" if self.agency is None else "has no agency")
            )
        return self


class Provider(BaseModel):
    """An identity provider, as the operator registered the portal with it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    key: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    """Stands in addresses and the audit trail."""
    name: str = Field(min_length=1)
    issuer: str
    client_id: str = Field(min_length=1)
    client_secret_variable: str | None = None
    """The environment variable that holds the secret; the file never does."""
    private_key_file: Path | None = None
    """Instead of a secret: the key that signs for the portal (``private_key_jwt``)."""
    scope: str = "openid profile"
    claim: str = "groups"
    """The claim of the id token that ``people`` goes by."""
    people: tuple[Row, ...] = Field(min_length=1)
    credential: SecretStr = SecretStr("")
    """The secret or the private key itself, once read."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not is_safe(self.issuer):
            raise ValueError("the issuer is an https:// address without a query")
        if (self.client_secret_variable is None) == (self.private_key_file is None):
            raise ValueError(
                "name either client_secret_variable or private_key_file, not both"
            )
        if "openid" not in self.scope.split():
            raise ValueError("the scope must hold openid")
        return self

    @property
    def back(self) -> str:
        """The path that the provider sends people back to."""
        return f"/sign-in/with/{self.key}/back"


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    providers: tuple[Provider, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for of in ("key", "issuer"):
            found = [getattr(provider, of) for provider in self.providers]
            if len(set(found)) < len(found):
                raise ValueError(f"two providers have the same {of}")
        return self


def read_providers(path: Path, environment: Mapping[str, str]) -> tuple[Provider, ...]:
    """The providers of a file, with their secrets from the environment.

    Raises:
        ProvidersRefused: the file can't be read, or a secret is not there.
    """
    try:
        read = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ProvidersRefused(
            f"{path} can't be read as YAML ({type(error).__name__})"
        ) from None
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_context=False)
        )
        raise ProvidersRefused(f"{path}: {faults}") from None
    return tuple(
        one.model_copy(update={"credential": _credential(one, path, environment)})
        for one in read.providers
    )


def place_of(provider: Provider, claims: Mapping[str, Any]) -> Place:
    """What the provider's table makes of a person with these claims.

    Raises:
        NoPlace: no line of the table fits, or lines that disagree.
    """
    given = claims.get(provider.claim)
    values = {given} if isinstance(given, str) else set()
    if isinstance(given, list):
        values = {value for value in given if isinstance(value, str)}
    places = {
        Place(row.role, row.agency) for row in provider.people if row.value in values
    }
    if len(places) != 1:
        raise NoPlace("no-place" if not places else "several-places")
    return places.pop()


def _credential(
    provider: Provider, path: Path, environment: Mapping[str, str]
) -> SecretStr:
    if provider.client_secret_variable is not None:
        secret = environment.get(provider.client_secret_variable, "")
        if not secret:
            raise ProvidersRefused(
                f"{provider.client_secret_variable} is empty: put the client secret "
                f"of {provider.key} there"
            )
        return SecretStr(secret)
    file = path.parent / (provider.private_key_file or "")
    try:
        return SecretStr(file.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError):
        raise ProvidersRefused(
            f"the private key of {provider.key} can't be read: {file}"
        ) from None


def is_safe(address: str) -> bool:
    """HTTPS; plain HTTP on this machine only, for demos and tests."""
    parts = urlsplit(address)
    if parts.query or parts.fragment or not parts.hostname:
        return False
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in _HERE
    )
