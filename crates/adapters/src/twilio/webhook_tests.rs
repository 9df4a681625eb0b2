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
            "AddOns",
            r#"{"status":"successful","message":null,"code":null,"results":{"From":"x"}}"#,
        ),
    ] {
        let read = read(&with(genuine(HIKER, "CHECKIN PELIO"), name, value));
        assert_eq!(read.unwrap().from.as_str(), HIKER, "{name}={value}");
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
    ] {
        assert_eq!(read(&form).unwrap_err(), rule, "{form:?}");
    }
}

/// The three forgeries that Twilio's own validator accepts: the attacker texts the body, captures the signature, and
/// cuts the same string anew so that the text comes from the victim.
#[test]
fn a_signature_cannot_be_cut_into_another_sender() {
    let victim = "+61491570110";
    let swallow = |body: &str, key: &str, after: &str| {
        let texted = genuine(HIKER, &format!("{body}From{victim}{key}"));
        let swallowed = format!("From{HIKER}{after}");
        (texted, swallowed)
    };
    let (texted, swallowed) = swallow("CHECKIN PELIO", "FromCity", "FromCityTOOWOOMBA");
    let forged = with(
        with(
            with(genuine(victim, "CHECKIN PELIO"), "FromCity", &swallowed),
            "x",
            "",
        ),
        "Body",
        "CHECKIN PELIO",
    );
    let forged: Parameters = forged.into_iter().filter(|(name, _)| name != "x").collect();
    assert_eq!(
        signed_string(&texted),
        signed_string(&forged),
        "set A is a real forgery"
    );
    assert_eq!(read(&forged), Err(ShapeRule::Ambiguous));

    let (texted, swallowed) = swallow(
        "CHECKIN PELIO",
        "Ga",
        "FromCityTOOWOOMBAFromCountryAUFromStateFromZip4350",
    );
    let mut forged = with(genuine(victim, "CHECKIN PELIO"), "Ga", &swallowed);
    forged.retain(|(name, _)| !name.starts_with("From") || name == "From");
    assert_eq!(
        signed_string(&texted),
        signed_string(&forged),
        "set B is a real forgery"
    );
    assert_eq!(read(&forged), Err(ShapeRule::Ambiguous));

    let tail = |sid: &str, to: &str| format!("MessageSid{sid}NumMedia0SmsMessageSid{sid}SmsSid{sid}To{to}");
    let texted = genuine(
        HIKER,
        &format!("CHECKIN PELIOFrom{victim}{}Zz", tail(OTHER_SID, OURS)),
    );
    let rest = signed_string(&texted);
    let swallowed = rest.split_once("Zz").unwrap().1.to_owned();
    let forged: Parameters = [
        ("AccountSid", ACCOUNT),
        ("ApiVersion", "2010-04-01"),
        ("Body", "CHECKIN PELIO"),
        ("From", victim),
        ("MessageSid", OTHER_SID),
        ("NumMedia", "0"),
        ("SmsMessageSid", OTHER_SID),
        ("SmsSid", OTHER_SID),
        ("To", OURS),
        ("Zz", &swallowed),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    assert_eq!(signed_string(&texted), rest);
    assert_eq!(signed_string(&forged), rest, "set C is a real forgery");
    assert_eq!(read(&forged), Err(ShapeRule::Ambiguous));
}

/// The same by somebody who can text from an alphanumeric name: the swallowed `From` is followed by letters.
#[test]
fn a_text_from_a_name_cannot_be_cut_into_a_text_from_a_number() {
    let victim = "+61491570110";
    for swallower in ["FromA", "FromZip", "Ga"] {
        let mut texted = genuine("Telstra", &format!("CHECKIN PELIOFrom{victim}{swallower}e"));
        let mut forged = with(genuine(victim, "CHECKIN PELIO"), swallower, "eFromTelstra");
        if swallower != "FromA" {
            for form in [&mut texted, &mut forged] {
                form.retain(|(name, _)| {
                    !name.starts_with("From") || ["From", swallower].contains(&name.as_str())
                });
            }
            texted.retain(|(name, _)| name != swallower);
        }
        assert_eq!(
            signed_string(&texted),
            signed_string(&forged),
            "{swallower} is a real forgery"
        );
        assert_eq!(read(&forged), Err(ShapeRule::Ambiguous), "{swallower}");
    }
    let mut placeless = with(genuine(HIKER, "x"), "FromCity", "Frome");
    placeless.retain(|(name, _)| name != "FromZip");
    assert_eq!(
        read(&placeless),
        Err(ShapeRule::Ambiguous),
        "Twilio tells of a sender's place in four parameters, or not at all"
    );
}

/// The same string cut anew, behind the body, by somebody who texts from a name: the name, what the body ends with, and
/// the parameters that the string then reads as.
const CUTS: [(&str, &str, Cut); 6] = [
    (
        "Telstra",
        "",
        &[
            ("FromTelstraFromCityTOOWOOMBAFromCountryAUFromState", ""),
            ("FromZip", "4350"),
        ],
    ),
    ("Bank", "", &[("FromBank", ""), CITY, COUNTRY, STATE, ZIP]),
    (
        "Bank",
        "",
        &[("FromBankFromCi", "tyTOOWOOMBA"), COUNTRY, STATE, ZIP],
    ),
    (
        "12345",
        "",
        &[("From12345FromCity", "TOOWOOMBA"), COUNTRY, STATE, ZIP],
    ),
    (
        "Bank",
        "G",
        &[("GFromBankFromCityTOOWOOMBAFromCountryAUFromStateFromZip4350", "")],
    ),
    (
        "Bank",
        "FromCitye",
        &[
            ("FromCity", "eFromBank"),
            ("FromCityT", "OOWOOMBA"),
            COUNTRY,
            STATE,
            ZIP,
        ],
    ),
];
/// Parameters, in order.
type Cut = &'static [(&'static str, &'static str)];

const CITY: (&str, &str) = ("FromCity", "TOOWOOMBA");
const COUNTRY: (&str, &str) = ("FromCountry", "AU");
const STATE: (&str, &str) = ("FromState", "");
const ZIP: (&str, &str) = ("FromZip", "4350");

/// A parameter's name can swallow as well as its value: 64 letters and digits hold much of what Twilio signs.
#[test]
fn no_name_swallows_what_twilio_wrote() {
    let victim = "+61491570110";
    for (name, head, cut) in CUTS {
        let texted = genuine(name, &format!("CHECKIN PELIOFrom{victim}{head}"));
        let mut forged = genuine(victim, "CHECKIN PELIO");
        forged.retain(|(known, _)| !known.starts_with("From") || known == "From");
        forged.extend(
            cut.iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        assert_eq!(signed_string(&texted), signed_string(&forged), "{cut:?} is real");
        assert_eq!(read(&forged), Err(ShapeRule::Ambiguous), "{cut:?}");
    }
    let texted = genuine("FromTelstra", "CHECKIN PELIO");
    assert_eq!(
        read(&texted),
        Err(ShapeRule::Ambiguous),
        "or \"CHECKIN PELIOFrom\" from Telstra"
    );
}

/// Every way to cut `signed` into parameters of these names, in sorted order, that is accepted.
fn accepted_readings(signed: &str, names: &[&str]) -> Vec<InboundMessage> {
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    let mut found = Vec::new();
    cut(signed, &sorted, &mut Vec::new(), &mut found);
    found
}

fn cut(rest: &str, names: &[&str], taken: &mut Parameters, found: &mut Vec<InboundMessage>) {
    for (place, name) in names.iter().enumerate() {
        let Some(value_on) = rest.strip_prefix(name) else {
            continue;
        };
        let later = &names[place + 1..];
        let ends = (0..value_on.len()).filter(|end| {
            value_on.is_char_boundary(*end) && later.iter().any(|next| value_on[*end..].starts_with(next))
        });
        for end in ends.chain([value_on.len()]).collect::<Vec<_>>() {
            taken.push(((*name).to_owned(), value_on[..end].to_owned()));
            if end == value_on.len() {
                found.extend(read(taken));
            } else if plausible(taken) {
                cut(&value_on[end..], later, taken, found);
            }
            taken.pop();
        }
    }
}

/// Whether what is taken so far could still be accepted; keeps the search small.
fn plausible(taken: &Parameters) -> bool {
    let (name, value) = taken.last().unwrap();
    match name.as_str() {
        "AccountSid" | "MessageSid" | "SmsSid" | "SmsMessageSid" => is_sid(value),
        "From" => sender(value).is_some(),
        "To" => value == OURS,
        "NumMedia" => is_count(value),
        "Body" => true,
        name => !reading::swallows(name, value),
    }
}

const NAMES: [&str; 28] = [
    "AccountSid",
    "ApiVersion",
    "Body",
    "From",
    "FromA",
    "FromBank",
    "FromBankFromCi",
    "FromCity",
    "FromCityF",
    "FromCityT",
    "FromCountry",
    "FromState",
    "FromZip",
    "GFromBankFromCityTOOWOOMBAFromCountryAUFromStateFromZip4350",
    "Ga",
    "MessageSid",
    "NumMedia",
    "NumSegments",
    "OptOutType",
    "SmsMessageSid",
    "SmsSid",
    "SmsStatus",
    "To",
    "ToCity",
    "ToCountry",
    "ToState",
    "ToZip",
    "Zz",
];

fn fragment() -> impl Strategy<Value = String> {
    let names = proptest::sample::select(NAMES.to_vec()).prop_map(str::to_owned);
    let values = proptest::sample::select(vec![
        HIKER,
        "+61491570110",
        OURS,
        OTHER_SID,
        SID,
        ACCOUNT,
        "0",
        "1",
        "STOP",
        "AU",
        "CHECKIN PELIO",
        "Telstra",
        "2010-04-01",
        "Body",
        "",
    ])
    .prop_map(str::to_owned);
    prop_oneof![names, values, "[a-zA-Z ]{0,6}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn every_signed_string_has_one_reading(
        fragments in proptest::collection::vec(fragment(), 0..12),
        from in proptest::sample::select(vec![HIKER, "Telstra", "Bank", "e", "12345"]),
        city in proptest::sample::select(vec!["TOOWOOMBA", "Frome", "Fromelles", ""]),
    ) {
        let texted = with(genuine(from, &fragments.concat()), "FromCity", city);
        let message = read(&texted).unwrap();
        for reading in accepted_readings(&signed_string(&texted), &NAMES) {
            prop_assert_eq!(&reading.body, &message.body);
            prop_assert_eq!(reading, message.clone());
        }
    }

    #[test]
    fn reading_any_form_is_total(form in proptest::collection::vec(("\\PC{0,12}", "\\PC{0,40}"), 0..12)) {
        let _ = read(&form);
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
