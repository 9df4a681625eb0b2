//! What every [`BodySealer`] and every [`Macs`] promises.

use thunderbird_domain::{
    random::Tag,
    secret::{BodySealer, MacPurpose, Macs, Sealed},
};

const TAG: Tag = Tag::from_bytes([7; 16]);
const OTHER_TAG: Tag = Tag::from_bytes([8; 16]);

/// Runs the suite of [`BodySealer`].
pub fn body_sealer(sealer: &dyn BodySealer) {
    for body in ["", "Thunderbird code 123456.", "Kāpiti \u{1f3d4}"] {
        let hidden = sealer.seal(TAG, body);
        assert_eq!(sealer.open(TAG, &hidden).unwrap().expose(), body);
        assert!(
            sealer.open(OTHER_TAG, &hidden).is_none(),
            "a body opened in another row"
        );
        let unknown = Sealed {
            key_id: "nobody's".to_owned(),
            ..hidden.clone()
        };
        assert!(sealer.open(TAG, &unknown).is_none());
        let cut = Sealed {
            bytes: Vec::new(),
            ..hidden
        };
        assert!(sealer.open(TAG, &cut).is_none());
    }
    let hidden = sealer.seal(TAG, "code 123456").bytes;
    assert!(
        !hidden.windows(6).any(|window| window == b"123456"),
        "a dump would show the code"
    );
}

/// Runs the suite of [`Macs`].
pub fn macs(macs: &dyn Macs) {
    let made = macs.mac(MacPurpose::PhoneCode, &[b"+61491570006", b"123456"]);
    assert_eq!(
        macs.mac(MacPurpose::PhoneCode, &[b"+61491570006", b"123456"]),
        made
    );
    assert_eq!(
        macs.mac_with(&made.key_id, MacPurpose::PhoneCode, &[b"+61491570006", b"123456"])
            .as_ref(),
        Some(&made)
    );
    assert_eq!(
        macs.macs(MacPurpose::PhoneCode, &[b"+61491570006", b"123456"])
            .first(),
        Some(&made)
    );
    assert!(
        macs.mac_with("nobody's", MacPurpose::PhoneCode, &[b"x"])
            .is_none()
    );
    for other in [
        macs.mac(MacPurpose::ConfirmWord, &[b"+61491570006", b"123456"]),
        macs.mac(MacPurpose::PhoneCode, &[b"+61491570006123456"]),
        macs.mac(MacPurpose::PhoneCode, &[b"+6149157000", b"6123456"]),
        macs.mac(MacPurpose::PhoneCode, &[b"+61491570006", b"123456", b""]),
    ] {
        assert_ne!(other.bytes, made.bytes, "two meanings share a digest");
    }
}
