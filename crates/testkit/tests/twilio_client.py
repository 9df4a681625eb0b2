"""Twilio's own client and validator, pointed at the fake: argv is base URL, account, token, sender, callback as JSON.

Every assertion is something that the documentation of the Message resource, of errors or of webhooks promises.
"""

import datetime
import json
import sys

from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

base_url, account, token, sender, callback = sys.argv[1:]
client = Client(account, token)
client.api.base_url = base_url


def send(to, body, **more):
    return client.messages.create(
        to=to, from_=sender, body=body, status_callback="http://127.0.0.1/webhook/sms/status", validity_period=60, **more
    )


def refusal(to):
    try:
        send(to, "refused")
    except TwilioRestException as error:
        return error.status, error.code
    raise AssertionError("no refusal")


message = send("+61491570006", "Größe 🏔 + & = %")
assert message.sid.startswith("SM") and len(message.sid) == 34, message.sid
assert (message.status, message.direction) == ("queued", "outbound-api")
assert (message.to, message.from_, message.body) == ("+61491570006", sender, "Größe 🏔 + & = %")
assert (message.num_segments, message.num_media) == ("1", "0")
assert (message.price, message.error_code, message.error_message) == (None, None, None)
assert message.account_sid == account and message.api_version == "2010-04-01"
assert isinstance(message.date_created, datetime.datetime), message.date_created
assert message.date_created.tzinfo is not None and message.date_sent is None

read = client.messages(message.sid).fetch()
assert (read.sid, read.body, read.uri) == (message.sid, message.body, message.uri)
try:
    client.messages("SM" + "0" * 32).fetch()
    raise AssertionError("a stranger's message was found")
except TwilioRestException as error:
    assert (error.status, error.code) == (404, 20404), (error.status, error.code)

assert refusal("+61491570101") == (400, 21211)
assert refusal("+61491570102") == (400, 21610)
assert refusal("+61491570103")[0] == 429
assert refusal("+61491570104")[0] == 500

stranger = Client(account, "wrong")
stranger.api.base_url = base_url
try:
    stranger.messages.create(to="+61491570006", from_=sender, body="x")
    raise AssertionError("wrong credentials were taken")
except TwilioRestException as error:
    assert (error.status, error.code) == (401, 20003), (error.status, error.code)

signed = json.loads(callback)
form = dict(signed["form"])
validator = RequestValidator(token)
assert validator.validate(signed["url"], form, signed["signature"])
assert not validator.validate(signed["url"], {**form, "MessageStatus": "failed"}, signed["signature"])
print("agreed")
