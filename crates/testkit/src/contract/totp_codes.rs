//! What an authenticator's judge promises.

use thunderbird_domain::{admin::TotpCodes, time::Timestamp};

/// The secret of RFC 6238, appendix B, for SHA-1.
const SECRET: &[u8] = b"12345678901234567890";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

/// Every promise of [`TotpCodes`].
pub fn totp_codes(codes: &dyn TotpCodes) {
    accepts_the_codes_of_the_rfc_within_one_step(codes);
    refuses_what_is_not_six_digits(codes);
    names_the_administrator_and_the_secret(codes);
}

/// RFC 6238, appendix B: the last six digits of the SHA-1 rows.
fn accepts_the_codes_of_the_rfc_within_one_step(codes: &dyn TotpCodes) {
    for (seconds, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_234_567_890, "005924"),
    ] {
        let step = Some(seconds / 30);
        for offset in [-30, 0, 30] {
            assert_eq!(
                codes.step_of(SECRET, code, at(seconds + offset)),
                step,
                "{code} {offset}"
            );
        }
        for offset in [-90, 90] {
            assert_eq!(
                codes.step_of(SECRET, code, at(seconds + offset)),
                None,
                "{code} {offset}"
            );
        }
        assert_eq!(codes.step_of(b"another secret, 20 b", code, at(seconds)), None);
    }
}

fn refuses_what_is_not_six_digits(codes: &dyn TotpCodes) {
    for code in ["", "28708", "2870821", "28708a", "２８７０８２"] {
        assert_eq!(codes.step_of(SECRET, code, at(59)), None, "{code}");
    }
}

fn names_the_administrator_and_the_secret(codes: &dyn TotpCodes) {
    let uri = codes.provisioning_uri(SECRET, "ada").unwrap();
    assert!(uri.expose().starts_with("otpauth://totp/"));
    assert!(uri.expose().contains("ada"));
    assert!(uri.expose().contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
}
