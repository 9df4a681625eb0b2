//! Texts that are not answered: opt-outs and limits.

use thunderbird_testkit::{fake_twilio::FakeTwilio, service::Service};

use crate::{DAD, MUM, SAM, joined, register, said, service};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn start_says_that_it_lifts_an_opt_out() {
    let (service, _twilio) = service().await;
    service.text(MUM, "STOP").await;
    let back = said(&service, MUM, "START").await;
    assert!(
        back.contains("get texts from Thunderbird again") && back.contains("If you are no hiker yourself"),
        "a contact who wants texts again is no hiker: {back}"
    );
    let again = said(&service, MUM, "START").await;
    assert!(!again.contains("again"), "{again}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_opted_out_a_check_in_counts_and_conversations_do_not() {
    let (service, _twilio) = service().await;
    register(&service, SAM).await;
    service.text(SAM, "STOP").await;
    assert_eq!(said(&service, SAM, "CHECKIN RONNY").await, "");
    service.text(SAM, "UNSTOP").await;
    let status = said(&service, SAM, "STATUS").await;
    assert!(status.contains("Last check-in: RONNY Ronny Creek"), "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_twilio_s_own_opt_out_handling_our_answers_are_empty() {
    let twilio = FakeTwilio::start().await;
    let service = Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
        .twilio(&twilio)
        .start()
        .await;
    register(&service, SAM).await;
    let url = service.inbound_url();
    let with = |body: &str, verdict: &str| {
        service
            .webhook(SAM, body)
            .with("OptOutType", verdict)
            .signed(&url)
    };
    assert_eq!(joined(&service.text(SAM, "STOP").await), "");
    let start = service.deliver(&with("START", "START")).await;
    assert!(
        joined(&start).contains("registered as Sam"),
        "the text START is ours to answer: {}",
        start.body
    );
    assert_eq!(joined(&service.deliver(&with("HELP", "HELP")).await), "");
    assert_eq!(joined(&service.deliver(&with("ARRET", "STOP")).await), "");
    assert_eq!(
        said(&service, SAM, "STATUS").await,
        "",
        "Twilio's own word for STOP opts out"
    );
    assert_eq!(joined(&service.deliver(&with("BEGIN", "START")).await), "");
    assert!(said(&service, SAM, "STATUS").await.contains("Sam"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_has_ten_answers_an_hour_and_is_told_once() {
    let (service, _twilio) = service().await;
    for _ in 0..10 {
        assert!(!said(&service, DAD, "STATUS").await.is_empty());
    }
    let told = said(&service, DAD, "STATUS").await;
    assert!(told.contains("try again in"), "{told}");
    assert_eq!(said(&service, DAD, "STATUS").await, "");
    assert!(
        said(&service, DAD, "HELP").await.contains("Emergency"),
        "HELP is exempt"
    );
    assert!(
        said(&service, DAD, "START").await.contains("trail name"),
        "START is exempt"
    );
    assert!(
        !said(&service, SAM, "STATUS").await.is_empty(),
        "limits are per sender"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_that_repeats_itself_is_left_alone() {
    let (service, _twilio) = service().await;
    register(&service, SAM).await;
    let mut answered = 0;
    for _ in 0..35 {
        answered += usize::from(!said(&service, SAM, "SAFELIST").await.is_empty());
    }
    assert_eq!(answered, 30);
    assert!(
        !said(&service, SAM, "STATUS").await.is_empty(),
        "another text is answered"
    );
}
