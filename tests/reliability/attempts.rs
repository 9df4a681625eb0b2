//! Texts to a service that cannot store them: none may be answered as if it had.

use std::collections::BTreeMap;

use thunderbird_testkit::{
    eventually_holds,
    service::{Service, Webhook},
};

use super::{
    ledger::{HeardText, Ledger, Meaning},
    oracle::Oracle,
};

/// What came of each text.
#[derive(Default)]
pub struct Attempts {
    /// Texts answered 2xx.
    pub ledger: Ledger,
    /// Texts answered otherwise.
    pub refused: Vec<Webhook>,
    /// How often each status came.
    pub statuses: BTreeMap<u16, usize>,
    senders: usize,
}

impl Attempts {
    /// A text from a sender of its own. Whether it was acknowledged.
    pub async fn text(&mut self, service: &Service) -> bool {
        self.senders += 1;
        let from = format!("+6141{:07}", self.senders);
        let text = service.webhook(&from, "HELP");
        self.deliver(service, text).await
    }

    async fn deliver(&mut self, service: &Service, text: Webhook) -> bool {
        let answer = service.deliver(&text).await;
        *self.statuses.entry(answer.status).or_default() += 1;
        let field = |name: &str| {
            text.form
                .iter()
                .find(|(known, _)| known == name)
                .unwrap()
                .1
                .clone()
        };
        match answer.status {
            200 => {
                assert_eq!(answer.messages.len(), 1, "HELP is answered: {}", answer.body);
                self.ledger.texts.push(HeardText {
                    sid: text.sid().to_owned(),
                    from: field("From"),
                    body: field("Body"),
                    answer,
                    meaning: Meaning::Talk,
                });
                true
            }
            500 | 503 => {
                assert!(answer.body.contains("/problems/"), "{}", answer.body);
                self.refused.push(text);
                false
            }
            other => panic!("{other}: {}", answer.body),
        }
    }

    /// Texts until one is acknowledged again. How many were refused before.
    pub async fn until_acknowledged(&mut self, service: &Service) -> usize {
        let mut refused = 0;
        eventually_holds("a text that is acknowledged again", async || {
            let acknowledged = self.text(service).await;
            refused += usize::from(!acknowledged);
            acknowledged
        })
        .await;
        refused
    }

    /// Every refused text once more, as whoever texted would; then everything acknowledged stands in the file, once.
    pub async fn settle(&mut self, service: &Service, oracle: &mut Oracle) {
        for text in std::mem::take(&mut self.refused) {
            assert!(self.deliver(service, text).await, "{:?}", self.statuses);
        }
        self.assert_stored(oracle);
        let arrivals = "SELECT count(*) AS number FROM messages WHERE direction = 'in' AND phone LIKE ?";
        let stored = oracle.count(arrivals, "+6141%");
        assert_eq!(stored, i64::try_from(self.senders).unwrap());
        assert_eq!(oracle.damage(), Vec::<String>::new());
    }

    /// Everything acknowledged so far stands in the file.
    pub fn assert_stored(&self, oracle: &mut Oracle) {
        assert_eq!(oracle.lost(&self.ledger), Vec::<String>::new());
    }
}
