//! What Twilio is to say on the phone, as TwiML (<https://www.twilio.com/docs/voice/twiml>).

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};
use thunderbird_domain::voice::Spoken;

use super::twiml::{EMPTY, carried};

/// How many seconds a key is waited for after the last word.
const PATIENCE: &str = "8";

/// The voice's accent.
const LANGUAGE: &str = "en-GB";

type Xml = Writer<Vec<u8>>;

/// The answer that makes Twilio say this.
pub fn response(spoken: &Spoken) -> String {
    let mut xml = Writer::new(Vec::new());
    match write(&mut xml, spoken) {
        Ok(()) => String::from_utf8(xml.into_inner()).unwrap_or_else(|_| EMPTY.to_owned()),
        Err(_) => EMPTY.to_owned(),
    }
}

fn write(xml: &mut Xml, spoken: &Spoken) -> std::io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.write_event(Event::Start(BytesStart::new("Response")))?;
    match spoken {
        Spoken::Asking { words, farewell } => {
            // Without an action the key is posted to the address that this is the answer of.
            let gather =
                BytesStart::new("Gather").with_attributes([("numDigits", "1"), ("timeout", PATIENCE)]);
            xml.write_event(Event::Start(gather))?;
            say(xml, words)?;
            let pause = BytesStart::new("Pause").with_attributes([("length", "1")]);
            xml.write_event(Event::Empty(pause))?;
            say(xml, words)?;
            xml.write_event(Event::End(BytesEnd::new("Gather")))?;
            say(xml, farewell)?;
        }
        Spoken::Once(words) => say(xml, words)?,
    }
    xml.write_event(Event::End(BytesEnd::new("Response")))
}

fn say(xml: &mut Xml, words: &str) -> std::io::Result<()> {
    let say = BytesStart::new("Say").with_attributes([("language", LANGUAGE)]);
    xml.write_event(Event::Start(say))?;
    xml.write_event(Event::Text(BytesText::new(&carried(words))))?;
    xml.write_event(Event::End(BytesEnd::new("Say")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_are_said_twice_while_a_key_is_waited_for() {
        let asking = Spoken::Asking {
            words: "Sam & Jo <are> overdue.\u{7}".to_owned(),
            farewell: "Goodbye.".to_owned(),
        };
        let say = r#"<Say language="en-GB">Sam &amp; Jo &lt;are&gt; overdue.</Say>"#;
        assert_eq!(
            response(&asking),
            format!(
                r#"<?xml version="1.0" encoding="UTF-8"?><Response><Gather numDigits="1" timeout="8">{say}<Pause length="1"/>{say}</Gather><Say language="en-GB">Goodbye.</Say></Response>"#
            )
        );
        assert_eq!(
            response(&Spoken::Once("Over.".to_owned())),
            r#"<?xml version="1.0" encoding="UTF-8"?><Response><Say language="en-GB">Over.</Say></Response>"#
        );
    }
}
