//! E-mail addresses as people write them.

use thunderbird_domain::email::{Email, MAX_EMAIL};

use crate::input;

/// An address as typed.
pub fn check(bytes: &[u8]) {
    let typed = input::text(bytes);
    let Ok(email) = Email::parse(&typed) else {
        return;
    };
    let address = email.as_str();
    assert!(address.len() <= MAX_EMAIL);
    assert!(address.is_ascii(), "{address:?}");
    assert_eq!(address, address.to_ascii_lowercase());
    assert!(
        !address
            .bytes()
            .any(|byte| byte.is_ascii_control() || b" ,;:<>()[]\\\"".contains(&byte)),
        "{address:?} could end a header"
    );
    assert_eq!(address.matches('@').count(), 1, "{address:?}");
    assert_eq!(Email::parse(address), Ok(email.clone()), "one spelling");
    let (local, domain) = address.split_once('@').unwrap();
    assert_eq!(email.local_part(), local);
    assert!((1..=64).contains(&local.len()), "{address:?}");
    assert!(domain.contains('.'), "{address:?}");
    for label in domain.split('.') {
        assert!((1..=63).contains(&label.len()), "{address:?}");
        assert!(
            label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
            "{address:?}"
        );
        assert!(!label.starts_with('-') && !label.ends_with('-'), "{address:?}");
    }
    assert_eq!(
        typed.trim().rsplit_once('@').unwrap().0.to_ascii_lowercase(),
        local
    );
    assert!(!format!("{email:?}").contains(domain));
    assert_eq!(email.masked(), format!("{}***@{domain}", &local[..1]));
}
