"""Stock OAuth2 clients, as their users write them, at a running service: argv is its base URL.

Each signs in by password, refreshes by hand and by itself, loses an answer, and reads every error as its own type.
"""

import sys
import time

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session as Authlib
from oauthlib.oauth2 import BackendApplicationClient, LegacyApplicationClient, OAuth2Error
from requests_oauthlib import OAuth2Session as RequestsOAuthlib

BASE = sys.argv[1]
TOKEN = BASE + "/auth/token"
ME = BASE + "/auth/me"
PASSWORD = "kea nest on the ridge"


def register(name):
    email = f"{name}@example.org"
    answer = requests.post(BASE + "/auth/register", json={"email": email, "password": PASSWORD}, timeout=10)
    assert answer.status_code == 201, answer.text
    return email


def is_token(token):
    assert set(token) >= {"access_token", "token_type", "expires_in", "refresh_token", "expires_at"}, sorted(token)
    assert token["token_type"] == "bearer", token["token_type"]
    assert 0 < token["expires_at"] - time.time() <= 1801, token["expires_at"]
    return token


def refused(expected, call):
    """The client raises its own error, named as RFC 6749 names it, with a sentence for a person."""
    try:
        token = call()
    except (OAuthError, OAuth2Error) as error:
        assert error.error == expected, (error.error, expected)
        assert error.description and error.description.isascii(), error.description
        return
    raise AssertionError(f"{expected} was taken for a token: {sorted(token)}")


def story(email, new, sign_in, refresh):
    """What is true of every client; `new` makes one, with or without the tokens of a session before."""
    client = new(None, None)
    first = dict(is_token(sign_in(client, email, PASSWORD)))
    assert client.get(ME).json()["email"] == email

    second = dict(is_token(refresh(client, first["refresh_token"])))
    assert second["refresh_token"] != first["refresh_token"]
    again = refresh(new(None, None), first["refresh_token"])
    assert again["refresh_token"] == second["refresh_token"], "an answer that got lost is given again"
    assert client.get(ME).status_code == 200

    kept = []
    stale = new({**second, "expires_at": time.time() - 60, "expires_in": -60}, kept.append)
    assert stale.get(ME).json()["email"] == email, "an expired token is refreshed by the client itself"
    assert len(kept) == 1 and is_token(kept[0])["refresh_token"] != second["refresh_token"]

    refused("invalid_grant", lambda: refresh(new(None, None), first["refresh_token"]))
    assert requests.get(ME, headers={"Authorization": f"Bearer {kept[0]['access_token']}"}, timeout=10).status_code == 401
    refused("invalid_grant", lambda: refresh(new(None, None), kept[0]["refresh_token"]))
    refused("invalid_grant", lambda: refresh(new(None, None), "0" * 64))
    refused("invalid_grant", lambda: refresh(new(None, None), "not a token of ours"))

    refused("invalid_request", lambda: sign_in(new(None, None), email, "x" * 1025))
    for _ in range(5):
        refused("invalid_grant", lambda: sign_in(new(None, None), email, "not the kea's password"))
    refused("temporarily_unavailable", lambda: sign_in(new(None, None), email, PASSWORD))


def authlib(name, **options):
    def new(token, keep):
        return Authlib(
            token=token,
            token_endpoint=TOKEN,
            update_token=keep and (lambda token, refresh_token=None, access_token=None: keep(token)),
            **options,
        )

    def sign_in(client, email, password):
        return client.fetch_token(TOKEN, grant_type="password", username=email, password=password)

    story(register(name), new, sign_in, lambda client, token: client.refresh_token(TOKEN, refresh_token=token))
    refused("unsupported_grant_type", lambda: new(None, None).fetch_token(TOKEN, grant_type="client_credentials"))


def requests_oauthlib(name, client_id, **options):
    def new(token, keep):
        return RequestsOAuthlib(
            client=LegacyApplicationClient(client_id=client_id),
            token=token,
            auto_refresh_url=keep and TOKEN,
            token_updater=keep,
        )

    def sign_in(client, email, password):
        return client.fetch_token(TOKEN, username=email, password=password, **options)

    story(register(name), new, sign_in, lambda client, token: client.refresh_token(TOKEN, refresh_token=token))
    machine = RequestsOAuthlib(client=BackendApplicationClient(client_id="app"))
    refused("unsupported_grant_type", lambda: machine.fetch_token(TOKEN))


def sends_basic():
    """That this client sends a Basic header with nothing in it, and that it is let in all the same."""
    seen = []
    email = register("basic")
    client = RequestsOAuthlib(client=LegacyApplicationClient(client_id=""))
    client.register_compliance_hook(
        "access_token_response", lambda answer: seen.append(answer.request.headers.get("Authorization")) or answer
    )
    is_token(client.fetch_token(TOKEN, username=email, password=PASSWORD, auth=requests.auth.HTTPBasicAuth("", "")))
    assert seen == ["Basic Og=="], seen


authlib("authlib-public", client_id=None)
authlib("authlib-named", client_id="app")
authlib("authlib-basic", client_id="app", client_secret="")
authlib("authlib-post", client_id="app", client_secret="x", token_endpoint_auth_method="client_secret_post")
print("authlib agreed")
requests_oauthlib("oauthlib-empty", "")
requests_oauthlib("oauthlib-named", "app")
requests_oauthlib("oauthlib-body", "app", include_client_id=True)
sends_basic()
print("requests-oauthlib agreed")
