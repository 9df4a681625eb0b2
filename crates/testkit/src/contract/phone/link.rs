//! Links: who has a number, whom its hiker belongs to, and who wins.

use std::sync::Arc;

use thunderbird_domain::{
    account::AccountId,
    phone::{
        Guess, LinkEnd, LinkEndReason, LinkPlan, PendingAction, PhoneCommit, PhoneStore, Proof,
        TextLinkState, UserEffect,
    },
    phone_number::PhoneNumber,
};

use super::{
    NOON, Phonebook, account, account_of, hiker, later, link, linking, number, order, saving, seen, sent,
    tag, was,
    words::{ask, offered, question, words},
};

pub(super) async fn promises<S: Phonebook>(empty: &impl AsyncFn() -> S) {
    a_link_is_seen_by_everybody_who_asks(&empty().await).await;
    a_proof_links_once(&empty().await).await;
    words_link_once_and_too_late_never(&empty().await).await;
    a_hiker_joins_with_contacts_and_all(&empty().await).await;
    another_account_s_proof_ends_the_hiker_s_time(&empty().await).await;
    a_number_s_hiker_waits_for_their_account(&empty().await).await;
    an_account_s_other_number_is_free_again(&empty().await).await;
    what_was_decided_on_something_else_is_stale(&empty().await).await;
    of_a_hundred_accounts_that_confirm_one_number_at_once_one_has_it(Arc::new(empty().await)).await;
}

async fn phone_of(store: &impl Phonebook, account: AccountId) -> Option<PhoneNumber> {
    let shown = store.by_id(account).await.unwrap().unwrap().phone;
    assert_eq!(
        store.linked(account).await.unwrap(),
        shown,
        "every port shows the same"
    );
    shown
}

async fn release(store: &impl Phonebook, account: AccountId, seconds: u64) -> PhoneCommit {
    let phone = store.linked(account).await.unwrap().unwrap();
    let view = seen(store, account, &phone).await;
    let plan = LinkPlan {
        seen: was(&view),
        proof: None,
        ends: vec![LinkEnd {
            link: view.own.unwrap().id,
            reason: LinkEndReason::Web,
        }],
        begins: false,
        user: None,
    };
    PhoneStore::commit(store, saving(&phone, later(seconds), plan))
        .await
        .unwrap()
}

async fn a_link_is_seen_by_everybody_who_asks(store: &impl Phonebook) {
    let (ada, grace) = (account(store, "ada", 1).await, account(store, "grace", 2).await);
    assert_eq!(phone_of(store, ada).await, None);
    assert_eq!(link(store, ada, &number(1), (1, NOON)).await, PhoneCommit::Stored);
    assert_eq!(phone_of(store, ada).await, Some(number(1)));
    let view = seen(store, grace, &number(1)).await;
    assert_eq!(view.holder.unwrap().account.id, ada);
    assert_eq!((view.own, view.user, view.disabled), (None, None, false));
    assert_eq!(
        store.view(AccountId::from_stored(99), &number(1)).await.unwrap(),
        None
    );
    assert_eq!(release(store, ada, 1).await, PhoneCommit::Stored);
    assert_eq!(phone_of(store, ada).await, None);
    assert_eq!(seen(store, grace, &number(1)).await.holder, None);
}

async fn a_proof_links_once(store: &impl Phonebook) {
    let ada = account(store, "ada", 1).await;
    assert_eq!(link(store, ada, &number(1), (1, NOON)).await, PhoneCommit::Stored);
    assert_eq!(release(store, ada, 1).await, PhoneCommit::Stored);
    let view = seen(store, ada, &number(1)).await;
    let again = saving(&number(1), later(2), linking(&view, Proof::Code(tag(1))));
    assert_eq!(
        PhoneStore::commit(store, again).await.unwrap(),
        PhoneCommit::ProofOver
    );
    assert_eq!(phone_of(store, ada).await, None);
    assert_eq!(store.count_guess(ada, later(2)).await.unwrap(), Guess::NoCode);
    let proof = sent(store, order(ada, &number(1), (2, later(60)))).await;
    let late = saving(&number(1), later(660), linking(&view, proof));
    assert_eq!(
        PhoneStore::commit(store, late).await.unwrap(),
        PhoneCommit::ProofOver
    );
    assert_eq!(phone_of(store, ada).await, None);
}

