"""A run is one pass of one region over one business date: everything a stage needs."""

import datetime as dt
import os
import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import clock
from pipeline.errors import ConfigurationError
from pipeline.region import RegionConfig, load_region

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from connectors.portal import PortalClient
    from geography.postcodes import Geography
    from notifications.outcome import Versions
    from notifications.rulebook import Rulebook
    from pipeline.vault import Vault
    from pipeline.workspace import Workspace

WORKABLE_YEARS = range(2000, 2100)
"""A clock may run into the year after."""
MODELS = Path(__file__).parents[1] / "config" / "models"


@dataclass(frozen=True)
class Run:
    """What is fixed for a run. Costly parts are opened when a stage first asks.

    ``run_id`` is the same for every stage of the run, so that a stage tried again
    writes where it wrote before.
    """

    region: RegionConfig
    business_date: dt.date
    run_id: str
    inbox: Path
    root: Path
    environment: Mapping[str, str]
    publish: bool = True
    baseline: bool = False
    """Whether the stock is taken as the first night's, to be let go by a schedule."""
    at: dt.datetime | None = None
    """The moment that the run takes for the present; ``None`` is the clock's."""

    @property
    def now(self) -> dt.datetime:
        """The present instant, in UTC."""
        return self.at or clock.now()

    @property
    def folder(self) -> Path:
        """``<root>/<region>/<business-date>/<run-id>``."""
        return (
            self.root
            / self.region.region
            / self.business_date.isoformat()
            / self.run_id
        )

    @cached_property
    def vault(self) -> "Vault":
        """How tables are kept: encrypted where the region file says so."""
        from pipeline.vault import Vault, decode_key

        section = self.region.encryption
        if section is None:
            return Vault(None)
        return Vault(decode_key(self.secret(section.key_env), section.key_env))

    @cached_property
    def workspace(self) -> "Workspace":
        """Where the run's stages leave things for one another."""
        from pipeline.workspace import Workspace

        return Workspace(self.folder, self.vault)

    @cached_property
    def register(self) -> "Engine":
        """The region's memory, brought to its newest form."""
        from register.engine import open_register

        return open_register(register_url(self.region, self.root, self.environment))

    @cached_property
    def geography(self) -> "Geography":
        """Postcodes and areas, from a compact table kept in the workspace."""
        from geography.postcodes import Geography

        return Geography.load(self.root / "reference", on=self.business_date)

    def rulebook(self) -> "Rulebook":
        """What every decision of the run shares."""
        from notifications.rulebook import Rulebook

        return Rulebook(
            policy=self.region.policy,
            geography=self.geography,
            directory=self.region.directory(),
            thresholds=self.region.matching.thresholds(),
        )

    def versions(self) -> "Versions":
        """What decides the run's nights."""
        from notifications.outcome import Versions
        from notifications.rules import RULES_VERSION
        from pipeline.settings import settings_of

        return Versions(
            rules=RULES_VERSION,
            children_model=self.region.matching.model,
            perpetrator_model=self.region.matching.perpetrator_model,
            settings=settings_of(self.region, MODELS),
        )

    def portal(self) -> "PortalClient":
        """A client for the region's portal."""
        from connectors.portal import PortalClient

        section = self.region.portal
        try:
            return PortalClient(
                section.url, self.secret(section.key_env), section.timeout_seconds
            )
        except ValueError as error:
            raise ConfigurationError([f"portal.url: {error}"]) from error

    def close(self) -> None:
        """Lets go of the register, if a stage opened it."""
        register = self.__dict__.pop("register", None)
        if register is not None:
            register.dispose()

    def secret(self, variable: str) -> str:
        """What the environment holds under a name of the region file.

        Raises:
            ConfigurationError: nothing.
        """
        return _secret(self.environment, variable)


def _secret(environment: Mapping[str, str], variable: str) -> str:
    value = environment.get(variable, "")
    if not value:
        raise ConfigurationError(
            [f"environment: {variable} is not set; the region file names it"]
        )
    return value


def register_url(
    region: RegionConfig, root: Path, environment: Mapping[str, str]
) -> str:
    """Where the register lives: the variable that the region names, or SQLite here.

    Raises:
        ConfigurationError: the variable is empty, or production names SQLite, or
            the workspace can't be written to.
    """
    if region.register_ is None:
        folder = root / region.region
        make_folder(folder, "workspace")
        return f"sqlite:///{folder / 'register.db'}"
    variable = region.register_.url_env
    url = _secret(environment, variable)
    if region.environment == "production" and not url.startswith("postgresql"):
        raise ConfigurationError(
            [f"environment: {variable} must name PostgreSQL in production"]
        )
    return url


def unknown_authorities(region: RegionConfig) -> list[str]:
    """One line for each code that has the right form and names nobody."""
    from geography.areas import read_areas
    from geography.errors import UnknownAuthority

    areas = read_areas()
    faults = []
    for code in region.authorities:
        try:
            areas.name(code)
        except UnknownAuthority as error:
            faults.append(f"authorities.{code}: {error}")
    return faults


