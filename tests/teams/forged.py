"""Requests that are not from Teams, or not for us: one for each rule that they could break.

Each is the right one but for one thing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization
from jwt.algorithms import get_default_algorithms
from jwt.utils import base64url_decode, base64url_encode

from bot.chat.callback import Callback
from bot.platforms.teams.incoming import EXECUTE
from tests.teams.keys import KeyServer, listed, private_key, sealed

Json = Any

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
APP, TENANT = "6f1c1e9a-0000-4000-8000-00000000a991", "0d9c5a1e-0000-4000-8000-0000000e1a17"
OTHER = "ffffffff-0000-4000-8000-000000000bad"
SERVICE = "https://smba.trafficmanager.net/amer/"
CANARY = "Kanarienvogel"
TALK = {"id": "a:talk", "conversationType": "personal"}


def activity(**changes: Json) -> Json:
    """A press of a button as Teams sends it; a change to ``None`` leaves a field out."""
    data = {"fivefold": Callback("vote", "o1").encode(), "does": "pick", "option": CANARY}
    sent = {
        "type": "invoke",
        "name": EXECUTE,
        "id": "f:1772442000000",
        "timestamp": "2026-03-02T09:00:00.000Z",
        "channelId": "msteams",
        "serviceUrl": SERVICE,
        "value": {"action": {"type": "Action.Execute", "verb": "fivefold", "data": data}},
        "replyToId": "1772441000000",
        "from": {"id": "29:ana", "name": "Ana", "aadObjectId": "0a0a"},
        "recipient": {"id": f"28:{APP}", "name": "Fivefold"},
        "conversation": {**TALK, "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}},
        **changes,
    }
    return {name: value for name, value in sent.items() if value is not None}


def token(keys: KeyServer, **changes: Json) -> str:
    """The right token but for these changes; see `KeyServer.token`."""
    return keys.token(**{"audience": APP, "service_url": SERVICE, "now": NOW, **changes})


@dataclass(frozen=True, slots=True)
class Request:
    """What knocks: the lines of its header ``Authorization``, and its body before it is JSON."""

    authorization: tuple[str, ...]
    body: Json


def bearing(given: str, body: Json) -> Request:
    """A request with this token."""
    return Request((f"Bearer {given}",), body)


def right(keys: KeyServer) -> Request:
    """The right request."""
    return bearing(token(keys), activity())


# -- tokens that are not right, each with the right activity

Forge = Callable[[KeyServer], str]


def _with(**changes: Json) -> Forge:
    return lambda keys: token(keys, **changes)


def _with_headers(*, attacker: bool = False, **headers: Json) -> Forge:
    key = private_key(99) if attacker else None
    return lambda keys: token(keys, headers=headers, key=key)


def _listed_as(**values: Json) -> Forge:
    def forge(keys: KeyServer) -> str:
        keys.entries[keys.kid] = listed(keys.kid, keys.key, **values)
        return token(keys)

    return forge


def _parts(change: Callable[[str, str, str], tuple[str, ...]], **changes: Json) -> Forge:
    """Put together anew from its headers, claims and signature."""
    return lambda keys: ".".join(change(*token(keys, **changes).split(".")))


def edited(part: str, **changes: Json) -> str:
    """A token's headers or claims with these changes."""
    document = json.loads(base64url_decode(part)) | changes
    return base64url_encode(json.dumps(document).encode()).decode()


def _unsigned(alg: Json) -> Forge:
    """Without a signature; something stands in its place, so that the form is right."""
    return lambda keys: sealed({"alg": alg, "kid": keys.kid}, _claims(keys), lambda _: b"none")


def _claims(keys: KeyServer) -> Json:
    return keys.claims(audience=APP, service_url=SERVICE, now=NOW)


def _hmac(form: str) -> Forge:
    """HS256, whose secret is what everybody knows: the public key."""

    def forge(keys: KeyServer) -> str:
        public = keys.key.public_key()
        info = serialization.PublicFormat.SubjectPublicKeyInfo
        secrets = {
            "PEM": public.public_bytes(serialization.Encoding.PEM, info),
            "DER": public.public_bytes(serialization.Encoding.DER, info),
            "modulus": keys.entries[keys.kid]["n"].encode(),
            "nothing": b"",
        }
        return _signed_with("HS256", secrets[form])(keys)

    return forge


