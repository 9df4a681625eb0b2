//! The promises of [`PageGateway`].

use thunderbird_domain::{
    page::PageKind,
    pager::{PageGateway, PageLetter, Rung},
    random::Tag,
};

use crate::pager::{Bell, Ring};

/// A gateway whose other end can be looked at and told what to do.
pub trait PagerBench {
    /// The adapter under test.
    fn gateway(&self) -> &dyn PageGateway;
    /// What the other end does from now on.
    fn set(&self, bell: Bell);
    /// What has reached the other end.
    fn asked(&self) -> Vec<Ring>;
}

fn letter() -> PageLetter {
    PageLetter {
        tag: Tag::from_bytes([7; 16]),
        kind: Some(PageKind::AlarmOpened),
        title: "A title".to_owned(),
        message: "Some words.".to_owned(),
        link: "https://hike.example.org/admin/watch/7".to_owned(),
    }
}

/// Every promise of the gateway; `fresh` sets up one for each.
pub async fn page_gateway<B: PagerBench>(fresh: impl AsyncFn() -> B) {
    a_page_is_one_post_that_ntfy_and_others_read(&fresh().await).await;
    only_an_answer_of_2xx_is_taken(&fresh().await).await;
}

async fn a_page_is_one_post_that_ntfy_and_others_read(bench: &impl PagerBench) {
    assert_eq!(bench.gateway().ring(&letter()).await.unwrap(), Rung::Taken);
    let asked = bench.asked();
    assert_eq!(asked.len(), 1);
    let Ring { line, headers, body } = &asked[0];
    assert!(line.starts_with("POST /"), "{line}");
    assert_eq!(body["title"], "A title");
    assert_eq!(body["message"], "Some words.");
    assert_eq!(body["priority"], 5);
    assert_eq!(body["tags"], serde_json::json!(["rotating_light"]));
    assert_eq!(body["click"], letter().link);
    assert_eq!(body["kind"], "alarm_opened");
    assert_eq!(body["id"], letter().tag.to_string());
    let header = |wanted: &str| {
        let mut found = headers.iter();
        let (_, value) = found.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).unwrap();
        value.clone()
    };
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(header("x-template"), "yes");
    assert_eq!(header("x-title"), "{{.title}}");
    assert_eq!(header("x-message"), "{{.message}}");
    assert_eq!(header("x-priority"), "5");
}

async fn only_an_answer_of_2xx_is_taken(bench: &impl PagerBench) {
    let misbehaviour = [
        (Bell::Answers(404), Rung::Refused { status: 404 }),
        (Bell::Answers(500), Rung::Refused { status: 500 }),
        (Bell::Redirects, Rung::Refused { status: 307 }),
        (Bell::HangsUp, Rung::Unanswered),
        (Bell::Hangs, Rung::Unanswered),
    ];
    for (count, (bell, expected)) in (1..).zip(misbehaviour) {
        bench.set(bell);
        let rung = bench.gateway().ring(&letter()).await.unwrap();
        assert_eq!(rung, expected, "{bell:?}");
        let asked = bench.asked().len();
        assert_eq!(
            asked, count,
            "{bell:?}: it is neither repeated nor sent elsewhere"
        );
    }
    bench.set(Bell::Takes);
    assert_eq!(bench.gateway().ring(&letter()).await.unwrap(), Rung::Taken);
}
