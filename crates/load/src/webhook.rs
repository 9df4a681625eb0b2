//! Texts as Twilio delivers them, signed before anything is measured.

use thunderbird_testkit::fake_twilio::{ACCOUNT_SID, signature};

use crate::{
    client::requests::{Requests, post_form},
    random::Numbers,
};

/// The path that texts are posted to.
const PATH: &str = "/webhook/sms/inbound";

/// Whose texts they are and what they are signed with.
#[derive(Debug, Clone)]
pub struct Line {
    /// The address as Twilio knows it, without a path.
    pub base_url: String,
    /// The account's auth token.
    pub auth_token: String,
    /// The number that is texted.
    pub our_number: String,
}

impl Line {
    /// So many texts that say HELP, each with a sid of its own and from a sender of its own: a mobile number that
    /// nobody has registered, spread evenly between those that are.
    pub fn helps(&self, count: usize, numbers: &mut Numbers) -> Requests {
        let start = numbers.next();
        // 9,000,000 senders; the step has no divisor in common with that, so none comes twice before all have come.
        let senders =
            (0..count as u64).map(|place| stranger((start % 9_000_000 + place * 5_555_557) % 9_000_000));
        let requests: Vec<Vec<u8>> = senders
            .map(|sender| self.text(&sender, "HELP", numbers))
            .collect();
        Requests::once(requests)
    }

    /// One text that says HELP, from a number that is not registered.
    pub fn help(&self, numbers: &mut Numbers) -> Vec<u8> {
        let place = numbers.next() % 9_000_000;
        self.text(&stranger(place), "HELP", numbers)
    }

    /// One text, signed.
    pub fn text(&self, from: &str, body: &str, numbers: &mut Numbers) -> Vec<u8> {
        let sid = format!("SM{:016x}{:016x}", numbers.next(), numbers.next());
        let form = [
            ("ToCountry", "AU"),
            ("ToState", ""),
            ("SmsMessageSid", &sid),
            ("NumMedia", "0"),
            ("ToCity", ""),
            ("FromZip", ""),
            ("SmsSid", &sid),
            ("FromState", ""),
            ("SmsStatus", "received"),
            ("FromCity", ""),
            ("Body", body),
            ("FromCountry", "AU"),
            ("To", &self.our_number),
            ("ToZip", ""),
            ("NumSegments", "1"),
            ("MessageSid", &sid),
            ("AccountSid", ACCOUNT_SID),
            ("From", from),
            ("ApiVersion", "2010-04-01"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let signature = signature(&self.auth_token, &format!("{}{PATH}", self.base_url), &form);
        post_form(PATH, &format!("X-Twilio-Signature: {signature}\r\n"), &form)
    }
}

/// A number that is not registered: those that are end in 0.
fn stranger(place: u64) -> String {
    format!("+6140{:06}{}", place / 9, place % 9 + 1)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn field(request: &[u8], name: &str) -> String {
        let text = String::from_utf8(request.to_vec()).unwrap();
        let (_, body) = text.split_once("\r\n\r\n").unwrap();
        let found = form_urlencoded::parse(body.as_bytes()).find(|(known, _)| known == name);
        found.unwrap().1.into_owned()
    }

    #[test]
    fn no_sid_and_no_sender_comes_twice_and_none_is_registered() {
        let line = Line {
            base_url: "http://127.0.0.1:8080".to_owned(),
            auth_token: "secret".to_owned(),
            our_number: "+61491570156".to_owned(),
        };
        let mut requests = line.helps(5_000, &mut Numbers::from(3));
        let (mut sids, mut senders) = (HashSet::new(), HashSet::new());
        while let Some(request) = requests.next() {
            assert!(sids.insert(field(request, "MessageSid")));
            let sender = field(request, "From");
            assert!(
                sender.starts_with("+6140") && sender.len() == 12 && !sender.ends_with('0'),
                "{sender}"
            );
            assert!(senders.insert(sender));
        }
        assert_eq!((sids.len(), senders.len()), (5_000, 5_000));
    }
}