def _signed_with(algorithm: str, key: Any = None) -> Forge:
    signs = get_default_algorithms()[algorithm]
    return lambda keys: sealed(
        {"alg": algorithm, "kid": keys.kid},
        _claims(keys),
        lambda text: signs.sign(text, keys.key if key is None else key),
    )


def _ago(**by: float) -> int:
    return int((NOW - timedelta(**by)).timestamp())


def _raw(head: bytes) -> Forge:
    """These bytes are the token's headers."""
    return _parts(lambda _, claims, seal: (base64url_encode(head).decode(), claims, seal))


ATTACKER = "https://keys.evil.example"

TOKENS: Mapping[str, Forge] = {
    "signed with another key": _with(key=private_key(99)),
    "the audience changed after signing": _parts(
        lambda h, c, s: (h, edited(c, aud=APP), s), aud=OTHER
    ),
    "the expiry changed after signing": _parts(
        lambda h, c, s: (h, edited(c, exp=9**12), s), exp=_ago(hours=1)
    ),
    "the header changed after signing": _parts(lambda h, c, s: (edited(h, typ="jwt"), c, s)),
    "the signature of another token": lambda keys: ".".join(
        (*token(keys).split(".")[:2], token(keys, aud=OTHER).split(".")[2])
    ),
    "half the signature": _parts(lambda h, c, s: (h, c, s[: len(s) // 2])),
    "an empty signature": _parts(lambda h, c, s: (h, c, "")),
    "no signature": _parts(lambda h, c, s: (h, c)),
    "five parts": _parts(lambda h, c, s: (h, c, s, c, s)),
    "padded": _parts(lambda h, c, s: (h, c, s + "==")),
    "two tokens": _parts(lambda h, c, s: (h, c, f"{s} {h}", c, s)),
    "another issuer": _with(iss="https://evil.example"),
    "the government's issuer": _with(iss="https://api.botframework.us"),
    "China's issuer": _with(iss="https://api.botframework.azure.cn"),
    "the issuer of emulators": _with(iss=f"https://sts.windows.net/{TENANT}/"),
    "the issuer of skills": _with(iss=f"https://login.microsoftonline.com/{TENANT}/v2.0"),
    "the issuer with a slash": _with(iss="https://api.botframework.com/"),
    "a list of issuers": _with(iss=["https://api.botframework.com"]),
    "another audience": _with(aud=OTHER),
    "a list of audiences": _with(aud=[APP, OTHER]),
    "a list of our audience": _with(aud=[APP]),
    "an empty audience": _with(aud=""),
    "the audience as an address": _with(aud=f"api://{APP}"),
    "no iss": _with(iss=None),
    "no aud": _with(aud=None),
    "no exp": _with(exp=None),
    "no nbf": _with(nbf=None),
    "no serviceurl": _with(serviceurl=None),
    "serviceUrl in another spelling": _with(serviceurl=None, serviceUrl=SERVICE),
    "expired": _with(exp=_ago(minutes=6)),
    "expired this second, with the leeway": _with(exp=_ago(minutes=5)),
    "not yet valid": _with(nbf=_ago(minutes=-6), exp=_ago(hours=-1)),
    "an expiry that is text": _with(exp=str(_ago(hours=-1))),
    "an expiry that is true": _with(exp=True),
    "a beginning that is true": _with(nbf=True),
    "an expiry that never comes": _with(exp=float("inf")),
    "an expiry that is no number": _with(exp=float("nan")),
    "a beginning before all numbers": _with(nbf=float("-inf")),
    "a beginning of four thousand digits": _with(nbf=10**4000),
    "no kid": _with_headers(kid=None),
    "a kid that is a number": _with_headers(kid=0),
    "a kid that is a list": _with_headers(kid=["key-0"]),
    "an empty kid": _with_headers(kid=""),
    "an unknown kid": _with_headers(kid="key-77"),
    "a kid that is a path": _with_headers(kid="../../../../dev/null"),
    "a kid that is a path to the key": _with_headers(kid="./key-0"),
    "a kid that is an address": _with_headers(kid=f"{ATTACKER}/key-0", attacker=True),
    "a kid that is a query": _with_headers(kid="x' UNION SELECT 'key-0", attacker=True),
    "a kid with a zero byte": _with_headers(kid="key-0\0"),
    "a key of no channel": _listed_as(endorsements=None),
    "a key of other channels": _listed_as(endorsements=["webchat", "slack", "msteams2"]),
    "a key whose channels are text": _listed_as(endorsements="msteams"),
    "a key whose channels are no text": _listed_as(endorsements=[["msteams"], {"msteams": 1}]),
    "a key whose channels are names": _listed_as(endorsements={"msteams": True}),
    "a key that everybody can sign with": _listed_as(kty="oct", k="c2VjcmV0", n=None, e=None),
    **{f"signed with {spelt!r}": _unsigned(spelt) for spelt in ("none", "None", "NONE", "nOnE")},
    "signed with nothing named": _unsigned(""),
    "signed with null": _unsigned(None),
    "signed with a list of ways": _unsigned(["RS256"]),
    "signed with none, and really": _signed_with("none", ""),
    **{f"HS256 with the public key as {form}": _hmac(form) for form in ("PEM", "DER", "modulus")},
    "HS256 with an empty secret": _hmac("nothing"),
    "PS256": _signed_with("PS256"),
    "no alg": _with_headers(alg=None),
    "HS256 named, RS256 meant": _with_headers(alg="HS256"),
    "jku to an attacker": _with_headers(jku=ATTACKER, attacker=True),
    "x5u to an attacker": _with_headers(x5u=ATTACKER, attacker=True),
    "jwk of an attacker": _with_headers(jwk=listed("key-0", private_key(99)), attacker=True),
    "x5c of an attacker": _with_headers(x5c=["MIIB"], attacker=True),
    "a new kid and the jwk of an attacker": _with_headers(
        kid="key-99", jwk=listed("key-99", private_key(99)), attacker=True
    ),
    "something critical that nobody knows": _with_headers(crit=["tenant"], tenant=TENANT),
    "a payload that stands elsewhere": _with_headers(crit=["b64"], b64=False),
    "another service address": _with(serviceurl="https://smba.trafficmanager.net/emea/"),
    "two slashes at the service address": _with(serviceurl=SERVICE + "/"),
    "a service address that is a list": _with(serviceurl=[SERVICE]),
    "claims that are a list": lambda keys: sealed(
        {"alg": "RS256", "kid": keys.kid},
        [_claims(keys)],
        lambda text: get_default_algorithms()["RS256"].sign(text, keys.key),
    ),
    "headers deep as a well": _raw(b"[" * 3000 + b"]" * 3000),
    "headers that are one long number": _raw(b'{"alg":"RS256","kid":' + b"9" * 5000 + b"}"),
    "headers that are no JSON": _raw(b"\x00\xff\xfe"),
    "headers that are a list": _raw(b'["RS256"]'),
    "headers without a byte": _raw(b""),
    "more than a header is long": _with(more="x" * 10_000),
}

# -- headers that are not right, made of the right token

HEADERS: Mapping[str, Callable[[str], tuple[str, ...]]] = {
    "no header": lambda right: (),
    "an empty header": lambda right: ("",),
    "no scheme": lambda right: (right,),
    "no token": lambda right: ("Bearer",),
    "a space for a token": lambda right: ("Bearer  ",),
    "Basic": lambda right: (f"Basic {right}",),
    "a longer scheme": lambda right: (f"BearerX {right}",),
    "no space": lambda right: (f"Bearer{right}",),
    "a tab": lambda right: (f"Bearer\t{right}",),
    "quotes": lambda right: (f'Bearer "{right}"',),
    "more behind it": lambda right: (f"Bearer {right} x",),
    "a parameter": lambda right: (f"Bearer token={right}",),
    "two in one line": lambda right: (f"Bearer {right}, Bearer {right}",),
    "two lines": lambda right: (f"Bearer {right}",) * 2,
    "the right one behind another": lambda right: ("Bearer a.b.c", f"Bearer {right}"),
    "the right one before an empty one": lambda right: (f"Bearer {right}", ""),
    "only dots": lambda right: ("Bearer ..",),
    "huge": lambda right: ("Bearer " + "a" * 50_000 + ".b.c",),
    "binary": lambda right: ("Bearer \x80\xff\xfe.\xb2.\xbc",),
    "digits of another script": lambda right: (f"Bearer {right[:-1]}\xb2",),
}

# -- activities that are not right, each with a token for its service address


def _elsewhere(url: Json) -> Json:
    return activity(serviceUrl=url)


ADDRESSES = {
    "a foreign host": "https://evil.example/amer/",
    "a lookalike behind": "https://smba.trafficmanager.net.evil.example/amer/",
    "a lookalike before": "https://evil-smba.trafficmanager.net/amer/",
    "another of the same zone": "https://evil.trafficmanager.net/amer/",
    "a lookalike of the end": "https://evilteams.microsoft.com/amer/",
    "the end of the name alone": "https://teams.microsoft.com/amer/",
    "another cloud's host": "https://smba.infra.gov.teams.microsoft.us/gcch",
    "http": "http://smba.trafficmanager.net/amer/",
    "another scheme": "ftp://smba.trafficmanager.net/amer/",
    "no scheme": "//smba.trafficmanager.net/amer/",
    "a name before the host": "https://smba.trafficmanager.net@evil.example/",
    "a password before the host": "https://a:b@smba.trafficmanager.net/amer/",
    "another port": "https://smba.trafficmanager.net:8443/amer/",
    "a port of letters": "https://smba.trafficmanager.net:x/amer/",
    "a backslash": "https://evil.example\\@smba.trafficmanager.net/amer/",
    "a backslash behind": "https://smba.trafficmanager.net\\.evil.example/amer/",
    "a fragment": "https://evil.example#.teams.microsoft.com",
    "a question": "https://evil.example?.teams.microsoft.com",
    "a line feed": "https://smba.trafficmanager.net/amer/\n",
    "a space": " https://smba.trafficmanager.net/amer/",
    "a tab": "https://smba.traffic\tmanager.net/amer/",
    "a zero byte": "https://evil.example\0.teams.microsoft.com/",
    "letters of another script": "https://smba.trafficmanager.nеt/amer/",
    "a wide full stop": "https://evil.example。teams.microsoft.com/",
    "a dot at the end": "https://smba.trafficmanager.net./amer/",
    "this machine": "http://127.0.0.1:3978/",
    "this machine in IPv6": "http://[::1]:3978/",
    "the machine's data service": "http://169.254.169.254/metadata",
    "nothing": "",
}

ACTIVITIES: Mapping[str, Json] = {
    **{f"service address: {name}": _elsewhere(url) for name, url in ADDRESSES.items()},
    "service address: absent": _elsewhere(None),
    "service address: a list": _elsewhere([SERVICE]),
    "service address: a number": _elsewhere(7),
    "channel: absent": activity(channelId=None),
    "channel: another": activity(channelId="webchat"),
    "channel: the emulator": activity(channelId="emulator"),
    "channel: a list": activity(channelId=["msteams"]),
    "channel: in capitals": activity(channelId="MSTeams"),
    "tenant: absent": activity(channelData=None, conversation=TALK),
    "tenant: null": activity(channelData={"tenant": None}, conversation={**TALK, "tenantId": None}),
    "tenant: another": activity(
        channelData={"tenant": {"id": OTHER}}, conversation={**TALK, "tenantId": OTHER}
    ),
    "tenant: another team's": activity(channelData={"tenant": {"id": OTHER}}),
    "tenant: another conversation's": activity(conversation={**TALK, "tenantId": OTHER}),
    "tenant: empty": activity(channelData={"tenant": {"id": ""}}),
    "tenant: a list": activity(channelData={"tenant": {"id": [TENANT]}}),
    "tenant: text": activity(channelData={"tenant": TENANT}),
    "tenant: data as text": activity(channelData=TENANT),
    "tenant: conversation as text": activity(conversation=TENANT),
    "tenant: conversation as a list": activity(conversation=[{"tenantId": TENANT}]),
    "body: a list": [activity()],
    "body: text": "activity",
    "body: null": None,
    "body: a number": 1,
    "body: empty": {},
}


CASES = (*TOKENS, *HEADERS, *ACTIVITIES)


def forgery(keys: KeyServer, case: str) -> Request:
    """The request of this name; some change what the server lists."""
    if case in TOKENS:
        return bearing(TOKENS[case](keys), activity())
    if case in HEADERS:
        return Request(HEADERS[case](token(keys)), activity())
    body = ACTIVITIES[case]
    # The token agrees with the address, so that it is for the host alone to be found wrong.
    url = body.get("serviceUrl") if isinstance(body, dict) else None
    return bearing(token(keys, service_url=url or SERVICE), body)
