//! Every way to cut a signed string anew.

use super::*;

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

const NAMES: [&str; 38] = [
    "ABody",
    "AccountSid",
    "ApiVersion",
    "Body",
    "CHECKIN",
    "Don",
    "From",
    "FromA",
    "FromBank",
    "FromBankFromCi",
    "FromCity",
    "FromCityF",
    "FromCityT",
    "FromCountry",
    "FromRegion",
    "FromState",
    "FromT",
    "FromZip",
    "GFromBankFromCityTOOWOOMBAFromCountryAUFromStateFromZip4350",
    "Ga",
    "MessageSid",
    "NumMedia",
    "NumMedia1",
    "NumSegments",
    "OptOut",
    "OptOutType",
    "OptOutTypeSTOP",
    "OriginalRepliedMessageSid",
    "ReferralNumMedia",
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
