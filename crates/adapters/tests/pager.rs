//! The operator's address for pages.

use thunderbird_adapters::pager::HttpPager;
use thunderbird_domain::{
    pager::{PageGateway, PageLetter, Rung},
    random::Tag,
    secret::Secret,
};
use thunderbird_testkit::{
    contract::{self, PagerBench},
    pager::{Bell, FakePager, Ring},
};

/// The real client in front of a receiver that can misbehave.
struct Http {
    receiver: FakePager,
    client: HttpPager,
}

impl PagerBench for Http {
    fn gateway(&self) -> &dyn PageGateway {
        &self.client
    }

    fn set(&self, bell: Bell) {
        self.receiver.set(bell);
    }

    fn asked(&self) -> Vec<Ring> {
        self.receiver.asked()
    }
}

#[tokio::test]
async fn http_keeps_the_contract_of_a_gateway_of_pages() {
    contract::page_gateway(async || {
        let receiver = FakePager::start().await;
        let client = HttpPager::new(Secret::new(receiver.url()), true).unwrap();
        Http { receiver, client }
    })
    .await;
}

#[tokio::test]
async fn a_private_address_is_not_asked_whether_it_is_written_or_looked_up() {
    let receiver = FakePager::start().await;
    let letter = PageLetter {
        tag: Tag::from_bytes([1; 16]),
        kind: None,
        title: String::new(),
        message: String::new(),
        link: String::new(),
    };
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"] {
        let url = format!("http://{host}:{}/topic", receiver.port());
        let client = HttpPager::new(Secret::new(url), false).unwrap();
        assert_eq!(client.ring(&letter).await.unwrap(), Rung::Private, "{host}");
    }
    assert!(receiver.asked().is_empty());
}
