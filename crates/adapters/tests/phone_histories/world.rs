//! A store with the use cases on it, next to the model.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use thunderbird_domain::{
    account::{AccountId, AccountStore, Registration, password::PasswordHash},
    email::Email,
    phone::{Code, CodeLimits, PhoneCommit, PhoneStore, Phones, SavePhone, TextAnswer, TextedBy},
    phone_number::{PhoneNumber, Region, TextableRegions},
    port::{Commit, Revision},
    random::{Entropy, Tag},
    route::RouteId,
    secret::{BodySealer, Sealed, Secret},
    time::Clock,
    user::{SaveUser, TrailName, User, UserChange, UserStore},
};
use thunderbird_testkit::{clock::StoppedClock, crypto::TestMacs, entropy::SeededEntropy};

use crate::{
    ACCOUNTS, PHONES, Step,
    model::{Hiker, Model},
};

/// Seals nothing and remembers the last text, so that the test can read the code that a phone would show.
#[derive(Default)]
struct Overheard(Mutex<String>);

impl BodySealer for Overheard {
    fn seal(&self, _: Tag, text: &str) -> Sealed {
        text.clone_into(&mut self.0.lock().unwrap());
        Sealed {
            key_id: "overheard".to_owned(),
            bytes: Vec::new(),
        }
    }

    fn open(&self, _: Tag, _: &Sealed) -> Option<Secret<String>> {
        None
    }
}

/// Every port the histories touch.
pub trait Stores: PhoneStore + AccountStore + UserStore + Clone + 'static {}
impl<S: PhoneStore + AccountStore + UserStore + Clone + 'static> Stores for S {}

/// A store, the use cases on it, and the model next to them.
pub struct World<S> {
    store: S,
    phones: Phones,
    overheard: Arc<Overheard>,
    clock: StoppedClock,
    entropy: Arc<SeededEntropy>,
    accounts: Vec<AccountId>,
    model: Model,
}

fn number(phone: usize) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+6141234567{phone}")).unwrap()
}

impl<S: Stores> World<S> {
    pub async fn new(store: S) -> Self {
        let clock = StoppedClock::default();
        let entropy = Arc::new(SeededEntropy::default());
        let mut accounts = Vec::new();
        for nth in 0..ACCOUNTS {
            let registration = Registration {
                tag: Tag::draw(&*entropy),
                email: Email::parse(&format!("hiker{nth}@example.org")).unwrap(),
                password: PasswordHash::from_stored("$argon2id$none"),
                at: clock.now(),
                audit: Vec::new(),
            };
            match store.register(registration).await.unwrap() {
                Commit::Stored(id) => accounts.push(id),
                Commit::Stale => unreachable!("the store is empty"),
            }
        }
        let overheard = Arc::new(Overheard::default());
        Self {
            phones: Self::use_cases(&store, &overheard, (&clock, &entropy)),
            store,
            overheard,
            clock,
            entropy,
            accounts,
            model: Model::default(),
        }
    }

    fn use_cases(
        store: &S,
        overheard: &Arc<Overheard>,
        (clock, entropy): (&StoppedClock, &Arc<SeededEntropy>),
    ) -> Phones {
        let au = Region::parse("AU").unwrap();
        Phones {
            store: Arc::new(store.clone()),
            macs: Arc::new(TestMacs::default()),
            bodies: Arc::clone(overheard) as Arc<dyn BodySealer>,
            clock: Arc::new(clock.clone()),
            entropy: Arc::clone(entropy) as Arc<dyn Entropy>,
            our_number: PhoneNumber::simulator(),
            region: au,
            textable: TextableRegions::new(vec![au]),
            cap: thunderbird_domain::outbox::caps::DailyCap { per_day: 1_000_000 },
            limits: CodeLimits {
                sends_per_day: 1_000,
                sends_per_hour: 1_000,
            },
        }
    }

    async fn act(&mut self, step: Step) {
        // Long enough for every wait and every question to be over.
        self.clock.advance(Duration::from_mins(70));
        match step {
            Step::LinkByCode(account, phone) => {
                let code = self.code(account, phone).await;
                let linked = self.phones.confirm_on_web(self.accounts[account], &code).await;
                assert_eq!(linked.unwrap(), number(phone));
                self.model.link(account, phone);
            }
            Step::GuessWrong(account, phone) => {
                let code = self.code(account, phone).await;
                let other = if code.expose() == "000000" {
                    "000001"
                } else {
                    "000000"
                };
                let guess = Code::parse(other).unwrap();
                let refused = self.phones.confirm_on_web(self.accounts[account], &guess).await;
                assert!(refused.is_err());
            }
            Step::LinkByWords(account, phone) => {
                let word = self.begin(account, phone).await;
                self.confirm(phone, &word).await;
                self.model.link(account, phone);
            }
            Step::BeginByWords(account, phone) => drop(self.begin(account, phone).await),
            Step::ReleaseOnWeb(account) => {
                self.phones.release(self.accounts[account]).await.unwrap();
                if let Some(phone) = self.model.phone_of(account) {
                    self.model.release(phone);
                }
            }
            Step::ReleaseByText(phone) => self.unlink(phone).await,
            Step::Register(phone) => self.register(phone).await,
            Step::Restart => {}
        }
    }

