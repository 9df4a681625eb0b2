//! Our answer to a webhook, read by another XML parser than the one that wrote it.

use thunderbird_adapters::twilio::twiml;

use crate::input;

/// Up to four texts, separated by bytes that are no UTF-8.
pub fn check(bytes: &[u8]) {
    let said: Vec<String> = bytes
        .split(|byte| *byte == 0xff)
        .take(4)
        .map(|text| input::text(text).into_owned())
        .collect();
    let xml = twiml::response(&said);
    let document = roxmltree::Document::parse(&xml).expect("well-formed");
    let root = document.root_element();
    assert!(root.has_tag_name("Response") && root.attributes().next().is_none());
    let messages: Vec<_> = root.children().collect();
    assert_eq!(messages.len(), said.len());
    for (message, text) in messages.iter().zip(&said) {
        assert!(message.has_tag_name("Message"));
        assert!(message.children().all(|inside| inside.is_text()), "markup got in");
        let read: String = message.children().filter_map(|inside| inside.text()).collect();
        assert_eq!(read, carried(text));
    }
    assert!(roxmltree::Document::parse(&twiml::response(&[])).is_ok());
}

/// The text without what XML 1.0 cannot carry, its line ends as a parser gives them.
fn carried(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let lost = |letter: &char| {
        (*letter < ' ' && *letter != '\t' && *letter != '\n') || matches!(letter, '\u{fffe}' | '\u{ffff}')
    };
    lines.chars().filter(|letter| !lost(letter)).collect()
}
