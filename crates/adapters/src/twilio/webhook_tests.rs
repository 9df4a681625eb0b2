use std::sync::Arc;

use proptest::prelude::*;
use thunderbird_domain::{secret::Secret, sms::inbound::TokenFingerprint};

use super::*;
use crate::twilio::signature::AuthToken;

const ACCOUNT: &str = "ACffffffffffffffffffffffffffffffff";
const SID: &str = "SM0123456789abcdef0123456789abcdef";
const OTHER_SID: &str = "SMfedcba9876543210fedcba9876543210";
const OURS: &str = "+61491579455";
const HIKER: &str = "+61491570006";

fn genuine(from: &str, body: &str) -> Parameters {
    [
        ("AccountSid", ACCOUNT),
        ("ApiVersion", "2010-04-01"),
        ("Body", body),
        ("From", from),
        ("FromCity", "TOOWOOMBA"),
        ("FromCountry", "AU"),
        ("FromState", ""),
        ("FromZip", "4350"),
        ("MessageSid", SID),
        ("NumMedia", "0"),
        ("NumSegments", "1"),
        ("SmsMessageSid", SID),
        ("SmsSid", SID),
        ("SmsStatus", "received"),
        ("To", OURS),
        ("ToCity", "Tomerong"),
        ("ToCountry", "AU"),
        ("ToState", ""),
        ("ToZip", ""),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

fn with(mut form: Parameters, name: &str, value: &str) -> Parameters {
    form.retain(|(known, _)| known != name);
    form.push((name.to_owned(), value.to_owned()));
    form
}

fn read(form: &Parameters) -> Result<InboundMessage, ShapeRule> {
    shape(form, ACCOUNT, &[PhoneNumber::from_e164(OURS).unwrap()])
}

fn signed_string(form: &Parameters) -> String {
    let mut sorted = form.clone();
    sorted.sort_unstable();
    sorted
        .into_iter()
        .flat_map(|(name, value)| [name, value])
        .collect()
}

#[test]
fn a_genuine_text_is_read() {
    let message = read(&genuine(HIKER, "Hello from ToCity, To Mum, From Dad")).unwrap();
    assert_eq!(message.from.as_str(), HIKER);
    assert_eq!(message.body, "Hello from ToCity, To Mum, From Dad");
    assert_eq!((message.media, message.verdict), (0, None));
    let stopped = read(&with(genuine(HIKER, ""), "OptOutType", "STOP")).unwrap();
    assert_eq!(stopped.verdict, Some(CarrierVerdict::Stop));
    let media = with(
        genuine(HIKER, ""),
        "MediaUrl0",
        "https://api.twilio.com/2010-04-01/Accounts/AC/Media/ME0",
    );
    assert!(read(&media).is_ok());
    assert_eq!(
        read(&genuine("Telstra", "Hi")).unwrap().from,
        Sender::Name("Telstra".to_owned())
    );
    assert_eq!(
        read(&genuine("12345", "Hi")).unwrap().from,
        Sender::Name("12345".to_owned())
    );
}

/// Places and names as Twilio tells them, and parameters beyond those that every text has.
#[test]
fn genuine_values_that_look_a_little_like_parameters_are_read() {
    for (name, value) in [
        ("FromCity", "Frome"),
        ("FromCity", "Frome Downs"),
        ("FromCity", "Fromelles"),
        ("FromCity", "S\u{e3}o Tom\u{e9}"),
        ("FromCity", "L'A\u{ef}n-To"),
        ("FromState", "TAS"),
        ("OptOutType", ""),
        ("ToCity", "Frome"),
        ("ProfileName", "Fromage & To Go"),
        ("MessagingServiceSid", "MG0123456789abcdef0123456789abcdef"),
        ("MediaContentType0", "image/jpeg"),
        (
            "ChannelMetadata",
            r#"{"type":"rcs","data":{"context":{"From":"x","To":"y"}}}"#,
        ),
        (
            "ChannelMetadata",
            r#"{"type":"sms","data":{"context":{"ProfileName":"x","ButtonText":"y"}}}"#,
        ),
        (
            "AddOns",
            r#"{"status":"successful","message":null,"code":null,"results":{"From":"x"}}"#,
        ),
    ] {
        let read = read(&with(genuine(HIKER, "CHECKIN PELIO"), name, value));
        assert_eq!(read.unwrap().from.as_str(), HIKER, "{name}={value}");
    }
}

/// Everything else that Twilio documents, most of it for other channels: it may come to send it with texts.
#[test]
fn every_parameter_that_twilio_documents_is_let_pass() {
    for (name, value) in [
        ("Address", "187 Freston Road, London"),
        ("ButtonPayload", "yes"),
        ("ButtonText", "Yes, I am"),
        ("CallSid", "CA0123456789abcdef0123456789abcdef"),
        ("ChannelAttributes", "{}"),
        ("ChannelInstallSid", "XE0123456789abcdef0123456789abcdef"),
        ("ChannelPrefix", "sms"),
        ("ChannelStatusMessage", "Unknown"),
        ("ChannelToAddress", HIKER),
        ("ErrorCode", ""),
        ("ErrorMessage", ""),
        ("EventType", "READ"),
        ("FlowEvent", "return"),
        ("Forwarded", "true"),
        ("FrequentlyForwarded", "true"),
        ("Label", "Peak"),
        ("Latitude", "-41.5"),
        ("Longitude", "-0.2"),
        ("MediaSid0", "ME0123456789abcdef0123456789abcdef"),
        ("MessageStatus", "received"),
        ("MessageType", "text"),
        ("OriginalRepliedMessageSender", "whatsapp:+61491570110"),
        ("OriginalRepliedMessageSid", OTHER_SID),
        ("ReferralBody", "Walk with us"),
        ("ReferralCtwaClid", "x"),
        ("ReferralHeadline", "Walk"),
        ("ReferralMediaContentType", "image/png"),
        ("ReferralMediaId", "1"),
        ("ReferralMediaUrl", "https://example.org/1"),
        ("ReferralNumMedia", "0"),
        ("ReferralSourceId", "1"),
        ("ReferralSourceType", "post"),
        ("ReferralSourceUrl", "https://example.org/"),
        ("StructuredMessage", "false"),
        ("WaId", "61491570006"),
    ] {
        let read = read(&with(genuine(HIKER, "CHECKIN PELIO"), name, value));
        assert_eq!(
            read.map(|text| text.body),
            Ok("CHECKIN PELIO".to_owned()),
            "{name}={value}"
        );
    }
}

/// Twilio may add parameters; those that stand apart from everything that decides are let pass.
#[test]
fn a_parameter_that_nobody_knows_yet_does_no_harm() {
    for (name, value) in [
        ("Aardvark", "1"),
        ("DeliveryHint", "x"),
        ("ExternalUserId", "AU.1"),
        ("FromRegion", "TAS"),
        ("MessageFormat", "text"),
        ("NumMediaFiles", "0"),
        ("ToRegion", "TAS"),
        ("Zone", "x"),
    ] {
        assert!(read(&with(genuine(HIKER, "x"), name, value)).is_ok(), "{name}");
    }
}

#[test]
fn each_rule_refuses_what_it_is_there_for() {
    let form = || genuine(HIKER, "x");
    let long = "x".repeat(MAX_VALUE + 1);
    let twice = {
        let mut form = form();
        form.push(("Body".to_owned(), "y".to_owned()));
        form
    };
    let without = |name: &str| {
        let mut form = form();
        form.retain(|(known, _)| known != name);
        form
    };
    for (form, rule) in [
        (twice, ShapeRule::Names),
        (with(form(), "lower", "x"), ShapeRule::Names),
        (with(form(), "Dash-ed", "x"), ShapeRule::Names),
        (with(form(), "", "x"), ShapeRule::Names),
        (without("Body"), ShapeRule::Required),
        (without("NumMedia"), ShapeRule::Required),
        (without("SmsSid"), ShapeRule::Required),
        (with(form(), "From", ""), ShapeRule::Required),
        (with(form(), "From", "+0491570006"), ShapeRule::Required),
        (with(form(), "From", "whatsapp:+61491570006"), ShapeRule::Required),
        (with(form(), "NumMedia", "-1"), ShapeRule::Required),
        (with(form(), "OptOutType", "stop"), ShapeRule::Required),
        (with(form(), "AccountSid", "AC"), ShapeRule::Required),
        (with(form(), "AccountSid", OTHER_SID), ShapeRule::Ours),
        (with(form(), "SmsSid", OTHER_SID), ShapeRule::Ours),
        (with(form(), "To", HIKER), ShapeRule::Ours),
        (with(form(), "ProfileName", &long), ShapeRule::Length),
        (with(form(), "FromCity", "From+61491570156"), ShapeRule::Ambiguous),
        (with(form(), "FromCity", "xFrom0"), ShapeRule::Ambiguous),
        (with(form(), "Zz", "To+61491570156"), ShapeRule::Ambiguous),
        (with(form(), "FromCity", "XFromCountryAU"), ShapeRule::Ambiguous),
        (
            with(form(), "Zz", &format!("MessageSid{SID}")),
            ShapeRule::Ambiguous,
        ),
        (with(form(), "Don", "'t wait for me"), ShapeRule::Ambiguous),
        (with(form(), "DeVries", " was here"), ShapeRule::Ambiguous),
        (with(form(), "CHECKIN", " PELIO"), ShapeRule::Ambiguous),
        (with(form(), "ABody", "x"), ShapeRule::Ambiguous),
        (with(form(), "GaFromTelstra", ""), ShapeRule::Ambiguous),
        (with(form(), "OptOutTypeSTOP", ""), ShapeRule::Ambiguous),
        (with(form(), "OptOut", "TypeSTOP"), ShapeRule::Ambiguous),
        (with(form(), "NumMedia1", ""), ShapeRule::Ambiguous),
        (
            with(with(form(), "NumSegments", "1Opt"), "OutType", "STOP"),
            ShapeRule::Ambiguous,
        ),
        (with(genuine("Telstra", "x"), "FromA", ""), ShapeRule::Ambiguous),
    ] {
        assert_eq!(read(&form).unwrap_err(), rule, "{form:?}");
    }
}

/// Reads a genuine text, signed for `address`, as it arrives at our path with this query.
fn read_signed(address: &str, query: &str) -> Result<InboundMessage, WebhookRefusal> {
    let token = AuthToken::new(Secret::new("token".to_owned()));
    let signature = SignatureCheck::new("https://sms.example.org", Arc::new(vec![token])).unwrap();
    let webhook = InboundWebhook {
        signature: Some(signature),
        account_sid: ACCOUNT.to_owned(),
        numbers: vec![PhoneNumber::from_e164(OURS).unwrap()],
    };
    let form = genuine(HIKER, "50 % of us & 1 + 1");
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&form)
        .finish();
    let signed = thunderbird_testkit::fake_twilio::signature("token", address, &form);
    webhook.read(("/webhook/sms/inbound", query), Some(&signed), body.as_bytes())
}

#[test]
fn the_signature_comes_first_and_a_query_is_no_part_of_a_text() {
    let address = "https://sms.example.org/webhook/sms/inbound";
    let read = read_signed(address, "").unwrap();
    assert_eq!(read.body, "50 % of us & 1 + 1");
    assert_eq!(read.signed_by, TokenFingerprint::of("token"));
    let query = WebhookRefusal::Shape(ShapeRule::Query);
    assert_eq!(read_signed(&format!("{address}?a=b"), "a=b"), Err(query));
    assert_eq!(
        read_signed(address, "a=b"),
        Err(query),
        "Twilio's own spelling without it"
    );
    assert_eq!(
        read_signed("https://evil.example/webhook/sms/inbound", ""),
        Err(WebhookRefusal::Signature)
    );
    assert_eq!(
        read_signed("https://evil.example/webhook/sms/inbound", "a=b"),
        Err(WebhookRefusal::Signature)
    );
}

#[path = "reading_tests.rs"]
mod one_reading;
