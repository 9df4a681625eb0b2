//! Texts and mails on their way out, and what is heard of them.

use thunderbird_domain::{
    email::Email,
    id::MessageId,
    mail::outbox::{MAIL_CLASS, MailPayload},
    opt_out::{OptOutChange, OptOutSource},
    outbox::{
        lease::LeaseOrder,
        port::Outbox,
        settle::{SendOutcome, Settlement},
        state::Ended,
    },
    outgoing::{Class, OutgoingMail, OutgoingText, Words},
    phone_number::PhoneNumber,
    port::Fault,
    secret::Sealed,
    sms::{
        delivery::{Callback, Delivery},
        gateway::{MessageSid, ProviderStatus},
        outbox::{DeliveryReports, Reading, TextPayload, TextReceipt},
        price::{Currency, Price},
    },
};

use super::hunter::{Hunter, Writes, after, hourly, tag};

pub(super) const WRITES: &[&str] = &[
    "texts.queue",
    "texts.lease",
    "texts.settle",
    "texts.sweep",
    "mails.queue",
    "mails.lease",
    "mails.settle",
    "mails.sweep",
    "reports.hear",
    "reports.record",
];

const CLASSES: [Class; 3] = [Class::Safety, Class::Notice, Class::Code];

impl<S: Writes> Hunter<S> {
    pub(super) async fn write_texts(&self, name: &str) -> Result<(), Fault> {
        let store = self.store();
        match name {
            "texts.queue" => {
                let texts = (0..=self.below(4)).map(|_| self.text(self.phone())).collect();
                Outbox::<TextPayload>::queue(store, texts, self.now()).await
            }
            "texts.lease" => self.lease_texts().await,
            "texts.settle" => self.settle_texts().await,
            "texts.sweep" => Outbox::<TextPayload>::sweep(store, self.now()).await.map(drop),
            "mails.queue" => {
                let mails = (0..=self.below(3)).map(|_| self.mail()).collect();
                Outbox::<MailPayload>::queue(store, mails, self.now()).await
            }
            "mails.lease" => self.lease_mails().await,
            "mails.settle" => self.settle_mails().await,
            "mails.sweep" => Outbox::<MailPayload>::sweep(store, self.now()).await.map(drop),
            "reports.hear" => store.hear(self.callback()).await.map(drop),
            _ => {
                let texts: Vec<_> = {
                    let state = self.ledger.state();
                    (0..self.below(4))
                        .filter_map(|_| self.among(&state.taken_over).cloned())
                        .collect()
                };
                let readings = texts.into_iter().map(|(id, _)| self.reading(id)).collect();
                DeliveryReports::record(store, readings).await
            }
        }
    }

    pub(super) fn text(&self, to: PhoneNumber) -> OutgoingText {
        OutgoingText {
            tag: tag(self.ledger.next()),
            to,
            class: CLASSES[self.below(3)],
            words: self.words(),
            not_before: after(0),
            // Some are found to be too late.
            expires_at: if self.one_in(3) {
                after(self.below(30))
            } else {
                after(3_600)
            },
            user: self.among(&self.ledger.state().hikers).copied(),
        }
    }

    fn mail(&self) -> OutgoingMail {
        OutgoingMail {
            tag: tag(self.ledger.next()),
            to: Email::parse("ada@example.org").unwrap(),
            account: None,
            subject: "A subject".to_owned(),
            words: self.words(),
            class: MAIL_CLASS,
            is_page: false,
            not_before: None,
            expires_at: after(3_600),
            cap: self
                .one_in(2)
                .then(|| hourly("hunt.notices", self.below(3), 100_000)),
        }
    }

    fn words(&self) -> Words {
        if self.one_in(3) {
            let sealed = Sealed {
                key_id: "k4.lid.body".to_owned(),
                bytes: vec![1, 2, 3],
            };
            let until = after(self.below(40));
            return Words::Sealed { sealed, until };
        }
        Words::Plain("some words".to_owned())
    }

    fn order(&self, class: Class) -> LeaseOrder {
        LeaseOrder {
            class,
            limit: 1 + self.below(12),
            lease: tag(self.ledger.next()),
            now: self.now(),
            until: after(3_600),
            daily_room: None,
        }
    }