async fn words_link_once_and_too_late_never(store: &impl Phonebook) {
    let ada = account(store, "ada", 1).await;
    offered(store, words(ada, 1, NOON)).await;
    let action = PendingAction::Link {
        account: ada,
        words: tag(501),
    };
    assert_eq!(
        ask(
            store,
            Some(question(action, 1, NOON)),
            &TextLinkState::default(),
            NOON
        )
        .await,
        PhoneCommit::Stored
    );
    for (phone, commit) in [
        (number(2), PhoneCommit::Stored),
        (number(1), PhoneCommit::ProofOver),
    ] {
        let plan = linking(&seen(store, ada, &phone).await, Proof::Words(tag(501)));
        let save = saving(&phone, later(1), plan);
        assert_eq!(PhoneStore::commit(store, save).await.unwrap(), commit);
    }
    assert_eq!(phone_of(store, ada).await, Some(number(2)));
    let state = store.text_link_state(&number(1), later(2)).await.unwrap();
    assert_eq!(state.pending, None, "whoever else was asked about these words");
}

async fn a_hiker_joins_with_contacts_and_all(store: &impl Phonebook) {
    let before = hiker(store, &number(1), None).await;
    let ada = account(store, "ada", 1).await;
    assert_eq!(store.by_account(ada).await.unwrap(), None);
    assert_eq!(link(store, ada, &number(1), (1, NOON)).await, PhoneCommit::Stored);
    let after = store.by_account(ada).await.unwrap().unwrap();
    assert_eq!((after.id, after.user.account), (before.id, Some(ada)));
    assert_eq!(after.user.trail_name, before.user.trail_name);
    assert_ne!(
        after.revision, before.revision,
        "a change of the hiker in between is stale"
    );
    assert_eq!(release(store, ada, 1).await, PhoneCommit::Stored);
    assert_eq!(account_of(store, &number(1)).await, None);
    assert_eq!(
        link(store, ada, &number(1), (2, later(60))).await,
        PhoneCommit::Stored
    );
    let rejoined = store.by_account(ada).await.unwrap().unwrap();
    assert_eq!(
        rejoined.id, before.id,
        "last linked to this account: joins it again"
    );
}

async fn another_account_s_proof_ends_the_hiker_s_time(store: &impl Phonebook) {
    let (ada, grace) = (account(store, "ada", 1).await, account(store, "grace", 2).await);
    let first = hiker(store, &number(1), None).await;
    assert_eq!(link(store, ada, &number(1), (1, NOON)).await, PhoneCommit::Stored);
    assert_eq!(
        link(store, grace, &number(1), (2, later(1))).await,
        PhoneCommit::Stored
    );
    assert_eq!(phone_of(store, ada).await, None);
    assert_eq!(phone_of(store, grace).await, Some(number(1)));
    assert_eq!(
        store.by_phone(&number(1)).await.unwrap(),
        None,
        "unregistered until START"
    );
    let next = hiker(store, &number(1), Some(grace)).await;
    assert_ne!(next.id, first.id);
    assert_eq!(store.by_account(grace).await.unwrap().unwrap().id, next.id);
    assert_eq!(store.by_account(ada).await.unwrap(), None);
}

