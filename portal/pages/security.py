"""Where a fault of security is to be reported (RFC 9116)."""

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import PlainTextResponse

from portal.running import check_open_call, running

PATH = "/.well-known/security.txt"
router = APIRouter(include_in_schema=False)


@router.get(PATH, dependencies=[Depends(check_open_call)])
def security_txt(request: Request) -> PlainTextResponse:
    """What the settings say; nothing (404) where they say nothing."""
    settings = running(request).settings
    if settings.security_contact is None or settings.security_expires is None:
        raise HTTPException(404)
    lines = [
        f"Contact: {settings.security_contact}",
        f"Expires: {settings.security_expires.isoformat()}",
        "Preferred-Languages: en, cy",
    ]
    if settings.site:
        lines.append(f"Canonical: {settings.site}{PATH}")
    return PlainTextResponse("\n".join(lines) + "\n")
