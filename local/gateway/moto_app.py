"""Moto as a WSGI application inside this process."""

from typing import TYPE_CHECKING, cast

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def moto_application() -> "WSGIApplication":
    """Return moto's application for every service."""
    return cast("WSGIApplication", DomainDispatcherApplication(create_backend_app))