    /// What was handed out is handed out again only after it was settled.
    async fn lease_texts(&self) -> Result<(), Fault> {
        let leased = Outbox::<TextPayload>::lease(self.store(), self.order(CLASSES[self.below(3)])).await?;
        for text in leased.messages {
            self.ledger.hands_out(&format!("text {}", text.id.get()));
            let mut state = self.ledger.state();
            state.claimed += u64::from(text.attempts == 1);
            state.texts.push(text);
        }
        Ok(())
    }

    async fn lease_mails(&self) -> Result<(), Fault> {
        let leased = Outbox::<MailPayload>::lease(self.store(), self.order(MAIL_CLASS)).await?;
        for mail in leased.messages {
            self.ledger.hands_out(&format!("mail {:?}", mail.id));
            self.ledger.state().mails.push(mail);
        }
        Ok(())
    }

    async fn settle_texts(&self) -> Result<(), Fault> {
        let texts = {
            let mut state = self.ledger.state();
            let from = state.texts.len().saturating_sub(1 + self.below(6));
            state.texts.split_off(from)
        };
        for text in &texts {
            self.ledger.takes_back(&format!("text {}", text.id.get()));
        }
        let settlements = texts.iter().map(|text| {
            let stops = self.one_in(12).then(|| OptOutChange::Record {
                phone: text.payload.to.clone(),
                source: OptOutSource::Carrier,
                at: self.now(),
            });
            Settlement {
                id: text.id,
                lease: text.lease,
                at: self.now(),
                outcome: self.outcome(text.id),
                opt_out: stops,
            }
        });
        Outbox::<TextPayload>::settle(self.store(), settlements.collect()).await
    }

    fn outcome(&self, id: MessageId) -> SendOutcome<TextReceipt> {
        match self.below(4) {
            0 => SendOutcome::Again {
                at: after(self.below(30)),
                ambiguous: false,
                code: None,
            },
            1 => {
                self.ledger.state().given_up.push(id);
                SendOutcome::Ended {
                    state: Ended::Failed,
                    code: Some(30_005),
                    ambiguous: false,
                }
            }
            _ => {
                let sid = format!("SM{:032x}", self.ledger.next());
                self.ledger.state().taken_over.push((id, sid.clone()));
                SendOutcome::Accepted(TextReceipt {
                    sid: MessageSid::parse(&sid),
                    segments: 1,
                    price: price(),
                })
            }
        }
    }

    async fn settle_mails(&self) -> Result<(), Fault> {
        let mails = {
            let mut state = self.ledger.state();
            let from = state.mails.len().saturating_sub(1 + self.below(6));
            state.mails.split_off(from)
        };
        for mail in &mails {
            self.ledger.takes_back(&format!("mail {:?}", mail.id));
        }
        let settlements = mails.iter().map(|mail| Settlement {
            id: mail.id,
            lease: mail.lease,
            at: self.now(),
            outcome: if self.one_in(3) {
                SendOutcome::Again {
                    at: after(self.below(30)),
                    ambiguous: false,
                    code: None,
                }
            } else {
                SendOutcome::Accepted(())
            },
            opt_out: None,
        });
        Outbox::<MailPayload>::settle(self.store(), settlements.collect()).await
    }

    /// Some are heard of before the text is settled.
    fn callback(&self) -> Callback {
        let known = self.among(&self.ledger.state().taken_over).cloned();
        let sid = known.map_or_else(|| format!("SM{:032x}", self.ledger.next() + 3), |(_, sid)| sid);
        let status = [
            ProviderStatus::Sent,
            ProviderStatus::Delivered,
            ProviderStatus::Undelivered,
            ProviderStatus::Failed,
        ][self.below(4)];
        Callback {
            sid: MessageSid::parse(&sid).unwrap(),
            status,
            code: [None, Some(30_005), Some(21_610)][self.below(3)],
            at: self.now(),
        }
    }

    fn reading(&self, id: MessageId) -> Reading {
        Reading {
            id,
            at: self.now(),
            delivery: self.one_in(2).then_some(Delivery {
                status: ProviderStatus::Delivered,
                code: None,
            }),
            price: self.one_in(2).then(price),
            segments: Some(2),
            again_at: None,
        }
    }
}

fn price() -> Price {
    Price {
        micros: 51_500,
        currency: Currency::parse("AUD").unwrap(),
    }
}
