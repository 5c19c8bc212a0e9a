"""The portal as one application: API, pages, and what stands around them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import Depends, FastAPI
from starlette.staticfiles import StaticFiles

from portal import answers, clock
from portal.api import agencies, documents, events, health, openapi, token
from portal.clock import Clock
from portal.door import Door
from portal.pages import (
    account,
    agreement,
    claims,
    holding,
    home,
    inbox,
    oversight,
    proof,
    providers,
    replies,
    reveal,
    reviews,
    runs,
    search,
    security,
    sign_in,
    supply,
    tasks,
    trail,
    training,
)
from portal.pages.rendering import STATIC, build_templates
from portal.running import Running, check_open_call
from portal.sealing import Sealer
from portal.settings import PortalSettings
from portal.store import open_store

_CONNECTIONS = 4
"""Of either kind; there before the first page is asked for."""
_Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(settings: PortalSettings, now: Clock = clock.now) -> FastAPI:
    """A portal, ready to serve; its database is opened by the first request.

    Raises:
        SettingsRefused: the settings do not go with the environment.
    """
    settings.check_database()
    settings.check_sign_in()
    store = open_store(settings.database_url)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        sealer = Sealer(store, now, settings.seal_every_seconds, settings.signing_key())
        store.connect(_CONNECTIONS)
        sealer.start()
        yield
        sealer.stop()
        store.close()

    app = routed(lifespan)
    app.state.running = Running(settings, store, now, build_templates())
    app.add_middleware(
        Door,
        largest_body=settings.largest_body,
        behind_tls=settings.secure_cookies,
        refuse=answers.at_status,
        router=app.router,
    )
    return app


def routed(lifespan: _Lifespan | None = None) -> FastAPI:
    """Every route, without a database behind it: enough to describe the API."""
    app = FastAPI(
        title=openapi.TITLE,
        version=openapi.VERSION,
        docs_url=None,  # both load scripts from elsewhere
        redoc_url=None,
        openapi_url=None,  # committed as docs/openapi.json
        lifespan=lifespan,
    )
    answers.register(app)
    for part in (health, documents, events, agencies, token):
        app.include_router(part.router)
    for part in (sign_in, providers, security):
        app.include_router(part.router, dependencies=[Depends(check_open_call)])
    for part in (proof, account, home):
        app.include_router(part.router)
    for part in (inbox, search, reveal, replies, holding, tasks, reviews):
        app.include_router(part.router)
    for part in (claims, agreement, training, runs, supply, trail, oversight):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
