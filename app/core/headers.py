"""The security headers of every answer, and the check of where an unsafe request comes from."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, request

from app.core.rich import PLAYERS
from config import Settings

SAFE = {"GET", "HEAD", "OPTIONS"}


def content_policy(payment_origins: tuple[str, ...]) -> str:
    """Own origin only; forms may also be redirected to the hosted payment pages."""
    return "; ".join(
        (
            "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
            "font-src 'self'", "connect-src 'self'", "manifest-src 'self'",
            f"frame-src {' '.join(PLAYERS)}",  # a video that the reader has clicked on
            f"form-action 'self' {' '.join(payment_origins)}", "base-uri 'none'", "object-src 'none'",
            "frame-ancestors 'none'",
        )
    )  # fmt: skip


def always(settings: Settings) -> dict[str, str]:
    """What every answer says: pages, files, refusals."""
    headers = {
        "Content-Security-Policy": content_policy(settings.payment_origins),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    }
    if settings.is_production:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def for_frames(settings: Settings) -> dict[str, str]:
    """The same for a page that other sites may show in a frame: no form of it works, nothing else is looser."""
    headers = always(settings)
    policy = headers["Content-Security-Policy"].replace("frame-ancestors 'none'", "frame-ancestors *")
    headers["Content-Security-Policy"] = policy.replace(
        policy[policy.index("form-action") :].split(";")[0], "form-action 'none'"
    )
    del headers["X-Frame-Options"]
    return headers


def init_app(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    said, in_frames = always(settings), for_frames(settings)
    own_origin = "{0.scheme}://{0.netloc}".format(urlsplit(settings.public_url))

    @app.before_request
    def refuse_foreign_posts() -> None:
        """Beside the form token: a browser says where an unsafe request comes from."""
        if request.method in SAFE or request.endpoint in app.config["SIGNED_ENDPOINTS"]:
            return
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            abort(403)
        origin = request.headers.get("Origin")
        if origin is not None and origin not in {own_origin, request.host_url.rstrip("/")}:
            abort(403)
        g.comes_from_here = True

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in (in_frames if request.endpoint in app.config["FRAMED_ENDPOINTS"] else said).items():
            response.headers.setdefault(name, value)
        if request.endpoint != "static" and not response.cache_control.max_age:
            who = g.get("viewer")  # never asked for: the answer is the same for everybody
            signed_in = who is not None and who.is_signed_in
            response.headers.setdefault("Cache-Control", "no-store" if signed_in else "no-cache")
        return response