def make_folder(folder: Path, what: str, mode: int = 0o777) -> None:
    """The folder is there and this user may write to it.

    Raises:
        ConfigurationError: neither can be had.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=mode)
        writable = os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        writable = False
    if not writable:
        raise ConfigurationError(
            [f"{what} {folder}: can't be made or written to; name another folder"]
        )


def check_environment(run: Run) -> None:
    """Every secret that the region names is there, before anything is started.

    Raises:
        ConfigurationError: one line for each that is not.
    """
    from pipeline.nudging import bad_secrets, nudge_faults, secrets_of_nudges

    wanted: list[str] = []
    if run.publish:
        wanted = [run.region.portal.key_env, *secrets_of_nudges(run.region)]
    if run.region.register_ is not None:
        wanted.append(run.region.register_.url_env)
    if run.region.encryption is not None:
        wanted.append(run.region.encryption.key_env)
    faults = [
        f"environment: {variable} is not set; the region file names it"
        + (
            ", or run with --no-publish"
            if variable == run.region.portal.key_env
            else ""
        )
        for variable in wanted
        if not run.environment.get(variable)
    ]
    faults += missing_models(run.region) + unknown_authorities(run.region)
    faults += nudge_faults(run.region) + bad_secrets(run)
    if faults:
        raise ConfigurationError(faults)


def missing_models(region: RegionConfig) -> list[str]:
    """One line for each matching model that is not released or is another's.

    A model's family is the first part of its name: perpetrators' weights would match
    children, wrongly and without a word.
    """
    named = {
        "model": ("children", region.matching.model),
        "perpetrator_model": ("perpetrators", region.matching.perpetrator_model),
    }
    faults = [
        f"matching.{key}: {model} is no model of {family}; name a {family}-… one"
        for key, (family, model) in named.items()
        if not model.startswith(f"{family}-")
    ]
    return faults + [
        f"matching: there is no model {model} in config/models; name one that is there"
        for _, model in named.values()
        if not (MODELS / model).is_file()
    ]


def _is_ahead(run: Run) -> bool:
    """Whether a real region is asked for a night after tomorrow.

    A synthetic region's nights are worked one after another, whatever the day.
    """
    today = clock.business_date(clock.now())
    return run.region.environment == "production" and (
        run.business_date > today + dt.timedelta(days=1)
    )


def open_run(  # noqa: PLR0913 - what a command line or a DAG is told, and no more
    region_file: Path,
    business_date: dt.date,
    run_id: str | None,
    *,
    inbox: Path,
    root: Path,
    environment: Mapping[str, str],
    publish: bool = True,
    baseline: bool = False,
) -> Run:
    """A run, checked before anything is started. Without a run id it is a new run.

    Raises:
        ConfigurationError: the region file, a path or the environment is wrong.
    """
    if run_id is not None and not re.fullmatch(r"[A-Za-z0-9][\w.-]*", run_id):
        raise ConfigurationError([f"run id {run_id!r}: letters, digits, - _ . only"])
    if business_date.year not in WORKABLE_YEARS:
        raise ConfigurationError(
            [
                f"{business_date} is no night: the year must be from "
                f"{WORKABLE_YEARS[0]} to {WORKABLE_YEARS[-1]}"
            ]
        )
    run = Run(
        region=load_region(region_file),
        business_date=business_date,
        run_id=run_id or "",
        inbox=inbox,
        root=root,
        environment=environment,
        publish=publish,
        baseline=baseline,
    )
    check_environment(run)
    if _is_ahead(run):
        raise ConfigurationError(
            [
                f"{business_date} has not come yet: working it would close every "
                "night before it; check the date"
            ]
        )
    make_folder(run.root, "workspace")
    return run if run_id else replace(run, run_id=_new_id(run))


BETWEEN_NIGHTS = "clocks"
"""The run id of every pass between nights: its reports are of the latest one."""


def open_pass(
    region_file: Path,
    *,
    root: Path,
    environment: Mapping[str, str],
    at: dt.datetime | None = None,
    publish: bool = True,
) -> Run:
    """A pass between two nights: it collects, sees what is due, and sends.

    Its date is the newest recorded night's, or today's where that is later.

    Raises:
        ConfigurationError: the region file, a path or the environment is wrong, or
            another moment than the present is asked of a real region.
    """
    from register.runs import newest_night

    region = load_region(region_file)
    if at is not None and region.environment == "production":
        raise ConfigurationError(
            [f"--at: {region.region} is a real region, whose clock is the clock"]
        )
    run = Run(
        region=region,
        business_date=clock.business_date(at or clock.now()),
        run_id=BETWEEN_NIGHTS,
        inbox=root,
        root=root,
        environment=environment,
        publish=publish,
        at=at,
    )
    check_environment(run)
    make_folder(run.root, "workspace")
    with closing(run), run.register.connect() as connection:
        newest = newest_night(connection, region.region)
    latest = max(run.business_date, newest or run.business_date)
    return replace(run, business_date=latest)


def _new_id(run: Run) -> str:
    from register.runs import next_run_id

    with closing(run), run.register.connect() as connection:
        return next_run_id(connection, run.region.region, run.business_date)