async fn a_number_s_hiker_waits_for_their_account(store: &impl Phonebook) {
    let (ada, grace) = (account(store, "ada", 1).await, account(store, "grace", 2).await);
    hiker(store, &number(1), None).await;
    assert_eq!(link(store, ada, &number(1), (1, NOON)).await, PhoneCommit::Stored);
    assert_eq!(release(store, ada, 1).await, PhoneCommit::Stored);
    let view = seen(store, grace, &number(1)).await;
    assert_eq!(view.user.unwrap().belongs_to, Some(ada));
    assert_eq!(
        link(store, grace, &number(1), (2, later(2))).await,
        PhoneCommit::Stored
    );
    assert_eq!(store.by_phone(&number(1)).await.unwrap(), None);
}

async fn an_account_s_other_number_is_free_again(store: &impl Phonebook) {
    let ada = account(store, "ada", 1).await;
    let old = hiker(store, &number(1), None).await;
    assert_eq!(link(store, ada, &number(1), (1, NOON)).await, PhoneCommit::Stored);
    assert_eq!(
        link(store, ada, &number(2), (2, later(1))).await,
        PhoneCommit::Stored
    );
    assert_eq!(phone_of(store, ada).await, Some(number(2)));
    let stays = store.by_phone(&number(1)).await.unwrap().unwrap();
    assert_eq!(
        (stays.id, stays.user.account),
        (old.id, None),
        "the hiker texts on"
    );
    assert_eq!(store.by_account(ada).await.unwrap(), None);
}

async fn what_was_decided_on_something_else_is_stale(store: &impl Phonebook) {
    let (ada, grace) = (account(store, "ada", 1).await, account(store, "grace", 2).await);
    let proof = sent(store, order(ada, &number(1), (1, NOON))).await;
    let before = seen(store, ada, &number(1)).await;
    let registered = hiker(store, &number(1), None).await;
    let plan = linking(&before, proof);
    let save = saving(&number(1), later(1), plan);
    assert_eq!(PhoneStore::commit(store, save).await.unwrap(), PhoneCommit::Stale);
    let with_hiker = seen(store, ada, &number(1)).await;
    assert_eq!(
        link(store, grace, &number(2), (2, NOON)).await,
        PhoneCommit::Stored
    );
    assert_eq!(
        link(store, ada, &number(3), (3, later(1))).await,
        PhoneCommit::Stored
    );
    let plan = linking(&with_hiker, proof);
    assert_eq!(plan.user, Some(UserEffect::Join(registered.id)));
    let save = saving(&number(1), later(2), plan);
    assert_eq!(PhoneStore::commit(store, save).await.unwrap(), PhoneCommit::Stale);
    assert_eq!(phone_of(store, ada).await, Some(number(3)));
    assert_eq!(account_of(store, &number(1)).await, None);
}

async fn of_a_hundred_accounts_that_confirm_one_number_at_once_one_has_it<S: Phonebook>(store: Arc<S>) {
    let (mut racing, mut contenders) = (Vec::new(), Vec::new());
    for nth in 0..100_u8 {
        let contender = account(&*store, &format!("hiker{nth}"), nth).await;
        let mut asked = order(contender, &number(1), (nth.into(), NOON));
        asked.limits.sends_per_day = 1_000;
        asked.limits.sends_per_hour = 1_000;
        asked.at = later(u64::from(nth) * 3_600);
        asked.code.expires_at = later(1_000_000);
        contenders.push((contender, sent(&*store, asked).await));
    }
    for (contender, proof) in contenders.clone() {
        let store = Arc::clone(&store);
        racing.push(tokio::spawn(async move {
            loop {
                let view = seen(&*store, contender, &number(1)).await;
                let save = saving(&number(1), later(900_000), linking(&view, proof));
                match PhoneStore::commit(&*store, save).await.unwrap() {
                    PhoneCommit::Stale => {}
                    settled => return settled,
                }
            }
        }));
    }
    let mut stored = 0;
    for one in racing {
        stored += u32::from(one.await.unwrap() == PhoneCommit::Stored);
    }
    assert_eq!(stored, 1);
    let mut owners = 0;
    for (contender, _) in contenders {
        owners += u32::from(phone_of(&*store, contender).await.is_some());
    }
    assert_eq!(owners, 1);
}
