//! Whether contacts are called who do not answer an alert.

use super::reader::Reader;

/// Reads the switch.
pub fn read(reader: &mut Reader) -> Option<bool> {
    reader.read("THUNDERBIRD_VOICE", |text| match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("must be on or off".into()),
    })
}
