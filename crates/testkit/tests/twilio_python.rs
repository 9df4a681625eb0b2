//! The fake Twilio, judged by Twilio's own Python client.

use std::process::{Command, Stdio};

use serde_json::json;
use thunderbird_testkit::fake_twilio::{ACCOUNT_SID, AUTH_TOKEN, FakeTwilio, Fault, OUR_NUMBER, signature};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Twilio's Python client: cargo xtask twilio-client"]
async fn twilios_own_client_agrees_with_the_fake() {
    #[expect(
        clippy::disallowed_methods,
        reason = "the task that runs this says which Python has the client"
    )]
    let python = std::env::var("THUNDERBIRD_PYTHON").unwrap_or("python3".to_owned());
    let twilio = FakeTwilio::start().await;
    twilio.script_for("+61491570101", [Fault::Refused(21_211)]);
    twilio.script_for("+61491570102", [Fault::Refused(21_610)]);
    twilio.script_for("+61491570103", [Fault::TooMany(Some("1"))]);
    twilio.script_for("+61491570104", [Fault::Status(500)]);
    let url = "https://thunderbird.example/webhook/sms/status";
    let form = [
        ("MessageSid", "SM1"),
        ("MessageStatus", "delivered"),
        ("To", "+61491570006"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let callback = json!({ "url": url, "form": form, "signature": signature(AUTH_TOKEN, url, &form) });
    let mut command = Command::new(python);
    command
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/twilio_client.py"))
        .args([
            &twilio.base_url(),
            ACCOUNT_SID,
            AUTH_TOKEN,
            OUR_NUMBER,
            &callback.to_string(),
        ])
        .stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(String::from_utf8_lossy(&output.stdout), "agreed\n");
    let sent = twilio.received();
    let names: Vec<&str> = sent[0].parameters.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names.len(),
        5,
        "the client sends the parameters that ours sends: {names:?}"
    );
}
