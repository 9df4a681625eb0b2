//! Accounts that were adopted, and how their owners sign in.

use serde_json::Value;
use thunderbird_testkit::legacy::{
    PASSWORD_DECOMPOSED, PASSWORD_PLATYPUS, PASSWORD_WOMBAT, PHC_DECOMPOSED, Shape,
};

use crate::{code, gentle, hostile, legacy, said};

#[tokio::test]
async fn adopted_accounts_sign_in_with_their_old_passwords() {
    let more = format!(
        "INSERT INTO accounts (id, email, password_hash, phone, created_at, updated_at) VALUES
         (7, 'ruby@example.org', '{PHC_DECOMPOSED}', NULL, '2026-01-10T01:35:25', '2026-01-10T01:35:25'),
         (8, 'ADA@example.org', '{PHC_DECOMPOSED}', NULL, '2026-01-10T01:35:25', '2026-01-10T01:35:25'),
         (9, 'bob@example.org', '$2b$12$abcdefghijklmnopqrstuuRXUZ5yqKs0TkYwzTJnIQ8hJwDpjqTeW', NULL,
             '2026-01-10T01:35:25', '2026-01-10T01:35:25');"
    );
    let builder = legacy(&(gentle(Shape::G3) + &more));
    assert_eq!(code(&builder.run(&["adopt", "thunderbird.db"])), 0);
    let service = builder.start().await;
    for (email, password, id) in [
        ("ada@example.org", PASSWORD_WOMBAT, 1),
        ("Grace@Example.org", PASSWORD_PLATYPUS, 2),
        ("ruby@example.org", PASSWORD_DECOMPOSED, 7),
    ] {
        // Twice: the second time the hash may have been renewed.
        for _ in 0..2 {
            let (status, tokens) = service.web_login(email, password).await.pair();
            assert_eq!(status, 200, "{email}: {tokens}");
            let access = tokens["access_token"].as_str();
            let me = service.web("GET", "/auth/me", access, None).await;
            assert_eq!(me.status, 200);
            assert_eq!(me.body["id"], id);
            assert_eq!(me.body["phone"], Value::Null, "a claim is not a link");
        }
    }
    for (email, password) in [
        ("ada@example.org", PASSWORD_PLATYPUS),
        ("ada@example.org", PASSWORD_DECOMPOSED),
        ("bob@example.org", "whatever it was"),
    ] {
        assert_eq!(service.web_login(email, password).await.status, 401, "{email}");
    }
}

#[tokio::test]
async fn an_account_whose_address_was_taken_signs_in_once_an_operator_gives_it_another() {
    let builder = legacy(&hostile(Shape::G3));
    assert_eq!(code(&builder.run(&["adopt", "thunderbird.db"])), 0);
    let service = builder.start().await;
    let give = |id: &str, address: &str| service.run(&["account", "readdress", id, address]);
    for (id, address, reason) in [
        ("1", "new@example.org", "was carried over"),
        ("99", "new@example.org", "no account 99"),
        (
            "2",
            "ADA@example.org",
            "Another account has the address ada@example.org",
        ),
        ("2", "nobody", "address"),
    ] {
        let refused = give(id, address);
        assert_eq!(code(&refused), 1, "{id} {address}: {}", said(&refused));
        assert!(said(&refused).contains(reason), "{reason}: {}", said(&refused));
    }
    let done = give("2", "New-Address@example.org");
    assert_eq!(code(&done), 0, "{}", said(&done));
    assert!(
        said(&done).contains("account 2 signs in as new-address@example.org"),
        "{}",
        said(&done)
    );
    assert_eq!(code(&give("2", "third@example.org")), 1, "once only");
    let verified = service.run(&["audit", "verify"]);
    assert_eq!(code(&verified), 0, "{}", said(&verified));
    let (status, tokens) = service
        .web_login("new-address@example.org", PASSWORD_PLATYPUS)
        .await
        .pair();
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(
        service
            .web_login("ada@example.org", PASSWORD_PLATYPUS)
            .await
            .status,
        401
    );
    assert_eq!(
        service.web_login("ada@example.org", PASSWORD_WOMBAT).await.status,
        200
    );
}
