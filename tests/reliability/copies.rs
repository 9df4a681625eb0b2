//! A MessageSid acts once, however many copies come at once, and again after a restart.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use thunderbird_testkit::{fake_smtp::FakeSmtp, fake_twilio::FakeTwilio, service::Service};

use super::{
    effort::{self, figure},
    kills,
    ledger::{HeardText, Ledger, Meaning},
    oracle::Oracle,
};

/// Copies of one text that are under way at the same time.
const COPIES: usize = 64;

/// Delivers every text 64 times at once; the answers to a text are the same, to the byte.
async fn deliver_copies(service: &Service, texts: &[HeardText]) -> Vec<HeardText> {
    let line = service.line();
    let mut heard = Vec::new();
    for text in texts {
        let copy = ["MessageSid", "SmsMessageSid", "SmsSid"]
            .into_iter()
            .fold(line.webhook(&text.from, &text.body), |copy, name| {
                copy.with(name, &text.sid)
            })
            .signed(line.url());
        let answers = join_all((0..COPIES).map(|_| line.deliver(&copy))).await;
        let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
        assert!(answers.iter().all(|answer| answer.status == 200));
        let distinct: BTreeSet<&str> = answers.iter().map(|answer| answer.body.as_str()).collect();
        assert_eq!(distinct.len(), 1, "{distinct:?}");
        heard.push(HeardText {
            answer: answers[0].clone(),
            ..text.clone()
        });
    }
    heard
}

/// Hikers with a contact each, and the check-in that each is about to text.
async fn about_to_check_in(service: &Service, count: usize) -> Vec<HeardText> {
    let line = service.line();
    let hikers = (0..count).map(async |number| {
        let (from, contact) = (format!("+6141{number:07}"), format!("+6142{number:07}"));
        let mut answer = None;
        for body in ["START", "Sam", "1", &format!("SAFE {contact} Mum")] {
            answer = Some(line.deliver(&line.webhook(&from, body)).await.unwrap());
        }
        let answer = answer.unwrap();
        assert!(answer.body.contains("of at most 10"), "{}", answer.body);
        HeardText {
            sid: line.webhook(&from, "").sid().to_owned(),
            from,
            body: "CHECKIN PELIO".to_owned(),
            answer,
            meaning: Meaning::CheckIn {
                camp: "PELIO",
                told: vec![contact],
            },
        }
    });
    join_all(hikers).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_copies_act_once_also_after_a_restart() {
    let (twilio, smtp) = (FakeTwilio::start().await, FakeSmtp::start().await);
    let mut service = kills::service(&twilio, &smtp).await;
    let sids = effort::of(6, 200);
    let texts = about_to_check_in(&service, sids).await;
    let first = deliver_copies(&service, &texts).await;
    service.kill();
    service.start_again().await;
    let again = deliver_copies(&service, &texts).await;
    for (first, again) in first.iter().zip(&again) {
        assert_eq!(first.answer, again.answer);
    }
    let ledger = Ledger {
        texts: first,
        ..Ledger::default()
    };
    let mut oracle = Oracle::of(&service.database());
    assert_eq!(oracle.lost(&ledger), Vec::<String>::new());
    let arrivals = "SELECT count(*) AS number FROM messages WHERE direction = 'in' AND body = ?";
    assert_eq!(
        oracle.count(arrivals, "CHECKIN PELIO"),
        i64::try_from(sids).unwrap()
    );
    figure(&format!(
        "{COPIES} copies at once x {sids} sids, and again after a kill: one effect and one answer each, 0 more"
    ));
}
