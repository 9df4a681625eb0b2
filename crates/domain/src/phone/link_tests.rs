use crate::phone::dice::Dice;

use super::*;
use crate::{
    email::Email,
    outgoing::Words,
    secret::{Mac, MacPurpose},
};

const NOON: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);
const CODE: Proof = Proof::Code(Tag::from_bytes([7; 16]));

fn account(id: i64) -> LinkAccount {
    LinkAccount {
        id: AccountId::from_stored(id),
        email: Email::parse(&format!("hiker{id}@example.org")).unwrap(),
    }
}

fn phone(last: u32) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+6141234567{last}")).unwrap()
}

fn live(id: i64, number: u32, owner: i64) -> LiveLink {
    LiveLink {
        id: LinkId::from_stored(id),
        phone: phone(number),
        account: account(owner),
    }
}

fn view() -> LinkView {
    LinkView {
        account: account(2),
        disabled: false,
        phone: phone(1),
        holder: None,
        own: None,
        user: None,
    }
}

fn hiker(belongs_to: Option<i64>) -> LinkedUser {
    LinkedUser {
        id: UserId::from_stored(9),
        belongs_to: belongs_to.map(AccountId::from_stored),
    }
}

fn link(view: &LinkView) -> Decided {
    view.link(CODE, &by(&Dice::new(1))).unwrap()
}

/// The same digest for whatever is asked.
struct OneMac;

impl Macs for OneMac {
    fn mac(&self, _: MacPurpose, _: &[&[u8]]) -> Mac {
        Mac {
            key_id: String::new(),
            bytes: [5; 32],
        }
    }

    fn mac_with(&self, _: &str, purpose: MacPurpose, parts: &[&[u8]]) -> Option<Mac> {
        Some(self.mac(purpose, parts))
    }

    fn macs(&self, purpose: MacPurpose, parts: &[&[u8]]) -> Vec<Mac> {
        vec![self.mac(purpose, parts)]
    }
}

fn by(entropy: &Dice) -> Deciding<'_> {
    Deciding {
        actor: Actor::Account(AccountId::from_stored(2)),
        at: NOON,
        entropy,
        macs: &OneMac,
    }
}

fn told(decided: &Decided) -> Vec<&str> {
    let mut told = Vec::new();
    for item in &decided.outgoing {
        match item {
            Outgoing::Mail(mail) => told.push(mail.to.as_str()),
            Outgoing::Text(_) | Outgoing::Newest(_) | Outgoing::Page(_) => panic!("no text is sent"),
        }
    }
    told
}

#[test]
fn a_free_number_is_linked_and_nobody_is_told() {
    let decided = link(&view());
    assert!(decided.plan.begins);
    assert_eq!(decided.plan.proof, Some(CODE));
    assert!(decided.plan.ends.is_empty() && decided.outgoing.is_empty());
}

#[test]
fn the_former_owner_loses_the_number_and_is_told_by_mail() {
    let decided = link(&LinkView {
        holder: Some(live(4, 1, 3)),
        ..view()
    });
    let ends = [LinkEnd {
        link: LinkId::from_stored(4),
        reason: LinkEndReason::Transferred,
    }];
    assert_eq!(decided.plan.ends, ends);
    assert_eq!(told(&decided), ["hiker3@example.org"]);
    let Some(Outgoing::Mail(mail)) = decided.outgoing.first() else {
        panic!("a mail")
    };
    let Words::Plain(text) = &mail.words else {
        panic!("no secret")
    };
    assert!(text.contains("+614***671") && !text.contains("hiker2"));
    assert!(mail.cap.is_some(), "the address may be a stranger's");
}

#[test]
fn an_accounts_other_number_ends_in_the_same_step() {
    let decided = link(&LinkView {
        own: Some(live(5, 8, 2)),
        ..view()
    });
    assert_eq!(decided.plan.ends[0].reason, LinkEndReason::Replaced);
    assert_eq!(told(&decided), ["hiker2@example.org"]);
    assert!(decided.plan.begins);
}

#[test]
fn proving_again_what_is_linked_uses_up_the_proof_and_nothing_else() {
    let decided = link(&LinkView {
        holder: Some(live(5, 1, 2)),
        own: Some(live(5, 1, 2)),
        user: Some(hiker(Some(2))),
        ..view()
    });
    assert_eq!(decided.plan.proof, Some(CODE));
    assert!(!decided.plan.begins && decided.plan.ends.is_empty() && decided.plan.user.is_none());
    assert!(decided.outgoing.is_empty() && decided.audit.is_empty());
}

#[test]
fn a_hiker_joins_unless_they_belonged_to_another_account() {
    let user = UserId::from_stored(9);
    for (belongs_to, effect) in [
        (None, UserEffect::Join(user)),
        (Some(2), UserEffect::Join(user)),
        (Some(3), UserEffect::End(user)),
    ] {
        let decided = link(&LinkView {
            user: Some(hiker(belongs_to)),
            ..view()
        });
        assert_eq!(decided.plan.user, Some(effect), "{belongs_to:?}");
    }
}

#[test]
fn nothing_is_linked_to_a_disabled_account() {
    let disabled = LinkView {
        disabled: true,
        ..view()
    };
    assert!(disabled.link(CODE, &by(&Dice::new(1))).is_none());
}

#[test]
fn a_release_ends_the_accounts_link_and_tells_it() {
    let entropy = Dice::new(1);
    assert!(view().release(LinkEndReason::Web, &by(&entropy)).is_none());
    let linked = LinkView {
        holder: Some(live(5, 1, 2)),
        own: Some(live(5, 1, 2)),
        ..view()
    };
    let decided = linked.release(LinkEndReason::Web, &by(&entropy)).unwrap();
    assert!(!decided.plan.begins);
    assert_eq!(decided.plan.ends[0].reason, LinkEndReason::Web);
    assert_eq!(told(&decided), ["hiker2@example.org"]);
}
