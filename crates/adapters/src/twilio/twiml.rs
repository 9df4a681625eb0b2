//! TwiML: the answer to a webhook.

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

/// An answer that says nothing.
pub const EMPTY: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>";

/// An answer of these texts, in order; empty for none. Characters that XML 1.0 cannot carry are left out.
pub fn response(texts: &[String]) -> String {
    if texts.is_empty() {
        return EMPTY.to_owned();
    }
    let mut writer = Writer::new(Vec::new());
    match write(&mut writer, texts) {
        Ok(()) => String::from_utf8(writer.into_inner()).unwrap_or_else(|_| EMPTY.to_owned()),
        Err(_) => EMPTY.to_owned(),
    }
}

fn write(writer: &mut Writer<Vec<u8>>, texts: &[String]) -> std::io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.write_event(Event::Start(BytesStart::new("Response")))?;
    for text in texts {
        writer.write_event(Event::Start(BytesStart::new("Message")))?;
        writer.write_event(Event::Text(BytesText::new(&carried(text))))?;
        writer.write_event(Event::End(BytesEnd::new("Message")))?;
    }
    writer.write_event(Event::End(BytesEnd::new("Response")))
}

/// The characters of XML 1.0 (section 2.2), line ends as a parser would make them (section 2.11).
pub(super) fn carried(text: &str) -> String {
    let legal = |letter: &char| matches!(letter, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}');
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(legal)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A reader of our few elements that knows nothing of the writer: takes the text between the tags and resolves
    /// the five entities of XML and numeric references.
    fn texts(xml: &str) -> Vec<String> {
        let body = xml
            .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
            .unwrap();
        let Some(inner) = body.strip_prefix("<Response>") else {
            assert_eq!(body, "<Response/>");
            return Vec::new();
        };
        let mut rest = inner.strip_suffix("</Response>").unwrap();
        let mut texts = Vec::new();
        while !rest.is_empty() {
            let (text, after) = rest
                .strip_prefix("<Message>")
                .unwrap()
                .split_once("</Message>")
                .unwrap();
            assert!(!text.contains('<'), "markup inside a text");
            texts.push(resolved(text));
            rest = after;
        }
        texts
    }

    fn resolved(text: &str) -> String {
        let mut parts = text.split('&');
        let mut resolved = parts.next().unwrap().to_owned();
        for part in parts {
            let (entity, rest) = part.split_once(';').expect("every & begins an entity");
            resolved.push(match entity {
                "lt" => '<',
                "gt" => '>',
                "amp" => '&',
                "quot" => '"',
                "apos" => '\'',
                number => number
                    .strip_prefix('#')
                    .unwrap()
                    .parse::<u32>()
                    .ok()
                    .and_then(char::from_u32)
                    .unwrap(),
            });
            resolved.push_str(rest);
        }
        resolved
    }

    #[test]
    fn texts_are_escaped_and_kept_in_order() {
        assert_eq!(response(&[]), EMPTY);
        let said = ["a < b & \"c\"".to_owned(), "]]> </Message>\nline two".to_owned()];
        assert_eq!(texts(&response(&said)), said);
        assert_eq!(
            texts(&response(&["a\u{0}\u{b}b\u{fffe}\r\nc".to_owned()])),
            ["ab\nc"]
        );
    }

    proptest! {
        #[test]
        fn every_text_is_read_back(said in proptest::collection::vec(any::<String>(), 1..4)) {
            let kept: Vec<String> = said.iter().map(|text| carried(text)).collect();
            prop_assert_eq!(texts(&response(&said)), kept);
        }
    }
}