    async fn code(&self, account: usize, phone: usize) -> Code {
        let asked = self
            .phones
            .start_from_web(self.accounts[account], number(phone))
            .await;
        asked.unwrap();
        let text = self.overheard.0.lock().unwrap().clone();
        let digits: String = text.chars().filter(char::is_ascii_digit).take(6).collect();
        Code::parse(&digits).unwrap()
    }

    async fn begin(&self, account: usize, phone: usize) -> String {
        let offered = self.phones.offer_words(self.accounts[account]).await.unwrap();
        let words: Vec<String> = offered
            .text
            .expose()
            .split(' ')
            .skip(1)
            .map(str::to_owned)
            .collect();
        let number = number(phone);
        let answer = self
            .phones
            .start_by_text(&self.by(phone, &number), &words)
            .await
            .unwrap();
        self.store(answer).await
    }

    async fn confirm(&self, phone: usize, word: &str) {
        let number = number(phone);
        let word = [word.to_owned()];
        let answer = self
            .phones
            .confirm_by_text(&self.by(phone, &number), &word)
            .await
            .unwrap();
        self.store(answer).await;
    }

    async fn unlink(&mut self, phone: usize) {
        let number = number(phone);
        let answer = self
            .phones
            .release_by_text(&self.by(phone, &number))
            .await
            .unwrap();
        assert_eq!(answer.change.is_some(), self.model.links.contains_key(&phone));
        if answer.change.is_some() {
            let word = self.store(answer).await;
            self.confirm(phone, &word).await;
            self.model.release(phone);
        }
    }

    fn by<'a>(&self, phone: usize, number: &'a PhoneNumber) -> TextedBy<'a> {
        TextedBy {
            phone: number,
            user: self.model.hikers.get(&phone).map(|hiker| hiker.id),
            linked: self
                .model
                .links
                .get(&phone)
                .map(|account| self.accounts[*account]),
            answering: thunderbird_domain::opt_out::Answering::Yes,
            at: self.clock.now(),
        }
    }

    /// Commits what a text leads to, and reads the word that the answer asks for.
    async fn store(&self, answer: TextAnswer) -> String {
        let save = SavePhone {
            change: answer.change.unwrap(),
            outgoing: answer.outgoing,
            audit: answer.audit,
        };
        let stored = PhoneStore::commit(&self.store, save).await.unwrap();
        assert_eq!(stored, PhoneCommit::Stored);
        let text = answer.reply.unwrap().text;
        let asked = text.split("CONFIRM ").nth(1).unwrap_or_default();
        asked.split_whitespace().next().unwrap_or_default().to_owned()
    }

    async fn register(&mut self, phone: usize) {
        if self.model.hikers.contains_key(&phone) {
            return;
        }
        let account = self.model.links.get(&phone).copied();
        let (at, tag) = (self.clock.now(), Tag::draw(&*self.entropy));
        let state = User {
            phone: number(phone),
            trail_name: TrailName::parse("Wombat").unwrap(),
            route: RouteId::parse("overland_track").unwrap(),
            position: None,
            contacts: Vec::new(),
            account: account.map(|account| self.accounts[account]),
            started_at: at,
            shows_number: false,
        };
        let change = UserChange {
            replaces: Revision::Absent,
            tag,
            state,
            check_in: None,
            taken_back: None,
            at,
        };
        let save = SaveUser {
            change,
            outgoing: Vec::new(),
            counts: Vec::new(),
            audit: Vec::new(),
            deadlines: Vec::new(),
        };
        let Commit::Stored(saved) = UserStore::commit(&self.store, save).await.unwrap() else {
            unreachable!("the number is free")
        };
        let hiker = Hiker {
            id: saved.user.id,
            account,
            last: account,
        };
        self.model.hikers.insert(phone, hiker);
    }

    async fn agrees(&self) {
        for phone in 0..PHONES {
            let found = self.store.by_phone(&number(phone)).await.unwrap();
            let found = found.map(|stored| (stored.id, stored.user.account));
            let hiker = self.model.hikers.get(&phone);
            let expected = hiker.map(|hiker| (hiker.id, hiker.account.map(|account| self.accounts[account])));
            assert_eq!(found, expected, "the hiker of phone {phone}");
            let linked = self.model.links.get(&phone).copied();
            assert_eq!(
                hiker.and_then(|hiker| hiker.account),
                hiker.and(linked),
                "the model itself"
            );
        }
        for (account, id) in self.accounts.iter().enumerate() {
            let expected = self.model.phone_of(account).map(number);
            assert_eq!(
                self.store.linked(*id).await.unwrap(),
                expected,
                "account {account}"
            );
            let shown = self.store.by_id(*id).await.unwrap().unwrap().phone;
            assert_eq!(shown, expected, "account {account}, as it sees itself");
            let hiker = self.store.by_account(*id).await.unwrap().map(|stored| stored.id);
            let phone = self.model.phone_of(account);
            let expected = phone
                .and_then(|phone| self.model.hikers.get(&phone))
                .map(|hiker| hiker.id);
            assert_eq!(hiker, expected, "the hiker of account {account}");
        }
    }
}

pub async fn live<S: Stores>(mut world: World<S>, steps: &[Step], reopen: impl Fn() -> Option<S>) {
    for step in steps {
        if matches!(step, Step::Restart)
            && let Some(store) = reopen()
        {
            let parts = (&world.clock, &world.entropy);
            world.phones = World::use_cases(&store, &world.overheard, parts);
            world.store = store;
        }
        world.act(*step).await;
        world.agrees().await;
    }
}
