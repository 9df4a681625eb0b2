//! What every webhook and every authenticated request costs before a use case runs.
#![expect(clippy::unwrap_used, reason = "a bench that cannot be set up fails")]

use std::{hint::black_box, sync::Arc, time::Duration};

use criterion::{Criterion, criterion_group, criterion_main};
use thunderbird_adapters::{
    crypto::{keys::Keys, live_ring::LiveRing, paseto::PasetoSealer},
    twilio::{
        signature::{AuthToken, SignatureCheck, parameters},
        webhook::InboundWebhook,
    },
};
use thunderbird_domain::{
    account::AccountId,
    id::SessionId,
    phone_number::PhoneNumber,
    random::Tag,
    secret::Secret,
    time::Clock as _,
    token::{claims::AccessClaims, sealer::TokenSealer as _},
};
use thunderbird_testkit::{clock::StoppedClock, entropy::SeededEntropy, fake_twilio};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const ORIGIN: &str = "https://sms.example.org";
const PATH: &str = "/webhook/sms/inbound";
const BODY: &str = "AccountSid=AC00000000000000000000000000000001&ApiVersion=2010-04-01&Body=CHECKIN+PELIO\
    &From=%2B61491570006&FromCity=TOOWOOMBA&FromCountry=AU&FromState=&FromZip=4350\
    &MessageSid=SM0123456789abcdef0123456789abcdef&NumMedia=0&NumSegments=1\
    &SmsMessageSid=SM0123456789abcdef0123456789abcdef&SmsSid=SM0123456789abcdef0123456789abcdef\
    &SmsStatus=received&To=%2B61491579455&ToCity=Tomerong&ToCountry=AU&ToState=&ToZip=";

fn webhook(criterion: &mut Criterion) {
    let token = AuthToken::new(Secret::new(TOKEN.to_owned()));
    let check = SignatureCheck::new(ORIGIN, Arc::new(vec![token])).unwrap();
    let form = parameters(BODY.as_bytes());
    let signature = fake_twilio::signature(TOKEN, &format!("{ORIGIN}{PATH}"), &form);
    let inbound = InboundWebhook {
        signature: Some(check.clone()),
        account_sid: "AC00000000000000000000000000000001".to_owned(),
        numbers: vec![PhoneNumber::from_e164("+61491579455").unwrap()],
    };
    assert!(
        inbound
            .read((PATH, ""), Some(&signature), BODY.as_bytes())
            .is_ok()
    );
    let mut group = criterion.benchmark_group("webhook");
    group.bench_function("decode the form", |bencher| {
        bencher.iter(|| parameters(black_box(BODY.as_bytes())));
    });
    group.bench_function("verify the signature", |bencher| {
        bencher.iter(|| check.verify(PATH, black_box(&form), &signature));
    });
    group.bench_function("form, signature and shape", |bencher| {
        bencher.iter(|| inbound.read((PATH, ""), Some(&signature), black_box(BODY.as_bytes())));
    });
    group.finish();
}

fn access_token(criterion: &mut Criterion) {
    let clock = StoppedClock::default();
    let now = clock.now();
    let keys = Keys::draw(&SeededEntropy::default(), now);
    let sealer = PasetoSealer::new(Arc::new(LiveRing::fixed(keys, Arc::new(clock))));
    let session = (SessionId::from_stored(3), 4);
    let claims = AccessClaims::issue(
        AccountId::from_stored(2),
        session,
        Tag::from_bytes([5; 16]),
        now,
        Duration::from_mins(30),
    );
    let token = sealer.seal(&claims);
    let forged = format!("{}A", token.split_at(token.len() - 1).0);
    let mut group = criterion.benchmark_group("access token");
    group.bench_function("seal", |bencher| bencher.iter(|| sealer.seal(black_box(&claims))));
    group.bench_function("open", |bencher| {
        bencher.iter(|| sealer.open(black_box(&token), now));
    });
    group.bench_function("refuse", |bencher| {
        bencher.iter(|| sealer.open(black_box(&forged), now));
    });
    group.finish();
}

criterion_group!(edge, webhook, access_token);
criterion_main!(edge);
