"""What schemathesis needs to get past the doors: an account with a linked hiker, and Twilio's signature.

THUNDERBIRD_FUZZ_TOKEN is the auth token the service was started with; without it everything is tried as a stranger.
A session that a request ended, or an account that one deleted, is followed by a new one.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request
import uuid

import schemathesis

BASE = os.environ["THUNDERBIRD_FUZZ_BASE"]
TOKEN = os.environ.get("THUNDERBIRD_FUZZ_TOKEN")
ACCOUNT_SID = os.environ["TWILIO_ACCOUNT_SID"]
OURS = os.environ["TWILIO_PHONE_NUMBER"]
PASSWORD = "a long walk in the rain"


def call(method, path, body=None, form=None, headers=None):
    headers = dict(headers or {})
    data = None
    if body is not None:
        data = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    if form is not None:
        data = urllib.parse.urlencode(form).encode()
    request = urllib.request.Request(BASE + path, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def signature(path, form):
    text = BASE + path + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(TOKEN.encode(), text.encode(), hashlib.sha1).digest()).decode()


def text(phone, body):
    sid = "SM" + uuid.uuid4().hex
    form = {
        "AccountSid": ACCOUNT_SID, "ApiVersion": "2010-04-01", "Body": body, "From": phone, "MessageSid": sid,
        "NumMedia": "0", "NumSegments": "1", "SmsMessageSid": sid, "SmsSid": sid, "SmsStatus": "received", "To": OURS,
    }
    path = "/webhook/sms/inbound"
    status, answer = call("POST", path, form=form, headers={"X-Twilio-Signature": signature(path, form)})
    assert status == 200, (status, answer)
    return answer


class Hiker:
    """An account whose phone is a hiker with a contact and a check-in."""

    made = 0

    def __init__(self):
        Hiker.made += 1
        self.phone = f"+6149157{7000 + Hiker.made:04}"
        self.email = f"hiker{Hiker.made}@example.org"
        for line in ("START", "Sam", "1", "SAFE 0491570110 Mum", "CHECKIN RONNY"):
            text(self.phone, line)
        status, answer = call("POST", "/auth/register", body={"email": self.email, "password": PASSWORD})
        assert status == 201, answer
        status, answer = call("POST", "/auth/token", form={"username": self.email, "password": PASSWORD})
        assert status == 200, answer
        self.token = json.loads(answer)["access_token"]
        status, answer = call("POST", "/auth/phone/text-in", headers=self.headers())
        assert status == 201, answer
        asked = text(self.phone, json.loads(answer)["text"])
        word = re.search(r"CONFIRM ([A-Z]+)", asked).group(1)
        assert "linked" in text(self.phone, "CONFIRM " + word)

    def headers(self):
        return {"Authorization": "Bearer " + self.token}

    def is_there(self):
        status, answer = call("GET", "/auth/me", headers=self.headers())
        return status == 200 and json.loads(answer)["phone"] == self.phone


if TOKEN:

    @schemathesis.auth(refresh_interval=None)
    class Bearer:
        hiker = None

        def get(self, case, context):
            if Bearer.hiker is None or not Bearer.hiker.is_there():
                Bearer.hiker = Hiker()
            return Bearer.hiker.token

        def set(self, case, data, context):
            if case.operation.definition.raw.get("security"):
                case.headers["Authorization"] = "Bearer " + data

    @schemathesis.hook
    def before_call(context, case, kwargs):
        """Twilio signs whatever it sends; every other webhook is also one of our account and our number."""
        if not case.path.startswith("/webhook/") or not isinstance(case.body, dict):
            return
        form = {name: value for name, value in case.body.items() if isinstance(value, str)}
        if len(form.get("MessageSid", "")) == 34 and len(str(form)) % 2 == 0:
            ours = "To" if case.path.endswith("/inbound") else "From"
            form |= {"AccountSid": ACCOUNT_SID, ours: OURS}
            if ours == "To":
                form |= {"SmsSid": form["MessageSid"], "SmsMessageSid": form["MessageSid"]}
        case.body = form
        case.headers["X-Twilio-Signature"] = signature(case.path, form)
